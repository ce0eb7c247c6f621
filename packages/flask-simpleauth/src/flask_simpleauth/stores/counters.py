"""Counters in SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, case, select
from sqlalchemy.exc import IntegrityError

from ..counting import Count, Rule
from .tables import counter_table, purge
from .unit_of_work import UnitOfWork
from .users import UserModel

#: What SQLAlchemy calls MySQL and MariaDB.
_MYSQL = ("mysql", "mariadb")


class RelationalCounters:
    """Counters in a table."""

    def __init__(self, work: UnitOfWork, model: UserModel[Any]) -> None:
        self._work = work
        self._bind = {"mapper": model.mapper}
        self._table = counter_table(model.key.table.metadata)

    def hit(self, rules: Mapping[str, Rule], now: int) -> dict[str, int]:
        """Add one to each counter, or to none, in one transaction.

        :raises RuntimeError: inside pending work, since a rollback of that must not
            undo a count.
        """
        with self._work.writing(joining=False) as session:
            connection = session.connection(bind_arguments=self._bind)
            # Not the session's rollback, which would expire what the app has loaded.
            with connection.begin_nested() as counted:
                for key, rule in rules.items():
                    opens_at = self._hit(connection, key, rule, now)
                    if opens_at is not None:
                        counted.rollback()
                        return {key: opens_at}
        return {}

    def refund(self, keys: Iterable[str]) -> None:
        """Take one hit back from each counter."""
        table = self._table
        refund = table.update().values(hits=table.c.hits - 1, opens_at=0)
        with self._work.writing() as session:
            connection = session.connection(bind_arguments=self._bind)
            for key in keys:  # one by one, in the order in which hits lock them
                mine = (table.c.key == key, table.c.hits > 0)
                connection.execute(refund.where(*mine))

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

    def _hit(
        self, connection: Connection, key: str, rule: Rule, now: int
    ) -> int | None:
        """Count and return nothing, or when the counter opens."""
        if connection.dialect.name in _MYSQL:
            self._lock_on_mysql(connection, key)

        # What writes goes first: SQLite lets nobody write who has read something old.
        while not self._add_one(connection, key, rule, now):
            count = self._read(connection, key)
            if count is None:
                if self._insert(connection, key, rule.after(None, now)):
                    return None
            elif count.opens_at > now:
                return count.opens_at
            # Somebody has made or opened it in between.

        self._close_if_full(connection, key, rule, now)
        return None

    def _add_one(self, connection: Connection, key: str, rule: Rule, now: int) -> bool:
        """Count if the counter is open, and tell whether it was."""
        table = self._table
        over = table.c.resets_at <= now
        # In this order: MariaDB sees the first change when it makes the second.
        update = table.update().ordered_values(
            (table.c.hits, case((over, 1), else_=table.c.hits + 1)),
            (
                table.c.resets_at,
                case((over, now + rule.window), else_=table.c.resets_at),
            ),
        )
        which = (table.c.key == key, table.c.opens_at <= now)
        return connection.execute(update.where(*which)).rowcount == 1

    def _read(self, connection: Connection, key: str) -> Count | None:
        table = self._table
        columns = (table.c.hits, table.c.resets_at, table.c.opens_at)
        # For update: else MariaDB answers with what was there when it first read.
        statement = select(*columns).where(table.c.key == key).with_for_update()
        row = connection.execute(statement).one_or_none()
        return None if row is None else Count(*row)

    def _insert(self, connection: Connection, key: str, first: Count) -> bool:
        """Add a counter, and tell whether nobody else has."""
        try:
            with connection.begin_nested():
                connection.execute(
                    self._table.insert().values(key=key, **asdict(first))
                )
        except IntegrityError:
            return False
        return True

    def _close_if_full(
        self, connection: Connection, key: str, rule: Rule, now: int
    ) -> None:
        count, table = self._read(connection, key), self._table
        opens_at = count and rule.opens_at(count.hits, count.resets_at, now)
        if opens_at:
            close = table.update().where(table.c.key == key).values(opens_at=opens_at)
            connection.execute(close)

    def _lock_on_mysql(self, connection: Connection, key: str) -> None:
        """Make the row that will be changed, or lock the one that is there.

        An update that finds no row locks the gap that all others insert into.
        """
        # Imported here: the dialect is large, and most apps do not use it.
        from sqlalchemy.dialects import mysql

        new = {"key": key, "hits": 0, "resets_at": 0, "opens_at": 0}
        insert = mysql.insert(self._table).values(new)
        connection.execute(insert.on_duplicate_key_update(key=key))
