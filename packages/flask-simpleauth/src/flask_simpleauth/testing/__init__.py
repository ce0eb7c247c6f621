"""For the tests of an app with accounts: clients that are signed in, mails, a clock.

With pytest, ``pytest_plugins = ["flask_simpleauth.testing.fixtures"]`` in
``conftest.py`` gives the same as fixtures.
"""

from .clients import AuthClient, client_for
from .fakes import CHEAP_HASH, FakeClock, Mailbox

__all__ = ["CHEAP_HASH", "AuthClient", "FakeClock", "Mailbox", "client_for"]
