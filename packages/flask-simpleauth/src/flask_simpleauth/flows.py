"""What happens to accounts: they are made and changed. No Flask in here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from typing import Any, TypeVar

from .authentication import Client, reauthenticate
from .confirmation import note_confirmed
from .errors import Taken, UsernameTaken
from .identity import clean_name, normalise, normalise_username
from .secret_text import Secret
from .services import Services, audited
from .sessions import SESSION
from .signals import (
    active_changed,
    api_token_created,
    password_changed,
    roles_changed,
    user_created,
)
from .standing import may_sign_in, note_standing
from .throttling import SIGN_UP

U = TypeVar("U")


@audited("sign-up")
def sign_up(
    services: Services[U],
    identity: str,
    secret: str,
    *,
    name: str = "",
    username: str = "",
    own: Mapping[str, Any] | None = None,
    address: str | None = None,
) -> U:
    """Make an account for a visitor.

    :param username: another name to sign in with, if the class has a place for it.
    :param own: more values, by the user class's own names.
    :raises InvalidIdentity: if that is no address.
    :raises InvalidUsername: if that cannot be a user name.
    :raises Taken: if the address has an account; ``UsernameTaken``, if the name has.
    :raises WeakPassword: if the password will not do.
    :raises Throttled: after too many sign-ups from one address.
    """
    normalise(identity)  # before anything is counted
    services.throttle.reserve(SIGN_UP, address=address)
    return create_user(
        services, identity, secret, name=name, username=username, own=own
    )


@audited("create-account")
def create_user(
    services: Services[U],
    identity: str,
    secret: str,
    *,
    name: str = "",
    username: str = "",
    confirmed: bool = False,
    role: str | None = None,
    own: Mapping[str, Any] | None = None,
    within: AbstractContextManager[object] | None = None,
) -> U:
    """Make an account.

    :param username: another name to sign in with, if the class has a place for it.
    :param confirmed: whether the address is known to be theirs.
    :param role: a role it has from the start, made if it is new.
    :param own: more values, by the user class's own names.
    :param within: what all is written in, such as the use of a link.
    :raises InvalidIdentity: if that is no address.
    :raises InvalidUsername: if that cannot be a user name.
    :raises Taken: if the address has an account; ``UsernameTaken``, if the name has.
    :raises WeakPassword: if the password will not do.
    """
    normalised = normalise(identity)
    services.rules.check(secret, personal=[normalised, name, username])
    # Asked before hashing only to spare the work; the store's constraint decides.
    if services.users.find(normalised) is not None:
        raise Taken()

    values: dict[str, Any] = {
        **(own or {}),
        "email": normalised,
        "name": clean_name(name),
        **_username(services, username),
        "password_hash": Secret(services.passwords.hash(secret)),
    }
    with within or nullcontext(), services.transaction():
        user = _create(services, values)
        if role is not None:
            grant(services, user, role)
        if confirmed:
            note_confirmed(services, user)
    user_created.send(services.sender, user=user)
    return user


def _username(services: Services[U], name: str) -> dict[str, str]:
    if services.attributes.username is None or not name:
        return {}
    normalised = normalise_username(name)
    if services.users.find(normalised) is not None:
        raise UsernameTaken()
    return {"username": normalised}


@audited("change-password")
def change_password(
    services: Services[U],
    user: U,
    current: str,
    new: str,
    client: Client,
) -> None:
    """Give the user a new password, and end all their sessions.

    :raises BadCredentials: if the current one is wrong.
    :raises WeakPassword: if the new one will not do.
    :raises Throttled: after too many wrong tries.
    """
    reauthenticate(services, user, current, client)
    set_password(services, user, new)


@audited("set-password")
def set_password(
    services: Services[U],
    user: U,
    new: str,
    *,
    within: AbstractContextManager[U] | None = None,
) -> None:
    """Give the user a new password without asking for the old, and end all sessions.

    :param within: what all is written in, such as the use of a link; it gives the user
        as they are by then.
    :raises WeakPassword: if it will not do.
    """
    check_new_password(services, user, new)
    hashed = Secret(services.passwords.hash(new))
    with within or nullcontext(user) as user, services.transaction():
        # In this order, for stores without transactions: half done, nobody is in.
        services.sessions.end_others(services.key_of(user))
        services.users.save(user, {"password_hash": hashed})
    # Once more for who was being signed in with the old one: now they either are here
    # to be ended, or see that it was changed.
    services.tokens.revoke(services.key_of(user), SESSION)
    password_changed.send(services.sender, user=user)


def check_new_password(services: Services[U], user: U, new: str) -> None:
    """Refuse a new password for a user that will not do.

    :raises WeakPassword: with what a good one needs.
    """
    read = services.attributes.read
    known = (read(user, name) or "" for name in ("email", "name", "username"))
    services.rules.check(new, personal=known)


def set_active(services: Services[U], user: U, *, active: bool) -> None:
    """Let the user sign in, or not any more; then all sessions end.

    So do their API tokens, unless the user class itself tells that they mean nothing.
    """
    user_id, old = services.key_of(user), may_sign_in(services, user)
    with services.auditing("activate" if active else "deactivate", user):
        note_standing(services, user, active=active)
    if not active:
        services.sessions.end_others(user_id)
    if not active and services.attributes.active is None:
        services.api_tokens.end_all(user_id)
    active_changed.send(services.sender, user=user, old=old, new=active)


def create_api_token(
    services: Services[U],
    user: U,
    name: str,
    *,
    scopes: Collection[str] = (),
    lifetime: timedelta | None = None,
) -> str:
    """Make a token for a program that acts as the user, and return its text.

    :raises RuntimeError: if the user is deactivated, or the token has no name.
    """
    if not clean_name(name):
        raise RuntimeError("A token needs a name.")
    if not may_sign_in(services, user):
        raise RuntimeError("This user is deactivated, so a token would be no use.")
    made = services.api_tokens.make(
        services.key_of(user), name, scopes=scopes, lifetime=lifetime
    )
    api_token_created.send(
        services.sender, user=user, name=clean_name(name), scopes=frozenset(scopes)
    )
    return made


@audited("grant-role", detail="role")
def grant(services: Services[U], user: U, role: str) -> None:
    """Give the user a role; where the class has one per user, in place of that.

    :raises RuntimeError: if the user class has no roles.
    """
    _save_roles(services, user, services.attributes.role_names_with(user, role))


@audited("revoke-role", detail="role")
def revoke_role(services: Services[U], user: U, role: str) -> None:
    """Take a role away from the user, if they have it."""
    roles = services.attributes.role_names(user)
    if role in roles:
        _save_roles(services, user, roles - {role})


def _save_roles(services: Services[U], user: U, new: frozenset[str]) -> None:
    old = services.attributes.role_names(user)
    services.users.save(user, {"roles": new})
    roles_changed.send(services.sender, user=user, old=old, new=new)


def _create(services: Services[U], values: dict[str, Any]) -> U:
    """Make a user whom nothing gives power over that was somebody else's.

    Some databases, such as SQLite, give the key of a deleted row to a new one.
    """
    with services.transaction():
        user = services.users.create(values)
        key = services.key_of(user)
        if key is not None:  # inside pending work it has none yet
            services.tokens.revoke(key)
    return user
