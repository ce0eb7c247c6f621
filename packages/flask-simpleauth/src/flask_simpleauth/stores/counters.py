"""Counters in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, case, select
from sqlalchemy.exc import IntegrityError

from ..store import Hit
from .tables import counter_table, purge
from .unit_of_work import UnitOfWork
from .users import UserModel


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
        if not self._add_one(connection, key, window, now):
            try:
                with connection.begin_nested():
                    connection.execute(
                        self._table.insert().values(
                            key=key, count=1, resets_at=now + window
                        )
                    )
            except IntegrityError:  # somebody else's first hit came between
                self._add_one(connection, key, window, now)

        table = self._table
        statement = select(table.c.count, table.c.resets_at).where(table.c.key == key)
        return Hit(*connection.execute(statement).one())

    def _add_one(self, connection: Connection, key: str, window: int, now: int) -> bool:
        table = self._table
        over = table.c.resets_at <= now
        statement = (
            table.update()
            .where(table.c.key == key)
            .values(
                count=case((over, 1), else_=table.c.count + 1),
                resets_at=case((over, now + window), else_=table.c.resets_at),
            )
        )
        return connection.execute(statement).rowcount == 1
