"""What the three packages cost, beside their peers and beside Flask by hand.

``tox -e bench`` runs it, ``python -m benchmarks --help`` says what it can do. Start
reading with :mod:`benchmarks.peers`, which says what each app is, and with
:mod:`benchmarks.rows`, which says what is measured and what is promised.
"""
