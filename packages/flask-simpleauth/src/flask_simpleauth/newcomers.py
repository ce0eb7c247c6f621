"""Users of other systems: what their rows say, and making their accounts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from .confirmation import note_confirmed
from .errors import InvalidIdentity, InvalidUsername, Taken
from .exports import SURPLUS, Row
from .flows import grant
from .identity import clean_name, normalise, normalise_username
from .passwords import is_readable
from .services import Services, audited
from .signals import user_created
from .standing import note_standing

U = TypeVar("U")

#: Our fields by the columns they are in; several make one text.
Columns = Mapping[str, tuple[str, ...]]

SHAPES: Mapping[str, Columns] = {
    "plain": {
        "email": ("email",),
        "username": ("username",),
        "name": ("name",),
        "password_hash": ("password_hash",),
        "active": ("active",),
        "confirmed": ("confirmed",),
        "roles": ("roles",),
    },
    "django": {
        "email": ("email",),
        "username": ("username",),
        "name": ("first_name", "last_name"),
        "password_hash": ("password",),
        "active": ("is_active",),
        "roles": ("groups",),
    },
    "flask-security": {
        "email": ("email",),
        "username": ("username",),
        "name": ("username",),
        "password_hash": ("password",),
        "active": ("active",),
        "confirmed": ("confirmed_at",),
        "roles": ("roles",),
    },
}

#: What a column of a user class is asked to hold.
_LONGEST_HASH = 200

_YES = {"1", "t", "true", "y", "yes", "on"}
_NO = {"", "0", "f", "false", "n", "no", "off"}

# Django's mark for who has no password.
_UNUSABLE = "!"


class Refused(Exception):
    """A row cannot become an account; the message says why, without what is in it."""


@dataclass(frozen=True)
class Newcomer:
    """A user of another system."""

    email: str
    #: Empty if they have none, or your user class has no place for it.
    username: str = ""
    name: str = ""
    #: Empty if they have none, and need a link to a new one.
    password_hash: str = field(default="", repr=False)
    active: bool = True
    #: Whether the address was shown to be theirs.
    confirmed: bool = False
    roles: frozenset[str] = frozenset()


def read_row(row: Row, columns: Columns) -> Newcomer:
    """Return the user that a row is about.

    :raises Refused: if it does not say what an account needs.
    """
    if SURPLUS in row.values:
        raise Refused("it has more fields than the header")

    values = {
        field: [row.values[name] for name in names if name in row.values]
        for field, names in columns.items()
    }
    return Newcomer(
        email=_email(values["email"]),
        username=_username(values.get("username", [])),
        name=_name(values.get("name", [])),
        password_hash=_hash(values.get("password_hash", [])),
        active=_flag(values.get("active", [])),
        confirmed=_is_given(values.get("confirmed", [])),
        roles=_roles(values.get("roles", [])),
    )


def check(services: Services[U], newcomer: Newcomer) -> None:
    """Tell whether there can be an account for them.

    :raises Taken: if the address has one.
    :raises Refused: if the user class cannot hold what is known of them, or their user
        name is somebody else's.
    """
    if newcomer.roles and services.attributes.roles is None:
        raise Refused("they have roles, and your user class has none")
    if services.users.find(newcomer.email) is not None:
        raise Taken()
    if newcomer.username and services.users.find(newcomer.username) is not None:
        raise Refused("its user name is taken")


@audited("import-account")
def take_in(services: Services[U], newcomer: Newcomer) -> U:
    """Make the account of a user of another system, with the password they have.

    :raises Taken: if the address has an account.
    """
    values: dict[str, Any] = {
        "email": newcomer.email,
        "name": newcomer.name,
        "password_hash": newcomer.password_hash,
        "active": newcomer.active,
    }
    if newcomer.username:
        values["username"] = newcomer.username
    with services.transaction():
        user = services.users.create(values)
        for role in sorted(newcomer.roles):
            grant(services, user, role)
        if newcomer.confirmed:
            note_confirmed(services, user)
        if not newcomer.active:
            note_standing(services, user, active=False)
    user_created.send(services.sender, user=user)
    return user


def _email(values: Sequence[Any]) -> str:
    text = _text(values, "its address")
    if not text:
        raise Refused("it has no e-mail address")
    try:
        return normalise(text)
    except InvalidIdentity:
        raise Refused("its address is not like name@example.org") from None


def _username(values: Sequence[Any]) -> str:
    text = _text(values, "its user name")
    try:
        return normalise_username(text) if text else ""
    except InvalidUsername:
        raise Refused("its user name is too long, or has a space or an @") from None


def _name(values: Sequence[Any]) -> str:
    return clean_name(_text(values, "its name"))


def _hash(values: Sequence[Any]) -> str:
    text = _text(values, "its password hash")
    if not text or text.startswith(_UNUSABLE):
        return ""
    # Never with the value: what is no hash may be a password.
    if len(text) > _LONGEST_HASH or not is_readable(text):
        raise Refused("its password hash is of no kind that can be verified")
    return text


def _flag(values: Sequence[Any]) -> bool:
    if not values:
        return True
    # As databases write it: t, 1, true; nothing for what is not known.
    text = "" if values[0] is None else str(values[0]).strip().casefold()
    if text not in _YES | _NO:
        raise Refused("whether they are active is neither yes nor no")
    return text in _YES


def _is_given(values: Sequence[Any]) -> bool:
    """Tell whether there is a yes, or a time at which it was given."""
    return any(str(value or "").strip().casefold() not in _NO for value in values)


def _roles(values: Sequence[Any]) -> frozenset[str]:
    names: list[Any] = []
    for value in values:
        names += re.split("[,;]", value) if isinstance(value, str) else _listed(value)
    return frozenset(filter(None, map(_role, names)))


def _role(name: Any) -> str:
    if isinstance(name, int):
        raise Refused("a role is a number; dumpdata --natural-foreign writes names")
    # Which Django writes as lists of one name each.
    return _text(_listed(name), "a role")


def _listed(value: Any) -> list[Any]:
    items: list[Any] = []
    is_list = isinstance(value, list)
    (items.extend if is_list else items.append)(value)
    return items


def _text(values: Sequence[Any], what: str) -> str:
    """Return the values as one text, with single spaces."""
    if not all(value is None or isinstance(value, str) for value in values):
        raise Refused(f"{what} is no text")
    return " ".join(" ".join(filter(None, values)).split())
