"""Every store keeps every promise of the contracts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask_simpleauth.stores.embedded import EmbeddedStore
from flask_simpleauth.stores.memory import MemoryStore
from flask_simpleauth.stores.redis import RedisStore
from flask_simpleauth.stores.sqlalchemy import SQLAlchemyStore
from flask_simpleauth.testing.stores import StoreTests
from redis import Redis

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


@pytest.fixture
def redis_url_and_prefix(redis_server: str) -> Iterator[tuple[str, str]]:
    """Give keys of our own on a server where others may be testing too."""
    prefix = f"{{{uuid4().hex}}}:"
    yield redis_server, prefix
    with Redis.from_url(redis_server) as client:
        for key in client.scan_iter(f"{prefix}*"):
            client.delete(key)


class TestRedis(StoreTests):
    expires_by_itself = True
    is_one_database = False

    @pytest.fixture
    def open_store(self, redis_url_and_prefix: tuple[str, str]) -> Opener:
        url, prefix = redis_url_and_prefix
        return lambda: RedisStore(url, prefix=prefix)

    @pytest.fixture
    def unreachable_store(self) -> Any:
        return RedisStore("redis://127.0.0.1:1/0")
