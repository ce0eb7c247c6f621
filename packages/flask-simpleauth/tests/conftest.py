"""Fixtures: an app, a clock to turn, and each store that can be had."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import (
    AbstractContextManager,
    ExitStack,
    closing,
    contextmanager,
    nullcontext,
)
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import flask_nameform
import flask_simpleauth
import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from flask_simpleauth import AuthError, SimpleAuth
from flask_simpleauth.api_tokens import ApiTokens
from flask_simpleauth.audit import Audit
from flask_simpleauth.flows import create_user
from flask_simpleauth.housekeeping import Housekeeping
from flask_simpleauth.links import Links
from flask_simpleauth.passwords import Passwords
from flask_simpleauth.services import Services
from flask_simpleauth.sessions import Limits, Sessions
from flask_simpleauth.state import current_state
from flask_simpleauth.stores.embedded import EmbeddedStore
from flask_simpleauth.stores.memory import MemoryStore
from flask_simpleauth.stores.plain import PlainUser
from flask_simpleauth.stores.sqlalchemy import SQLAlchemyStore
from flask_simpleauth.strength import PasswordRules
from flask_simpleauth.testing import (
    CHEAP_HASH,
    AuthClient,
    FakeClock,
    Mailbox,
    client_for,
)
from flask_simpleauth.throttling import Throttle
from flask_sqlalchemy import SQLAlchemy
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine, String, create_engine, event, make_url, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.pool import NullPool
from werkzeug.test import TestResponse

PASSWORD = "correct horse battery"

#: Seconds that somebody in a crowd waits for the others to write to an SQLite file:
#: with a slow disk that takes more than the five that Python's driver waits.
PATIENCE = 60

Clock = FakeClock
DAY = timedelta(days=1)


@pytest.fixture(autouse=True, scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Compile each template once, and not for each app."""
    folder = str(tmp_path_factory.mktemp("compiled"))
    Flask.jinja_options["bytecode_cache"] = FileSystemBytecodeCache(folder)


@dataclass
class Bench:
    """A store to test, and what has to be entered before it is used."""

    store: Any
    entered: Callable[[], AbstractContextManager[Any]]

    def services_of(self, services: Services[Any]) -> Services[Any]:
        """Return these services, with accounts and tokens in this store."""
        users, tokens, clock = self.store.users, self.store.tokens, services.clock
        return replace(
            services,
            users=users,
            tokens=tokens,
            sessions=Sessions(tokens, clock, Limits(DAY, DAY, DAY), services.audit),
            links=Links(users, tokens, clock, lambda: [b"key"]),
            transaction=getattr(self.store, "transaction", nullcontext),
        )

    def at_once(self, work: Callable[[int], Any], threads: int = 20) -> list[Any]:
        """Do the work in many threads, and return what each came to."""

        def enter_and_work(number: int) -> Any:
            with self.entered():
                try:
                    return work(number)
                except AuthError as error:
                    return type(error)

        with ThreadPoolExecutor(threads) as pool:
            return list(pool.map(enter_and_work, range(threads)))


def find_server(name: str) -> str:
    """Return the URL of a server to test on, or skip the test."""
    variable = f"TEST_{name.upper()}_URL"
    url = os.environ.get(variable)
    if url is None:
        if os.environ.get("TESTS_REQUIRE_SERVICES"):
            pytest.fail(f"{variable} is not set, and services are required.")
        pytest.skip(f"{variable} is not set: no {name} to test on.")
    return url


@contextmanager
def database_on(server: str) -> Iterator[str]:
    """Make a database on a server, where others may be testing too, and drop it."""
    url = make_url(server)
    is_postgresql = url.get_backend_name() == "postgresql"
    name = f"simpleauth_{uuid4().hex}"
    made_as = "" if is_postgresql else "CHARACTER SET utf8mb4"
    whoever_is_in_it = "WITH (FORCE)" if is_postgresql else ""

    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} {made_as}"))
        try:
            yield url.set(database=name).render_as_string(hide_password=False)
        finally:
            connection.execute(text(f"DROP DATABASE {name} {whoever_is_in_it}"))


@pytest.fixture(scope="session")
def database_url() -> Iterator[Callable[[str], str]]:
    """Give the URL of an empty database of our own on ``postgresql`` or ``mariadb``."""
    with ExitStack() as stack:
        yield cache(lambda name: stack.enter_context(database_on(find_server(name))))


