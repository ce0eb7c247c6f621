"""Counters in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Table, case, select
from sqlalchemy.exc import IntegrityError

from ..store import Hit
from .tables import counter_table, purge
from .unit_of_work import UnitOfWork
from .users import UserModel

#: What SQLAlchemy calls MySQL and MariaDB.
_MYSQL = ("mysql", "mariadb")

_Changes = list[tuple[str, Any]]


class RelationalCounters:
    """Counters in a table."""

    def __init__(self, work: UnitOfWork, model: UserModel[Any]) -> None:
        self._work = work
        self._bind = {"mapper": model.mapper}
        self._table = counter_table(model.key.table.metadata)

    def hit(self, windows: Mapping[str, int], now: int) -> list[Hit]:
        """Add one to each counter, in one transaction.

        :raises RuntimeError: inside pending work, since a rollback of that must not
            undo a count.
        """
        with self._work.writing(joining=False) as session:
            connection = session.connection(bind_arguments=self._bind)
            # Sorted, so that two callers never wait for each other's rows.
            hits = {
                key: self._hit(connection, key, windows[key], now)
                for key in sorted(windows)
            }
        return [hits[key] for key in windows]

    def refund(self, keys: Iterable[str]) -> None:
        """Take one hit back from each counter."""
        table = self._table
        statement = (
            table.update()
            .where(table.c.key.in_(sorted(keys)), table.c.count > 0)
            .values(count=table.c.count - 1)
        )
        with self._work.writing() as session:
            session.connection(bind_arguments=self._bind).execute(statement)

    def purge(self, now: int, limit: int) -> int:
        """Remove at most ``limit`` counters that start anew."""
        table = self._table
        with self._work.writing() as session:
            return purge(
                session.connection(bind_arguments=self._bind),
                table.c.key,
                table.c.resets_at <= now,
                limit,
            )

    def _hit(self, connection: Connection, key: str, window: int, now: int) -> Hit:
        table = self._table
        first = {"key": key, "count": 1, "resets_at": now + window}
        another = _one_more(table, window, now)

        if connection.dialect.name in _MYSQL:
            # Imported here: the dialect is large, and most apps do not use it.
            from sqlalchemy.dialects import mysql

            # An update that finds no row locks the gap that all others insert into.
            upsert = mysql.insert(table).values(first)
            connection.execute(upsert.on_duplicate_key_update(another))
        else:
            self._update_or_insert(connection, first, another)

        statement = select(table.c.count, table.c.resets_at).where(table.c.key == key)
        return Hit(*connection.execute(statement).one())

    def _update_or_insert(
        self, connection: Connection, first: dict[str, Any], another: _Changes
    ) -> None:
        table = self._table
        update = table.update().where(table.c.key == first["key"]).values(dict(another))
        if connection.execute(update).rowcount == 1:
            return
        try:
            with connection.begin_nested():
                connection.execute(table.insert().values(first))
        except IntegrityError:  # somebody else's first hit came between
            connection.execute(update)


def _one_more(table: Table, window: int, now: int) -> _Changes:
    # In this order: MariaDB sees the first change when it makes the second.
    over = table.c.resets_at <= now
    return [
        ("count", case((over, 1), else_=table.c.count + 1)),
        ("resets_at", case((over, now + window), else_=table.c.resets_at)),
    ]
