"""Your sessions, not ours: each way to have one, with classes of different shapes."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_simpleauth import Rule, Token
from flask_simpleauth.stores.sqlalchemy import SQLAlchemyStore
from flask_simpleauth.testing.stores import StoreTests
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    Column,
    Engine,
    ForeignKey,
    Integer,
    String,
    Table,
    create_engine,
    inspect,
)
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    mapped_column,
    registry,
    relationship,
    scoped_session,
    sessionmaker,
)

NOW = 1_800_000_000

#: Seconds for each of a crowd to write to an SQLite file, on a slow disk too.
PATIENCE = 60

pytestmark = pytest.mark.every_store

Opener = Callable[[], Any]


class Base(DeclarativeBase):
    pass


class Role(Base):
    __tablename__ = "role"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    members: Mapped[list[Member]] = relationship(back_populates="role")


class Member(Base):
    """UUIDs for keys, names of its own, and one role each."""

    __tablename__ = "member"
    uid: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    email_address: Mapped[str] = mapped_column(String(320), unique=True)
    pw_hash: Mapped[str] = mapped_column(String(200))
    is_active: Mapped[bool] = mapped_column(default=True)
    role_id: Mapped[int | None] = mapped_column(ForeignKey("role.id"))
    role: Mapped[Role | None] = relationship(back_populates="members")


NAMES = {"email": "email_address", "password_hash": "pw_hash", "active": "is_active"}


class Other(DeclarativeBase):
    pass


class Plain(Other):
    """Text for keys, and neither a name nor a role."""

    __tablename__ = "plain"
    id: Mapped[str] = mapped_column(primary_key=True, default=lambda: uuid.uuid4().hex)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))


class TestLite(StoreTests):
    @pytest.fixture
    def own(self, tmp_path: Path) -> Iterator[tuple[Flask, Any]]:
        lite = pytest.importorskip("flask_sqlalchemy_lite")  # not with Flask 2.2
        app = Flask("lite")
        uri = f"sqlite:///{tmp_path}/l.sqlite?timeout={PATIENCE}"
        app.config["SQLALCHEMY_ENGINES"] = {"default": uri}
        db = lite.SQLAlchemy(app)
        SQLAlchemyStore(db, Member, attributes=NAMES)  # outside the app, as at import
        with app.app_context():
            Base.metadata.create_all(db.engine)
            db.engine.dispose()
        yield app, db
        with app.app_context():
            db.engine.dispose()

    @pytest.fixture
    def open_store(self, own: tuple[Flask, Any]) -> Opener:
        return lambda: SQLAlchemyStore(own[1], Member, attributes=NAMES)

    @pytest.fixture
    def entered(self, own: tuple[Flask, Any]) -> Any:
        return own[0].app_context

    def test_unfinished_work(self, own: tuple[Flask, Any], open_store: Opener) -> None:
        """What the app has written and not committed is not committed by us."""
        app, db = own
        with app.app_context():
            db.session.add(Member(email_address="half@example.org", pw_hash=""))
            db.session.flush()
            open_store().tokens.put(Token("a" * 64, "session", None, NOW, NOW, NOW))
            db.session.rollback()
        with app.app_context():
            assert open_store().users.find("half@example.org") is None


class TestScopedSession(StoreTests):
    @pytest.fixture
    def session(self, tmp_path: Path) -> Iterator[Any]:
        """A session without any extension, whose class decides the database."""
        uri = f"sqlite:///{tmp_path}/plain.sqlite?timeout={PATIENCE}"
        engine = create_engine(uri)
        session = scoped_session(sessionmaker(binds={Plain: engine}))
        SQLAlchemyStore(session, Plain)
        Other.metadata.create_all(engine)
        engine.dispose()
        yield session
        engine.dispose()

    @pytest.fixture
    def open_store(self, session: Any) -> Opener:
        return lambda: SQLAlchemyStore(session, Plain)

    @pytest.fixture
    def entered(self, session: Any) -> Callable[[], AbstractContextManager[None]]:
        @contextmanager
        def request() -> Generator[None, None, None]:
            try:
                yield
            finally:
                session.remove()

        return request


def test_plain_class(tmp_path: Path) -> None:
    """A plain class that is mapped imperatively needs nothing of SQLAlchemy in it."""

    @dataclass
    class Person:
        email: str
        password_hash: str
        id: int | None = None

    mapper = registry()
    mapper.map_imperatively(
        Person,
        Table(
            "person",
            mapper.metadata,
            Column("id", Integer, primary_key=True),
            Column("email", String(320), unique=True),
            Column("password_hash", String(200)),
        ),
    )
    engine = create_engine(f"sqlite:///{tmp_path}/plain.sqlite")
    session = scoped_session(sessionmaker(engine))
    store = SQLAlchemyStore(session, Person)
    mapper.metadata.create_all(engine)

    made = store.users.create({"email": "ada@example.org", "password_hash": ""})
    store.tokens.put(Token("a" * 64, "session", made.id, NOW, NOW + 1, NOW))
    session.remove()
    found = store.tokens.get("a" * 64, "session")
    assert found is not None
    assert found.user == Person("ada@example.org", "", 1)
    session.remove()
    engine.dispose()


def test_bind(tmp_path: Path) -> None:
    """Where users have a database of their own, tokens and counters are in it too."""

    class Bound(DeclarativeBase):
        pass

    app = Flask("bound")
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
    app.config["SQLALCHEMY_BINDS"] = {"people": f"sqlite:///{tmp_path}/people.sqlite"}
    db = SQLAlchemy(app, model_class=Bound)

    class Person(db.Model):  # type: ignore[name-defined,misc] # made at run time
        __bind_key__ = "people"
        id: Mapped[int] = mapped_column(primary_key=True)
        email: Mapped[str] = mapped_column(unique=True)
        password_hash: Mapped[str]

    store: Any = SQLAlchemyStore(db, Person)
    with app.app_context():
        db.create_all()
        person = store.users.create({"email": "ada@example.org", "password_hash": ""})
        store.tokens.put(Token("a" * 64, "session", person.id, NOW, NOW + 1, NOW))
        assert store.tokens.get("a" * 64, "session").user is person
        assert store.counters.hit({"a": Rule(1, 60)}, NOW) == {}
        assert set(inspect(db.engines["people"]).get_table_names()) == {
            "person",
            "simpleauth_counter",
            "simpleauth_token",
        }
        assert inspect(db.engine).get_table_names() == []
        for engine in db.engines.values():
            engine.dispose()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql", "mariadb"])
def test_alembic(
    kind: str, tmp_path: Path, new_database_url: Callable[[str], str]
) -> None:
    """Alembic makes the two tables, and then has nothing more to do."""
    autogenerate = pytest.importorskip("alembic.autogenerate")
    migration = pytest.importorskip("alembic.migration")
    runtime = pytest.importorskip("alembic.operations")

    class Migrated(DeclarativeBase):
        pass

    class Account(Migrated):
        __tablename__ = "account"
        id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
        email: Mapped[str] = mapped_column(String(320), unique=True)
        password_hash: Mapped[str] = mapped_column(String(200))

    for _ in range(2):  # two factories, one metadata
        SQLAlchemyStore(scoped_session(sessionmaker()), Account)

    on_file = f"sqlite:///{tmp_path}/alembic.sqlite"
    engine = create_engine(on_file if kind == "sqlite" else new_database_url(kind))
    with closing_pool(engine), engine.begin() as connection:
        context = migration.MigrationContext.configure(connection)
        script = autogenerate.produce_migrations(context, Migrated.metadata)
        assert {op.table_name for op in script.upgrade_ops.ops} == {
            "account",
            "simpleauth_counter",
            "simpleauth_token",
        }
        operations = runtime.Operations(context)
        for op in script.upgrade_ops.ops:
            for part in getattr(op, "ops", [op]):
                operations.invoke(part)
        assert autogenerate.compare_metadata(context, Migrated.metadata) == []


@contextmanager
def closing_pool(engine: Engine) -> Generator[None, None, None]:
    try:
        yield
    finally:
        engine.dispose()
