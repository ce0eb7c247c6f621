"""Tokens in SQL."""

from __future__ import annotations

from dataclasses import fields
from operator import attrgetter
from typing import Any, Generic, TypeVar

from sqlalchemy import Column, Connection, bindparam, delete, select
from sqlalchemy.orm import Session

from ..store import Token
from .tables import purge, token_table
from .unit_of_work import UnitOfWork
from .users import UserModel

U = TypeVar("U")


class RelationalTokens(Generic[U]):
    """Tokens in a table; :meth:`get` brings user and roles along in one query."""

    def __init__(self, work: UnitOfWork, model: UserModel[U]) -> None:
        self._work = work
        self._bind = {"mapper": model.mapper}
        metadata = model.key.table.metadata
        self._table = token_table(metadata, model.key.type)
        self._names = [field.name for field in fields(Token) if field.name != "user"]
        self._has_roles = model.roles is not None
        self._get = model.with_roles(
            select(*self._columns, model.user_class)
            .select_from(self._table)
            .outerjoin(model.user_class, self._table.c.user_id == model.key)
            .where(
                self._table.c.digest == bindparam("digest"),
                self._table.c.kind == bindparam("kind"),
            )
        )

    @property
    def _columns(self) -> list[Column[Any]]:
        return [self._table.c[name] for name in self._names]

    def put(self, token: Token) -> None:
        """Add a token."""
        values = {name: getattr(token, name) for name in self._names}
        with self._work.writing() as session:
            self._connection(session).execute(self._table.insert().values(values))

    def get(self, digest: str, kind: str) -> Token | None:
        """Return the token with its user."""
        which = {"digest": digest, "kind": kind}
        with self._work.reading() as session:
            rows: Any = session.execute(self._get, which, bind_arguments=self._bind)
            if self._has_roles:
                # A user with several comes as several rows of one token.
                rows = rows.unique(attrgetter("digest"))
            row = rows.one_or_none()
        return None if row is None else Token(*row)

    def consume(self, digest: str, kind: str, now: int) -> Token | None:
        """Remove an unexpired token and return it to exactly one caller."""
        table = self._table
        mine = (table.c.digest == digest, table.c.kind == kind)
        with self._work.writing() as session:
            connection = self._connection(session)
            row = connection.execute(select(*self._columns).where(*mine)).one_or_none()
            if row is None:
                return None
            # The count of deleted rows decides between callers that all read the row.
            gone = connection.execute(
                delete(table).where(*mine, table.c.expires_at > now)
            )
            return Token(*row) if gone.rowcount == 1 else None

    def touch(self, digest: str, seen_at: int) -> None:
        """Note the last use of a token."""
        table = self._table
        statement = table.update().where(table.c.digest == digest)
        with self._work.writing() as session:
            self._connection(session).execute(statement.values(seen_at=seen_at))

    def list_for(self, user_id: Any, kind: str) -> list[Token]:
        """Return the user's tokens of a kind, the newest first."""
        table = self._table
        statement = (
            select(*self._columns)
            .where(table.c.user_id == user_id, table.c.kind == kind)
            .order_by(table.c.created_at.desc())
        )
        with self._work.reading() as session:
            return [Token(*row) for row in self._connection(session).execute(statement)]

    def revoke(
        self,
        user_id: Any,
        kind: str | None = None,
        *,
        only: str | None = None,
        keep: str | None = None,
    ) -> int:
        """Remove tokens of a user and return how many."""
        table = self._table
        statement = delete(table).where(table.c.user_id == user_id)
        if kind is not None:
            statement = statement.where(table.c.kind == kind)
        if only is not None:
            statement = statement.where(table.c.digest == only)
        if keep is not None:
            statement = statement.where(table.c.digest != keep)
        with self._work.writing() as session:
            return self._connection(session).execute(statement).rowcount

    def purge(self, now: int, limit: int) -> int:
        """Remove at most ``limit`` expired tokens and return how many."""
        table = self._table
        with self._work.writing() as session:
            return purge(
                self._connection(session),
                table.c.digest,
                table.c.expires_at <= now,
                limit,
            )

    def _connection(self, session: Session) -> Connection:
        return session.connection(bind_arguments=self._bind)
