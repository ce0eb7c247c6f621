"""The signals sent by the app after something happened to an account.

Each handler gets the app as sender, and ``user=`` (``audited``: ``record=``). None
carries a secret.
"""

from __future__ import annotations

from blinker import Namespace

_signals = Namespace()

#: An account was made.
user_created = _signals.signal("user-created")
#: Somebody signed in.
signed_in = _signals.signal("signed-in")
#: Somebody signed out.
signed_out = _signals.signal("signed-out")
#: Something happened to an account, or was refused: an ``AuditRecord``.
audited = _signals.signal("audited")
