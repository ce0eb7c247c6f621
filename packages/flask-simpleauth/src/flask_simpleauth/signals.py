"""The signals sent by the app after something happened to an account.

Each handler gets the app as sender, and what its line says. None carries a secret.
"""

from __future__ import annotations

from blinker import Namespace

_signals = Namespace()

#: An account was made: ``user``.
user_created = _signals.signal("user-created")
#: An account is about to be deleted, in one transaction with what receivers change
#: through ``db.session``: here is where rows that point at the user are deleted, or
#: given to somebody else. Do not commit. An :exc:`~flask_simpleauth.AuthError` that is
#: raised is shown to the user, and keeps everything as it was.
user_deleting = _signals.signal("user-deleting")
#: An account was deleted; ``user`` has the values it had.
user_deleted = _signals.signal("user-deleted")
#: Somebody signed in: ``user``.
signed_in = _signals.signal("signed-in")
#: Somebody signed out: ``user``.
signed_out = _signals.signal("signed-out")
#: A password was changed, by its owner or for them: ``user``.
password_changed = _signals.signal("password-changed")
#: An address was shown to be the user's: ``user``, ``address``.
address_confirmed = _signals.signal("address-confirmed")
#: The user has another address: ``user``, and the addresses ``old`` and ``new``.
address_changed = _signals.signal("address-changed")
#: The user has other roles: ``user``, and their names, frozensets ``old`` and ``new``.
roles_changed = _signals.signal("roles-changed")
#: The user may sign in, or not any more: ``user``, and ``old`` and ``new``, which are
#: true if they may.
active_changed = _signals.signal("active-changed")
#: Sessions of the user were ended, by themselves or for them: ``user``, and ``count``,
#: how many. Signing out, a new password, deactivating and deleting have signals of
#: their own, and end sessions too.
sessions_ended = _signals.signal("sessions-ended")
#: A token for a program was made: ``user``, the ``name`` of the token, and its
#: ``scopes``, a frozenset, which limits nothing if it is empty.
api_token_created = _signals.signal("api-token-created")
#: A token for a program was ended: ``user``, and the ``name`` of the token.
api_token_revoked = _signals.signal("api-token-revoked")
#: What is kept of the user was given out: ``user``.
user_exported = _signals.signal("user-exported")
#: Somebody was invited to sign up: ``address``, and the ``role`` they will have or
#: ``None``.
invited = _signals.signal("invited")
#: Something happened to an account, or was refused: ``record``, an ``AuditRecord``.
audited = _signals.signal("audited")

# Each of them, for who wants to hear nothing.
EVERY = tuple(_signals.values())
