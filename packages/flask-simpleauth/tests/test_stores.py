"""Every store keeps every promise of the contracts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask_simpleauth.stores.embedded import EmbeddedStore
from flask_simpleauth.stores.memory import MemoryStore
from flask_simpleauth.stores.sqlalchemy import SQLAlchemyStore
from flask_simpleauth.testing.stores import StoreTests

Opener = Callable[[], Any]


class TestMemory(StoreTests):
    is_shared = False

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

    @pytest.fixture
    def own(self, lasting_database: Callable[[str], Any]) -> Iterator[Any]:
        app, db, user_class = lasting_database(self.kind)
        yield app, db, user_class
        with app.app_context():
            for table in reversed(db.metadata.sorted_tables):
                db.session.execute(table.delete())
            db.session.commit()
            db.session.remove()
            db.engine.dispose()  # no connection survives a fork

    @pytest.fixture
    def open_store(self, own: Any) -> Opener:
        _, db, user_class = own
        return lambda: SQLAlchemyStore(db, user_class)

    @pytest.fixture
    def entered(self, own: Any) -> Any:
        return own[0].app_context


class TestSQLite(SQLTests):
    kind = "sqlite"


class TestPostgreSQL(SQLTests):
    kind = "postgresql"


class TestMariaDB(SQLTests):
    kind = "mariadb"
