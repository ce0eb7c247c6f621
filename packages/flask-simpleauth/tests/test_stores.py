"""Every store keeps every promise of the contracts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask_simpleauth.stores.embedded import EmbeddedStore
from flask_simpleauth.stores.memory import MemoryStore
from flask_simpleauth.stores.sqlalchemy import SQLAlchemyStore
from flask_simpleauth.testing.stores import StoreTests
from sqlalchemy import create_engine
from sqlalchemy.orm import scoped_session, sessionmaker

Opener = Callable[[], Any]


class TestMemory(StoreTests):
    is_shared = False
    is_one_database = False

    @pytest.fixture
    def open_store(self) -> Opener:
        store = MemoryStore()
        return lambda: store


class TestEmbedded(StoreTests):
    @pytest.fixture
    def open_store(self, tmp_path: Path) -> Opener:
        return lambda: EmbeddedStore(tmp_path / "accounts.sqlite3")


class SQLTests(StoreTests):
    """A class of the app's own in Flask-SQLAlchemy's database."""

    kind = ""
    #: Where no server is.
    dead_end = ""

    @pytest.fixture
    def own(self, emptied_database: Callable[[str], Any]) -> Any:
        return emptied_database(self.kind)

    @pytest.fixture
    def open_store(self, own: Any) -> Opener:
        _, db, user_class = own
        return lambda: SQLAlchemyStore(db, user_class)

    @pytest.fixture
    def entered(self, own: Any) -> Any:
        return own[0].app_context

    @pytest.fixture
    def unreachable_store(self, own: Any) -> Any:
        if not self.dead_end:
            return None
        session = scoped_session(sessionmaker(create_engine(self.dead_end)))
        return SQLAlchemyStore(session, own[2])


class TestSQLite(SQLTests):
    kind = "sqlite"


@pytest.mark.every_store
class TestPostgreSQL(SQLTests):
    kind = "postgresql"
    dead_end = "postgresql+psycopg://nobody@127.0.0.1:1/none"


@pytest.mark.every_store
class TestMariaDB(SQLTests):
    kind = "mariadb"
    dead_end = "mysql+pymysql://nobody@127.0.0.1:1/none"