def make_database(uri: str) -> tuple[Flask, SQLAlchemy, type[Any]]:
    """Return an app with Flask-SQLAlchemy and a user class of its own."""

    class Base(DeclarativeBase):
        pass

    app = Flask("own")
    app.config["SQLALCHEMY_DATABASE_URI"] = uri
    if uri != "sqlite://":
        options: dict[str, Any] = {"pool_size": 20}
        if uri.startswith("sqlite:"):
            options["connect_args"] = {"timeout": PATIENCE}
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    db = SQLAlchemy(app, model_class=Base)

    membership = db.Table(
        "own_membership",
        db.Column("user_id", db.ForeignKey("own_user.id"), primary_key=True),
        db.Column("role_id", db.ForeignKey("own_role.id"), primary_key=True),
    )

    class Role(db.Model):  # type: ignore[name-defined,misc] # made at run time
        __tablename__ = "own_role"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(String(64), unique=True)

    class User(db.Model):  # type: ignore[name-defined,misc] # made at run time
        __tablename__ = "own_user"
        id: Mapped[int] = mapped_column(primary_key=True)
        email: Mapped[str] = mapped_column(String(320), unique=True)
        name: Mapped[str] = mapped_column(String(200))
        password_hash: Mapped[str] = mapped_column(String(200))
        active: Mapped[bool] = mapped_column(default=True)
        roles: Mapped[list[Role]] = relationship(secondary=membership)

    return app, db, User


@pytest.fixture
def new_database_url() -> Iterator[Callable[[str], str]]:
    """Give the URL of an empty database that no other test has used."""
    with ExitStack() as stack:
        yield lambda name: stack.enter_context(database_on(find_server(name)))


@contextmanager
def with_tables(uri: str) -> Iterator[tuple[Flask, SQLAlchemy, type[Any]]]:
    """Make an app with its tables, and close its connections afterwards."""
    app, db, user_class = make_database(uri)
    SQLAlchemyStore(db, user_class)  # adds its tables
    with app.app_context():
        db.drop_all()
        db.create_all()
        db.session.remove()
        if uri != "sqlite://":  # whose only connection is the database
            db.engine.dispose()  # a fork must not have the connection too
    yield app, db, user_class
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Callable[[str], Any]]:
    """Make apps with a database of their own; ``{tmp}`` is a folder for it."""
    with ExitStack() as stack:
        yield lambda uri: stack.enter_context(with_tables(uri.format(tmp=tmp_path)))


@pytest.fixture(scope="session")
def lasting_database(
    database_url: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Any]]:
    """Find the app for a kind of database, which each test leaves empty."""
    folder = tmp_path_factory.mktemp("lasting")
    with ExitStack() as stack:

        @cache
        def find(kind: str) -> tuple[Flask, SQLAlchemy, type[Any]]:
            on_file = f"sqlite:///{folder}/own.sqlite3"
            uri = on_file if kind == "sqlite" else database_url(kind)
            return stack.enter_context(with_tables(uri))

        yield find


@pytest.fixture
def emptied_database(
    lasting_database: Callable[[str], Any],
) -> Iterator[Callable[[str], Any]]:
    """Find the app for a kind of database, with its tables empty, and leave them so."""
    with ExitStack() as stack:

        def find(kind: str) -> tuple[Flask, SQLAlchemy, type[Any]]:
            app, db, user_class = lasting_database(kind)
            empty(app, db)  # others make theirs on the same server
            stack.callback(empty, app, db)
            return app, db, user_class

        yield find


def empty(app: Flask, db: SQLAlchemy) -> None:
    with app.app_context():
        for table in reversed(db.metadata.sorted_tables):
            db.session.execute(table.delete())
        db.session.commit()
        db.session.remove()
        db.engine.dispose()  # no connection survives a fork


@pytest.fixture
def redis_keys() -> Iterator[tuple[str, str]]:
    """Find a Redis server, and a prefix for keys of our own, which are removed."""
    url, prefix = find_server("redis"), f"{{{uuid4().hex}}}:"
    yield url, prefix
    with redis.Redis.from_url(url) as client:
        for key in client.scan_iter(f"{prefix}*"):
            client.delete(key)


@pytest.fixture
def postgresql_url(database_url: Callable[[str], str]) -> Callable[[], str]:
    """Find a PostgreSQL server, or skip the test that asks for one."""
    return lambda: database_url("postgresql")


@pytest.fixture(params=["memory", "embedded", "sqlite", "postgresql"])
def bench(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    database: Callable[[str], Any],
    postgresql_url: Callable[[], str],
) -> Bench:
    """Each store in turn."""
    if request.param == "memory":
        return Bench(MemoryStore(), nullcontext)
    if request.param == "embedded":
        return Bench(EmbeddedStore(tmp_path / "accounts.sqlite3"), nullcontext)

    on_file = request.param == "sqlite"
    uri = "sqlite:///{tmp}/own.sqlite3" if on_file else postgresql_url()
    app, db, user_class = database(uri)
    return Bench(SQLAlchemyStore(db, user_class), app.app_context)


@pytest.fixture
def clock() -> Clock:
    """A clock that stands until it is turned."""
    return Clock()


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """What any database is asked."""
    asked: list[str] = []

    def note(*arguments: Any) -> None:
        asked.append(arguments[2])

    event.listen(Engine, "before_cursor_execute", note)
    yield asked
    event.remove(Engine, "before_cursor_execute", note)


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """An app that only lacks SimpleAuth."""
    app = Flask("app", instance_path=str(tmp_path / "instance"))
    app.config.update(
        SECRET_KEY="for tests", TESTING=True, SIMPLEAUTH_PASSWORD_HASH=CHEAP_HASH
    )
    return app


