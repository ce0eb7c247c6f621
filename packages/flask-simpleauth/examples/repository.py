"""Accounts over a domain of plain objects: a repository keeps them, with no ORM.

``Member`` and ``Members`` know nothing of Flask-SimpleAuth; ``MemberUsers``, the last
class, is all that brings the two together.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from flask_simpleauth import Taken
from flask_simpleauth.store import Attributes


@dataclass
class Member:
    """A member of the club."""

    address: str
    nickname: str
    secret: str = field(repr=False)
    number: int | None = None
    is_welcome: bool = True
    offices: frozenset[str] = frozenset()

    def hand_over(self, office: str, to: Member) -> None:
        """Leave an office to somebody else."""
        self.offices -= {office}
        to.offices |= {office}


class AddressInUse(Exception):
    """Another member has this address."""


class Members:
    """All members, in an SQLite file; the only place that knows of SQL."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with closing(self._connect()) as connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS member (number INTEGER PRIMARY KEY"
                " AUTOINCREMENT, address TEXT NOT NULL UNIQUE, nickname TEXT NOT NULL,"
                " secret TEXT NOT NULL, is_welcome BOOLEAN NOT NULL, offices TEXT)"
            )

    def numbered(self, number: int) -> Member | None:
        return self._one("number", number)

    def at(self, address: str) -> Member | None:
        return self._one("address", address)

    def add(self, member: Member) -> None:
        cursor = self._write(
            "INSERT INTO member (address, nickname, secret, is_welcome, offices)"
            " VALUES (?, ?, ?, ?, ?)",
            *_row(member),
        )
        member.number = cursor.lastrowid

    def change(self, number: int, values: Mapping[str, Any]) -> Member | None:
        """Change these values of a member, and return them as they are then."""
        columns = ", ".join(f"{name} = ?" for name in values)
        self._write(
            f"UPDATE member SET {columns} WHERE number = ?",  # noqa: S608 # our names
            *map(_plain, values.values()),
            number,
        )
        return self.numbered(number)

    def remove(self, number: int) -> None:
        self._write("DELETE FROM member WHERE number = ?", number)

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, isolation_level=None, timeout=10)

    def _write(self, statement: str, *values: Any) -> sqlite3.Cursor:
        with closing(self._connect()) as connection:
            try:
                return connection.execute(statement, values)
            except sqlite3.IntegrityError as error:
                raise AddressInUse() from error

    def _one(self, column: str, value: Any) -> Member | None:
        with closing(self._connect()) as connection:
            row = connection.execute(
                "SELECT address, nickname, secret, number, is_welcome, offices"  # noqa: S608 # our names
                f" FROM member WHERE {column} = ?",  # our names
                [value],
            ).fetchone()
        return None if row is None else _member(*row)


def _member(
    address: str, nickname: str, secret: str, number: int, is_welcome: int, offices: str
) -> Member:
    held = frozenset(offices.split("\n")) - {""}
    return Member(address, nickname, secret, number, bool(is_welcome), held)


def _row(member: Member) -> list[Any]:
    offices = _plain(member.offices)
    return [member.address, member.nickname, member.secret, member.is_welcome, offices]


def _plain(value: Any) -> Any:
    return "\n".join(sorted(value)) if isinstance(value, frozenset | set) else value


class MemberUsers:
    """Members, as Flask-SimpleAuth asks for its users."""

    attributes = Attributes(
        id="number",
        email="address",
        password_hash="secret",  # noqa: S106 # the attribute's name
        name="nickname",
        active="is_welcome",
        confirmed_at=None,
        roles="offices",
    )

    def __init__(self, members: Members) -> None:
        self._members = members

    def get(self, user_id: Any) -> Member | None:
        return self._members.numbered(user_id)

    def find(self, identity: str) -> Member | None:
        return self._members.at(identity)

    def create(self, values: Mapping[str, Any]) -> Member:
        member = Member(**self._own(values))
        try:
            self._members.add(member)
        except AddressInUse as error:
            raise Taken() from error
        return member

    def save(self, user: Member, changes: Mapping[str, Any]) -> None:
        own = self._own(changes)
        replace(user, **own)  # is there everything that is to be changed?
        try:
            self._members.change(user.number or 0, own)
        except AddressInUse as error:
            raise Taken() from error
        for name, value in own.items():
            setattr(user, name, value)

    def delete(self, user: Member) -> None:
        self._members.remove(user.number or 0)

    def _own(self, values: Mapping[str, Any]) -> dict[str, Any]:
        names = {self.attributes.own_name(name): name for name in values}
        return {own: values[name] for own, name in names.items() if own is not None}
