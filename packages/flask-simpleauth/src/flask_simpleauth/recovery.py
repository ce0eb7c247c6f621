"""A new password for who has forgotten the old one: by a link that works once."""

from __future__ import annotations

from typing import TypeVar

from .errors import LinkIsDead
from .flows import Services, check_new_password, set_password
from .store import Token
from .tokens import KEY_LENGTH, digest_of, new_key

U = TypeVar("U")

_KIND = "reset"

#: How long a link is good for. Seconds; OWASP's forgot password cheat sheet asks for
#: "a short period".
LIFETIME = 30 * 60


def start_reset(services: Services[U], user: U) -> str:
    """Return a key that lets whoever has it give the user a new password, once."""
    key, now = new_key(), int(services.clock())
    services.tokens.put(
        Token(
            digest=digest_of(key),
            kind=_KIND,
            user_id=services.attributes.read(user, "id"),
            created_at=now,
            expires_at=now + LIFETIME,
            seen_at=now,
            data={"state": _state_of(services, user)},
        )
    )
    return key


def owner_of(services: Services[U], key: str) -> U:
    """Return the user whom the key lets have a new password.

    :raises LinkIsDead: if it was used, is too old, or never was; if the address or the
        password has changed since; or if the user is not active.
    """
    token = None
    if len(key) == KEY_LENGTH:
        token = services.tokens.get(digest_of(key), _KIND)
    if token is None or token.expires_at <= services.clock():
        raise LinkIsDead()

    user = token.user or services.users.get(token.user_id)
    if user is None or not services.attributes.is_active(user):
        raise LinkIsDead()
    if token.data.get("state") != _state_of(services, user):
        raise LinkIsDead()
    return user


def finish_reset(services: Services[U], key: str, new: str) -> U:
    """Give the key's owner a new password, and end all their sessions.

    :raises LinkIsDead: as :func:`owner_of`, and for all but one of several at once.
    :raises WeakPassword: if it will not do; the key is still good then.
    """
    user = owner_of(services, key)
    check_new_password(services, user, new)

    now = int(services.clock())
    if services.tokens.consume(digest_of(key), _KIND, now) is None:
        raise LinkIsDead()

    set_password(services, user, new)
    services.tokens.revoke(services.attributes.read(user, "id"), _KIND)
    return user


def _state_of(services: Services[U], user: U) -> str:
    """Return what stands for the address and password the key was made for."""
    read = services.attributes.read
    return digest_of(read(user, "email"), read(user, "password_hash") or "")