@pytest.fixture
def auth(app: Flask, clock: Clock) -> SimpleAuth:
    """SimpleAuth on the app, with the embedded store."""
    return SimpleAuth(app, clock=clock)


class CountingPasswords(Passwords):
    """Counts what takes the time."""

    verified = 0

    def verify(self, stored: str | None, password: str) -> bool:
        self.verified += 1
        return super().verify(stored, password)


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What Python's own slow functions were asked to hash."""
    asked: list[str] = []

    def counting(slow: Callable[..., bytes], place: int) -> Callable[..., bytes]:
        def count(*args: Any, **kwargs: Any) -> bytes:
            asked.append(args[place].decode())
            return slow(*args, **kwargs)

        return count

    monkeypatch.setattr(hashlib, "scrypt", counting(hashlib.scrypt, 0))
    monkeypatch.setattr(hashlib, "pbkdf2_hmac", counting(hashlib.pbkdf2_hmac, 1))
    return asked


@pytest.fixture
def services(clock: Clock) -> Services[PlainUser]:
    """What the flows work with, in memory."""
    store, audit = MemoryStore(), Audit(None, clock)
    return Services(
        users=store.users,
        tokens=store.tokens,
        clock=clock,
        passwords=CountingPasswords("scrypt:256:8:1"),
        throttle=Throttle(store.counters, clock),
        sessions=Sessions(store.tokens, clock, Limits(DAY, DAY, DAY), audit),
        api_tokens=ApiTokens(store.tokens, clock, audit),
        links=Links(store.users, store.tokens, clock, lambda: [b"key"]),
        audit=audit,
        housekeeping=Housekeeping(store.tokens, store.counters, clock),
        rules=PasswordRules(12),
        sender=None,
    )


@pytest.fixture
def ada(services: Services[PlainUser]) -> PlainUser:
    """Ada's account."""
    return create_user(services, "ada@example.org", PASSWORD, name="Ada")


@dataclass
class Site:
    """A site with Ada's account on it, as a visitor and an attacker meet it."""

    app: Flask
    auth: SimpleAuth
    mails: Mailbox

    def stop_mail(self) -> None:
        """Be a site without mail: signing up then asks for everything at once."""
        self.app.extensions["simpleauth"].mailer = None

    def client(self) -> AuthClient:
        """Return a browser that nobody is signed in with."""
        return client_for(self.app)

    def post(self, client: FlaskClient, form: str, **data: Any) -> TestResponse:
        """Post one of our forms from the site itself."""
        headers = {"Sec-Fetch-Site": "same-origin"}
        path = f"/auth/-/forms/{form}"
        return client.post(path, data=data, headers=headers, buffered=True)

    def sign_in(
        self, email: str = "ada@example.org", password: str = PASSWORD, **data: Any
    ) -> AuthClient:
        """Return a browser with which somebody has tried to sign in."""
        client = self.client()
        self.post(client, "login", email=email, password=password, **data)
        return client

    def who(self, client: FlaskClient) -> str:
        """Return whom the site takes the browser's user for."""
        return client.get("/who").text

    def user(self, email: str = "ada@example.org") -> Any:
        """Return the user with this address; there must be an app context."""
        return current_state().services().users.find(email)

    def link(self, email: str = "ada@example.org") -> str:
        """Ask for a link to a new password, and return the key in it."""
        self.post(self.client(), "forgot", email=email)
        return self.mails.link().rpartition("/")[2]

    def counts(self) -> dict[str, int]:
        """Return how many rows each table has, past all our code."""
        file = Path(self.app.instance_path) / "simpleauth.sqlite3"
        with closing(sqlite3.connect(file)) as connection:
            return {
                table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 # ours
                for table in ("user", "simpleauth_token", "simpleauth_counter")
            }


@pytest.fixture
def site(app: Flask, clock: Clock) -> Site:
    """A site with a mailer and Ada's account."""
    mails = Mailbox()
    auth = SimpleAuth(app, clock=clock, mailer=mails)
    app.add_url_rule("/who", "who", lambda: auth.user.email if auth.user else "nobody")
    app.add_url_rule("/in", "inside", auth.login_required(lambda: "in"))
    with app.app_context():
        auth.create_user("ada@example.org", PASSWORD, name="Ada", confirmed=True)
    return Site(app, auth, mails)


@pytest.fixture
def package() -> Path:
    """Give the folder of the installed package."""
    return Path(flask_simpleauth.__file__).parent


@pytest.fixture
def catalogs(package: Path) -> Path:
    """Give the folder of our catalogs, which an install compiles."""
    both = (package, Path(flask_nameform.__file__).parent)

    if not all(any(folder.rglob("*.mo")) for folder in both):
        pytest.skip("Not compiled: install both packages once more.")

    return package / "translations"
