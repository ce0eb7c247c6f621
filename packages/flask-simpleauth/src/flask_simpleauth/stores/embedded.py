"""Accounts with nothing to set up: an SQLite file beside the app.

The engine and the tables are private, so an app's own database is never in the way.
An app whose tables point at users wants :mod:`flask_simpleauth.stores.sqlalchemy`.
"""

from __future__ import annotations

import threading
import weakref
from pathlib import Path
from time import time
from typing import Any

from sqlalchemy import (
    URL,
    Column,
    Connection,
    Engine,
    ForeignKey,
    Integer,
    String,
    Table,
    create_engine,
    event,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.schema import CreateIndex, CreateTable

from ..store import Attributes
from .counters import RelationalCounters
from .outages import unavailable
from .tokens import RelationalTokens
from .unit_of_work import OwnUnitOfWork
from .users import RelationalUsers, UserModel

#: Milliseconds a writer waits for another one.
_BUSY_TIMEOUT = 10_000


class _Base(DeclarativeBase):
    pass


_user_role = Table(
    "user_role",
    _Base.metadata,
    Column("user_id", Integer, ForeignKey("user.id"), primary_key=True),
    Column("role_id", Integer, ForeignKey("role.id"), primary_key=True),
)


class Role(_Base):
    """A role, known by its name."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)


class User(_Base):
    """A user of the embedded store."""

    __tablename__ = "user"
    # The key of a deleted user is not given to another one, whom it would be taken for.
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 # SQLAlchemy's way

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    confirmed_at: Mapped[int | None]
    created_at: Mapped[int] = mapped_column(default=lambda: int(time()))
    roles: Mapped[list[Role]] = relationship(secondary=_user_role)


class EmbeddedStore:
    """Keeps accounts in the SQLite file at ``path``, made when first used.

    Users are handed out detached from any session, their roles loaded.
    """

    def __init__(self, path: Path) -> None:
        model = UserModel(User, Attributes())
        work = OwnUnitOfWork(_Database(path).engine)

        self.users = RelationalUsers(work, model)
        self.transaction = self.users.transaction
        self.tokens = RelationalTokens(work, model)
        self.counters = RelationalCounters(work, model)


class _Database:
    """The file, its engine and its tables, made when the first query wants them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._engine: Engine | None = None

    def engine(self) -> Engine:
        with self._lock:
            if self._engine is None:
                try:
                    self._engine = self._open()
                except OSError as error:  # a folder that may not be written to
                    raise unavailable(error) from error
            return self._engine

    def _open(self) -> Engine:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # Password hashes are nobody else's to read, on a shared machine either.
        self._path.touch(mode=0o600)

        engine = create_engine(URL.create("sqlite", database=str(self._path)))
        event.listen(engine, "connect", _set_pragmas)
        weakref.finalize(self, engine.dispose)
        with engine.begin() as connection:
            _create_tables(connection)
        return engine


def _set_pragmas(connection: Any, _record: object) -> None:
    """Let readers read while one writes, and a second writer wait."""
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")


def _create_tables(connection: Connection) -> None:
    # Not create_all(): it looks first and creates then, and two workers may both look.
    for table in _Base.metadata.sorted_tables:
        connection.execute(CreateTable(table, if_not_exists=True))
        for index in table.indexes:
            connection.execute(CreateIndex(index, if_not_exists=True))
