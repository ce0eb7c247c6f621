"""Users whom the developer lists, in a mapping or in a file, instead of a database."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from configparser import ConfigParser
from configparser import Error as SyntaxMistake
from os import stat_result
from pathlib import Path
from typing import Any, NoReturn

from ..errors import InvalidIdentity, KeptByHand
from ..identity import normalise
from ..store import Attributes
from .plain import PlainUser

logger = logging.getLogger(__name__)

_KNOWN = ("name", "password_hash", "roles", "active")


class ListedUsers:
    """Users from a mapping of addresses, or from a file that is read when it changes.

    .. code-block:: python

        ListedUsers({"ada@example.org": {"password_hash": "scrypt:..."}})
        ListedUsers("users.ini")

    .. code-block:: ini

        [ada@example.org]
        name = Ada
        password_hash = scrypt:16384:8:5$...
        roles = admin editor

    Make a hash with ``werkzeug.security.generate_password_hash(password)``.
    Nobody can sign up, nor change a password: ``SIMPLEAUTH_SIGN_UP`` has to be
    ``"closed"``.
    Who is taken out is signed out with the next request; who is ``active = no`` too.

    :param source: the users, or the path of the file.
    :raises RuntimeError: for what cannot be understood, with its place. Later on a file
        with a mistake in it is logged, and who was listed before stays.
    """

    attributes = Attributes(confirmed_at=None)
    #: That nothing but the developer changes them.
    are_kept_by_hand = True

    def __init__(self, source: Mapping[str, Mapping[str, Any]] | str | Path) -> None:
        self._lock = threading.Lock()
        self._file = None if isinstance(source, Mapping) else Path(source)
        self._version = None if self._file is None else _version(self._file.stat())
        if isinstance(source, Mapping):
            self._users = _users_from(source, "The mapping")
        else:
            self._users = _users_in(Path(source))

    def get(self, user_id: Any) -> PlainUser | None:
        """Return the user with this address, which is the key."""
        return self._listed().get(user_id)

    def find(self, identity: str) -> PlainUser | None:
        """Return the user with this address."""
        return self._listed().get(identity)

    def addresses(self) -> list[tuple[str, str]]:
        """Return the address of every user, twice: it is the key."""
        return [(email, email) for email in self._listed()]

    def create(self, values: Mapping[str, Any]) -> NoReturn:
        """Refuse it.

        :raises KeptByHand: always.
        """
        raise KeptByHand()

    def save(self, user: PlainUser, changes: Mapping[str, Any]) -> NoReturn:
        """Refuse it.

        :raises KeptByHand: always.
        """
        raise KeptByHand()

    def delete(self, user: PlainUser) -> NoReturn:
        """Refuse it.

        :raises KeptByHand: always.
        """
        raise KeptByHand()

    def _listed(self) -> dict[str, PlainUser]:
        if self._file is not None:
            with self._lock:
                self._read_again(self._file)
        return self._users

    def _read_again(self, file: Path) -> None:
        """Read the file if it has changed; one with a mistake changes nothing."""
        try:
            version = _version(file.stat())
            if version == self._version:
                return
            self._version = version
            self._users = _users_in(file)
        except (OSError, RuntimeError):
            logger.exception("Users are as they were before the last change.")


def _version(stat: stat_result) -> tuple[int, ...]:
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


def _users_in(file: Path) -> dict[str, PlainUser]:
    parser = ConfigParser(interpolation=None, default_section="")
    try:
        parser.read_string(file.read_text(encoding="utf-8"), str(file))
    except (SyntaxMistake, UnicodeDecodeError) as error:
        raise RuntimeError(f"{file} cannot be read: {error}") from error

    sections = {email: dict(parser[email]) for email in parser.sections()}
    return _users_from(sections, str(file))


def _users_from(
    sections: Mapping[str, Mapping[str, Any]], where: str
) -> dict[str, PlainUser]:
    users = [_user(email, values, where) for email, values in sections.items()]
    by_email = {user.email: user for user in users}
    if len(by_email) < len(users):
        raise RuntimeError(f"{where} has two users with one address.")
    return by_email


def _user(email: str, values: Mapping[str, Any], where: str) -> PlainUser:
    place = f"{where}, {email}"
    unknown = [name for name in values if name not in _KNOWN]
    if unknown:
        raise RuntimeError(f"{place}: {unknown[0]!r} is none of {', '.join(_KNOWN)}.")
    if "$" not in (values.get("password_hash") or ""):
        raise RuntimeError(
            f"{place}: there is no password_hash. Make one:"
            " werkzeug.security.generate_password_hash(password)."
        )
    try:
        email = normalise(email)
    except InvalidIdentity as error:
        raise RuntimeError(f"{place}: that is no e-mail address.") from error

    return PlainUser(
        id=email,
        email=email,
        name=values.get("name") or email.partition("@")[0],
        password_hash=values["password_hash"],
        active=_truth(values.get("active", True), place),
        roles=_roles(values.get("roles", ())),
    )


def _roles(value: Any) -> frozenset[str]:
    return frozenset(value.split() if isinstance(value, str) else value)


def _truth(value: Any, place: str) -> bool:
    try:
        return ConfigParser.BOOLEAN_STATES[str(value).lower()]
    except KeyError:
        raise RuntimeError(f"{place}: active is {value!r}; say yes or no.") from None
