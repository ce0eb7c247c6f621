"""What accounts do: sign up, prove who one is. No Flask in here."""

from __future__ import annotations

import logging
import re
import unicodedata
from typing import Any, TypeVar

from .errors import BadCredentials, InvalidIdentity, Taken
from .passwords import MAX_LENGTH, check_strength
from .services import Services, audited
from .signals import user_created
from .throttling import SIGN_IN, SIGN_UP

logger = logging.getLogger(__name__)

U = TypeVar("U")

#: Characters of an address (RFC 5321, section 4.5.3.1: 64 + 1 + 255).
MAX_IDENTITY = 320
#: Characters of a name.
MAX_NAME = 200

# Whether an address exists only a mail to it can tell; this catches slips, and what
# would make two addresses of one where it stands in a mail (RFC 5322, section 3.2.3).
_ADDRESS = re.compile(r'[^@\s()<>\[\]:;,\\"]+@[^@\s()<>\[\]:;,\\"]+')


def normalise(identity: str) -> str:
    """Return the one form of an address that is compared and stored.

    :raises InvalidIdentity: if it is no address, or longer than one can be.
    """
    if len(identity) > MAX_IDENTITY:
        raise InvalidIdentity()

    text = unicodedata.normalize("NFKC", identity).strip().casefold()
    # Folding first: it turns look-alikes such as the full-width sign into the real @.
    if not _ADDRESS.fullmatch(text) or not text.isprintable():
        raise InvalidIdentity()

    return text


def authenticate(
    services: Services[U], identity: str, secret: str, *, address: str | None = None
) -> U:
    """Return the user with this identity and password. All ways in lead through here.

    Whoever asks, exactly one password is hashed: for an unknown account, an inactive
    one and one without a password too.

    :param address: the client's network, as :func:`~.throttling.network_of` gives it.
    :raises BadCredentials: if they do not match, whatever the reason.
    :raises Throttled: after too many wrong tries.
    :raises Busy: if no place for hashing was free in time.
    :raises RuntimeError: if the app's database session has uncommitted changes.
    """
    with services.auditing("authenticate") as entry:
        if len(secret) > MAX_LENGTH:
            raise BadCredentials()
        try:
            normalised = normalise(identity)
        except InvalidIdentity:
            raise BadCredentials() from None

        throttle = services.throttle
        reserved = throttle.reserve(SIGN_IN, account=normalised, address=address)
        user = _look_up(services, normalised, identity)
        entry.account = services.key_of(user)
        stored = _usable_hash(services, user)

        is_right = services.passwords.verify(stored, secret)
        if not is_right or user is None or stored is None:
            raise BadCredentials()

        throttle.refund(reserved)

    if services.passwords.needs_rehash(stored):
        _rehash(services, user, secret)
    return user


@audited("sign-up")
def sign_up(
    services: Services[U],
    identity: str,
    secret: str,
    *,
    name: str = "",
    address: str | None = None,
) -> U:
    """Make an account for a visitor.

    :raises InvalidIdentity: if that is no address.
    :raises Taken: if the address has an account.
    :raises WeakPassword: if the password will not do.
    :raises Throttled: after too many sign-ups from one address.
    """
    normalise(identity)  # before anything is counted
    services.throttle.reserve(SIGN_UP, address=address)
    return create_user(services, identity, secret, name=name)


@audited("create-account")
def create_user(
    services: Services[U], identity: str, secret: str, *, name: str = ""
) -> U:
    """Make an account.

    :raises InvalidIdentity: if that is no address.
    :raises Taken: if the address has an account.
    :raises WeakPassword: if the password will not do.
    """
    normalised = normalise(identity)
    _check_strength(services, secret, normalised, name)
    # Asked before hashing only to spare the work; the store's constraint decides.
    if services.users.find(normalised) is not None:
        raise Taken()

    values: dict[str, Any] = {
        "email": normalised,
        "name": " ".join(name.split())[:MAX_NAME],
        "password_hash": services.passwords.hash(secret),
    }
    user = services.users.create(values)
    user_created.send(services.sender, user=user)
    return user


@audited("change-password")
def change_password(
    services: Services[U],
    user: U,
    current: str,
    new: str,
    *,
    address: str | None = None,
) -> None:
    """Give the user a new password, and end all their sessions.

    :raises BadCredentials: if the current one is wrong.
    :raises WeakPassword: if the new one will not do.
    :raises Throttled: after too many wrong tries.
    """
    identity: str = services.attributes.read(user, "email")
    authenticate(services, identity, current, address=address)
    set_password(services, user, new)


@audited("set-password")
def set_password(services: Services[U], user: U, new: str) -> None:
    """Give the user a new password without asking for the old, and end all sessions.

    :raises WeakPassword: if it will not do.
    """
    check_new_password(services, user, new)
    services.users.save(user, {"password_hash": services.passwords.hash(new)})
    services.sessions.end_others(services.attributes.read(user, "id"))


def check_new_password(services: Services[U], user: U, new: str) -> None:
    """Refuse a new password for a user that will not do.

    :raises WeakPassword: with what a good one needs.
    """
    read = services.attributes.read
    _check_strength(services, new, read(user, "email"), read(user, "name"))


def set_active(services: Services[U], user: U, *, active: bool) -> None:
    """Let the user sign in, or not any more; then all sessions end.

    :raises RuntimeError: if the user class has nowhere to keep that.
    """
    if services.attributes.active is None:
        raise RuntimeError(
            f"{type(user).__name__} has no attribute 'active'. Give it a boolean column"
            " of that name."
        )

    with services.auditing("activate" if active else "deactivate", user):
        services.users.save(user, {"active": active})
    if not active:
        services.sessions.end_others(services.attributes.read(user, "id"))


@audited("grant-role", detail="role")
def grant(services: Services[U], user: U, role: str) -> None:
    """Give the user a role; where the class has one per user, in place of that.

    :raises RuntimeError: if the user class has no roles.
    """
    roles = services.attributes.role_names_with(user, role)
    services.users.save(user, {"roles": roles})


@audited("revoke-role", detail="role")
def revoke_role(services: Services[U], user: U, role: str) -> None:
    """Take a role away from the user, if they have it."""
    roles = services.attributes.role_names(user)
    if role in roles:
        services.users.save(user, {"roles": roles - {role}})


def _check_strength(
    services: Services[U], secret: str, identity: str, name: str | None
) -> None:
    personal = [identity, identity.partition("@")[0], name or ""]
    check_strength(secret, min_length=services.min_length, personal=personal)


def _look_up(services: Services[U], normalised: str, typed: str) -> U | None:
    user = services.users.find(normalised)
    if user is None and typed != normalised:
        # Addresses stored by somebody else may not be in our form.
        user = services.users.find(typed)
    return user


def _usable_hash(services: Services[U], user: U | None) -> str | None:
    if user is None or not services.attributes.is_active(user):
        return None
    return services.attributes.read(user, "password_hash") or None


def _rehash(services: Services[U], user: U, secret: str) -> None:
    try:
        changes = {"password_hash": services.passwords.hash(secret)}
        services.users.save(user, changes)
    except Exception:
        # The person is who they say they are; the better hash can wait.
        logger.warning("A password hash was not renewed.", exc_info=True)
