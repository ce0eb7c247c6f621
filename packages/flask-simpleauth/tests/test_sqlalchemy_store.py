"""Your class, not ours: what a user class may look like, and what it is told."""

from __future__ import annotations

import json
import stat
import sys
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_nameform.testing import FormClient
from flask_simpleauth import Rule, SimpleAuth, Token
from flask_simpleauth.store import Conflict
from flask_simpleauth.stores.embedded import EmbeddedStore
from flask_simpleauth.stores.sqlalchemy import SQLAlchemyStore
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine, ForeignKey, String, event, select, text
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    mapped_column,
    relationship,
    sessionmaker,
)

PASSWORD = "correct horse battery"


class Base(DeclarativeBase):
    pass


class Role(Base):
    __tablename__ = "role"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    users: Mapped[list[Member]] = relationship(back_populates="role")


class Member(Base):
    """One role per user, as in the classic tutorial, and other names than ours."""

    __tablename__ = "member"
    uid: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    email_address: Mapped[str] = mapped_column(String(320), unique=True)
    pw_hash: Mapped[str | None] = mapped_column(String(200))
    role_id: Mapped[int | None] = mapped_column(ForeignKey("role.id"))
    role: Mapped[Role | None] = relationship(back_populates="users")


class Plain(Base):
    """The least a class can have, its key a string."""

    __tablename__ = "plain"
    id: Mapped[str] = mapped_column(primary_key=True, default=lambda: uuid.uuid4().hex)
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]


class Titled(Base):
    """A role that is a word in a column."""

    __tablename__ = "titled"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    role: Mapped[str | None]


class WithDefaultRole(Base):
    """A class that gives its new users a role by itself."""

    __tablename__ = "with_default_role"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    role_id: Mapped[int | None] = mapped_column(ForeignKey("role.id"))
    role: Mapped[Role | None] = relationship()

    def __init__(self, **values: Any) -> None:
        super().__init__(role=Role(name="member"), **values)


@pytest.fixture
def db() -> SQLAlchemy:
    return SQLAlchemy(model_class=Base)


@pytest.fixture
def site(app: Flask, db: SQLAlchemy) -> Iterator[Flask]:
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
    db.init_app(app)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def start(
    app: Flask, db: SQLAlchemy, user_class: Any, **attributes: str
) -> SimpleAuth[Any]:
    """Attach SimpleAuth with this class; the tables are those its key asks for."""
    for name in ("simpleauth_token", "simpleauth_counter"):
        if name in Base.metadata.tables:
            Base.metadata.remove(Base.metadata.tables[name])
    auth = SimpleAuth(app, store=SQLAlchemyStore(db, user_class, attributes=attributes))
    with app.app_context():
        db.create_all()
    return auth


def test_mapped_names_and_uuid_key(site: Flask, db: SQLAlchemy) -> None:
    """A class with names of its own and UUID keys has accounts and sessions."""
    auth = start(site, db, Member, email="email_address", password_hash="pw_hash")

    @site.post("/in")
    def sign_in() -> str:
        auth.login(auth.authenticate("ada@example.org", PASSWORD))
        return ""

    site.add_url_rule("/", view_func=auth.login_required(role="admin")(lambda: "in"))
    with site.app_context():
        ada = auth.create_user("ada@example.org", PASSWORD, name="dropped")
        assert ada.email_address == "ada@example.org"
        auth.grant(ada, "editor")
        auth.grant(ada, "admin")
        assert ada.role.name == "admin"

    client = site.test_client()
    client.post("/in")
    assert client.get("/").text == "in"


@pytest.mark.parametrize("user_class", [Plain, Titled])
def test_least_class(site: Flask, db: SQLAlchemy, user_class: Any) -> None:
    """Key, address and password are enough; there is no name, role or active flag."""
    auth = start(site, db, user_class)
    with site.app_context():
        user = auth.create_user("ada@example.org", PASSWORD)
        assert auth.authenticate("ada@example.org", PASSWORD) is user


def test_sign_up_of_the_least_class(site: Flask, db: SQLAlchemy) -> None:
    """Visitors are not asked for a name that the class has no place for."""
    start(site, db, Plain)
    client = FormClient(site)
    assert 'name="name"' not in client.get("/auth/signup").text
    form = {"page": "/auth/signup", "email": "ada@example.org", "password": PASSWORD}
    assert client.submit_form("simpleauth.signup", **form).status_code == 303
    assert client.get("/auth/account").status_code == 200


def test_export_of_the_least_class(site: Flask, db: SQLAlchemy) -> None:
    """What the class does not have is not in what its users take along."""
    auth = start(site, db, Plain)
    with site.app_context():
        user = auth.create_user("ada@example.org", PASSWORD)
    text = site.test_cli_runner().invoke(args="auth export ada@example.org").output
    assert json.loads(text)["account"] == {"id": user.id, "email": "ada@example.org"}


def test_what_the_class_lacks(site: Flask, db: SQLAlchemy) -> None:
    """A role that the class has no place for is refused with the cure."""
    auth = start(site, db, Plain)
    with site.app_context():
        user = auth.create_user("ada@example.org", PASSWORD)
        with pytest.raises(RuntimeError, match="Plain has no attribute for roles"):
            auth.grant(user, "admin")

    runner = site.test_cli_runner()
    result = runner.invoke(args="auth grant ada@example.org admin")
    assert "Error: Plain has no attribute for roles" in result.output


@pytest.mark.parametrize(
    ("option", "told"),
    [
        (["--role", "admin"], "no attribute for roles"),
        (["--username", "ada"], "no user names"),
    ],
)
def test_no_half_of_an_account(
    site: Flask, db: SQLAlchemy, option: list[str], told: str
) -> None:
    """The command that cannot give what it was asked for makes no account without."""
    start(site, db, Plain)
    command = ["auth", "create-user", "ada@example.org", "--password", PASSWORD]
    result = site.test_cli_runner().invoke(args=[*command, *option])
    assert told in result.output
    assert result.exit_code != 0
    with site.app_context():
        assert db.session.scalars(select(Plain)).all() == []


def test_role_in_a_column(site: Flask, db: SQLAlchemy) -> None:
    """A role may be a word in a column."""
    auth = start(site, db, Titled)
    with site.app_context():
        user = auth.create_user("ada@example.org", PASSWORD)
        auth.grant(user, "editor")
        auth.grant(user, "admin")
        assert user.role == "admin"


def test_default_role_is_kept(site: Flask, db: SQLAlchemy) -> None:
    """A role that the class gives its new users by itself is not taken away."""
    auth = start(site, db, WithDefaultRole)
    with site.app_context():
        user = auth.create_user("ada@example.org", PASSWORD)
        assert user.role.name == "member"


def test_one_query(site: Flask, db: SQLAlchemy) -> None:
    """Session, user and role come in one query, and an unasked page has none."""
    auth = start(site, db, Member, email="email_address", password_hash="pw_hash")

    @site.post("/in")
    def sign_in() -> str:
        user = auth.create_user("ada@example.org", PASSWORD)
        auth.grant(user, "admin")
        auth.login(user)
        return ""

    site.add_url_rule("/public", "public", lambda: "public")
    site.add_url_rule("/", "in", auth.login_required(role="admin")(lambda: "in"))

    client = site.test_client()
    client.post("/in")
    queries: list[str] = []
    with site.app_context():
        event.listen(
            db.engine, "before_cursor_execute", lambda *args: queries.append(args[2])
        )
    assert client.get("/public").text == "public"
    assert queries == []
    assert client.get("/").text == "in"
    assert len(queries) == 1


def test_tables_are_there_for_migrations(db: SQLAlchemy) -> None:
    """The two tables are in the app's metadata; a second store finds them there."""
    SQLAlchemyStore(db, Plain)
    SQLAlchemyStore(db, Plain)
    assert {"simpleauth_token", "simpleauth_counter"} <= set(Base.metadata.tables)


def test_user_of_another_session(site: Flask, db: SQLAlchemy) -> None:
    """A user kept from an earlier request can be changed."""
    auth = start(site, db, Member, email="email_address", password_hash="pw_hash")
    with site.app_context():
        ada = auth.create_user("ada@example.org", PASSWORD)
    with site.app_context():
        auth.grant(ada, "admin")
        assert auth.authenticate("ada@example.org", PASSWORD).role.name == "admin"


def test_instants_after_2038(site: Flask, db: SQLAlchemy) -> None:
    """Instants are whole seconds and do not end with 32 bits."""
    start(site, db, Plain)
    store = SQLAlchemyStore(db, Plain)
    token = Token("a" * 64, "session", "u", 2**33, 2**33 + 1, 2**33)
    with site.app_context():
        store.tokens.put(token)
        assert store.tokens.get("a" * 64, "session") == token


def declare(**columns: Any) -> type[Any]:
    """Make a user class with these columns besides its address."""

    class Model(DeclarativeBase):
        pass

    namespace = {
        "__tablename__": "odd",
        "email": mapped_column(String(99), unique=True),
        **columns,
    }
    return type("Odd", (Model,), namespace)


def key() -> Any:
    return mapped_column(String(9), primary_key=True)


def test_short_password_column(db: SQLAlchemy) -> None:
    """A column too short for a hash is refused at start, before it cuts one."""
    odd = declare(id=key(), password_hash=mapped_column(String(128)))
    with pytest.raises(RuntimeError, match=r"Odd\.password_hash holds 128.*200"):
        SQLAlchemyStore(db, odd)


def test_missing_attribute(db: SQLAlchemy) -> None:
    """A class without a password is refused with what to do."""
    odd = declare(id=key(), pw=mapped_column(String(200)))
    with pytest.raises(RuntimeError, match="Odd has no attribute 'password_hash'"):
        SQLAlchemyStore(db, odd)


def test_address_that_is_not_unique(db: SQLAlchemy) -> None:
    """Of an address that two may have nobody could say whose it is."""
    odd = declare(
        id=key(),
        email=mapped_column(String(99)),
        password_hash=mapped_column(String(200)),
    )
    with pytest.raises(RuntimeError, match=r"Odd\.email is not unique"):
        SQLAlchemyStore(db, odd)


def test_roles_without_a_name(db: SQLAlchemy) -> None:
    """Roles that are known by nothing we know are refused with what to do."""

    class Model(DeclarativeBase):
        pass

    class Group(Model):
        __tablename__ = "group"
        id: Mapped[int] = mapped_column(primary_key=True)
        title: Mapped[str]

    class Odd(Model):
        __tablename__ = "odd"
        id: Mapped[int] = mapped_column(primary_key=True)
        email: Mapped[str] = mapped_column(unique=True)
        password_hash: Mapped[str]
        group_id: Mapped[int] = mapped_column(ForeignKey("group.id"))
        role: Mapped[Group] = relationship()

    with pytest.raises(RuntimeError, match=r"Odd\.role leads to Group, .* no 'name'"):
        SQLAlchemyStore(db, Odd)


def test_no_session_for_whoever_asks() -> None:
    """What makes sessions, and has none, is refused with what to give instead."""
    with pytest.raises(RuntimeError, match=r"sessionmaker has no session .*scoped_se"):
        SQLAlchemyStore(sessionmaker(), Plain)  # type: ignore[arg-type] # the mistake


@pytest.mark.parametrize("user_class", [dict, SQLAlchemy()])
def test_class_that_is_not_mapped(db: SQLAlchemy, user_class: Any) -> None:
    """What is no class of SQLAlchemy's is refused with the order of the two."""
    with pytest.raises(RuntimeError, match="The user class comes second"):
        SQLAlchemyStore(db, user_class)


def test_two_keys(db: SQLAlchemy) -> None:
    """A key of two columns is refused."""
    odd = declare(a=key(), b=key(), password_hash=mapped_column(String(200)))
    with pytest.raises(RuntimeError, match="primary key of one column"):
        SQLAlchemyStore(db, odd)


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ({"passwort": "pw_hash"}, "the key 'passwort'; it takes id, email"),
        ({"password_hash": "pw"}, "maps 'password_hash' to 'pw', which Member"),
    ],
)
def test_wrong_mapping(
    db: SQLAlchemy, attributes: dict[str, str], message: str
) -> None:
    """A mapping with a slip names it."""
    with pytest.raises(RuntimeError, match=message):
        SQLAlchemyStore(db, Member, attributes=attributes)


@pytest.mark.parametrize("after", ["UPDATE", "SELECT"])
def test_somebody_else_makes_the_counter(
    after: str, database: Callable[[str], Any], postgresql_url: Callable[[], str]
) -> None:
    """Who finds no counter, and then one that others have made, counts in that."""
    app, db, user_class = database(postgresql_url())
    counters, rule = SQLAlchemyStore(db, user_class).counters, Rule(2, 60)

    def hit() -> Any:
        with app.app_context():
            return counters.hit({"a": rule}, 0)

    def come_between(_: Any, __: Any, statement: str, *more: Any) -> None:
        if statement.startswith(after) and not others:
            others.append(None)
            others[0] = pool.submit(hit).result()

    others: list[Any] = []
    with app.app_context(), ThreadPoolExecutor(1) as pool:
        event.listen(db.engine, "after_cursor_execute", come_between)
        assert hit() == {}
    assert others == [{}]
    assert hit() == {"a": 60}


def test_counter_that_starts_anew_while_it_is_removed(tmp_path: Path) -> None:
    """A counter that somebody hits, once a purge has found it to be over, stays."""
    counters, rule = EmbeddedStore(tmp_path / "a.sqlite3").counters, Rule(1, 60)

    def come_between(_: Any, __: Any, statement: str, *more: Any) -> None:
        if statement.startswith("SELECT") and not others:
            others.append(None)
            others[0] = pool.submit(counters.hit, {"a": rule}, 60).result()

    others: list[Any] = []
    counters.hit({"a": rule}, 0)
    with ThreadPoolExecutor(1) as pool:
        event.listen(Engine, "after_cursor_execute", come_between)
        assert counters.purge(60, 9) == 0
        event.remove(Engine, "after_cursor_execute", come_between)
    assert others == [{}]
    assert counters.hit({"a": rule}, 60) == {"a": 120}


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_rows_that_somebody_is_at(
    kind: str, emptied_database: Callable[[str], Any]
) -> None:
    """Who removes what has expired waits for nobody, and leaves what is locked."""
    app, db, user_class = emptied_database(kind)
    counters, rule = SQLAlchemyStore(db, user_class).counters, Rule(1, 60)
    table = db.metadata.tables["simpleauth_counter"]

    def purge() -> int:
        with app.app_context():
            return counters.purge(60, 9)

    with app.app_context(), ThreadPoolExecutor(1) as pool:
        counters.hit({"a": rule, "b": rule}, 0)
        with db.engine.begin() as connection:
            locked = select(table).where(table.c.key == "a").with_for_update()
            connection.execute(locked)
            assert pool.submit(purge).result(timeout=20) == 1
    assert purge() == 1


@pytest.mark.parametrize("kind", ["postgresql", "mariadb"])
def test_counter_that_closes_meanwhile(
    kind: str, emptied_database: Callable[[str], Any]
) -> None:
    """Who has looked at one counter sees the next as it is, not as it was then."""
    app, db, user_class = emptied_database(kind)
    counters, twice = SQLAlchemyStore(db, user_class).counters, Rule(2, 60)

    def hit(*keys: str) -> Any:
        with app.app_context():
            return counters.hit(dict.fromkeys(keys, twice), 0)

    def come_between(_: Any, __: Any, statement: str, *more: Any) -> None:
        if statement.startswith("SELECT") and not others:
            others.append(None)
            others[0] = pool.submit(hit, "b").result()
        seen.append(statement)
        assert len(seen) < 50  # round and round

    others: list[Any] = []
    seen: list[str] = []
    assert hit("b") == {}
    with app.app_context(), ThreadPoolExecutor(1) as pool:
        event.listen(db.engine, "after_cursor_execute", come_between)
        try:
            assert hit("a", "b") == {"b": 60}
        finally:
            event.remove(db.engine, "after_cursor_execute", come_between)
    assert others == [{}]


@pytest.mark.skipif(sys.platform == "win32", reason="There are no such modes.")
def test_file_of_accounts(tmp_path: Path) -> None:
    """Nobody else on the machine reads the file with the hashes."""
    EmbeddedStore(tmp_path / "a.sqlite3").users.find("ada@example.org")
    assert stat.S_IMODE((tmp_path / "a.sqlite3").stat().st_mode) == 0o600


def test_roles_of_nobody(tmp_path: Path) -> None:
    """The store of its own keeps no role for who is not there."""
    store = EmbeddedStore(tmp_path / "a.sqlite3")
    with pytest.raises(Conflict), store.transaction():  # noqa: SIM117 # what it is in
        with store.users.work.writing() as session:
            session.execute(text("INSERT INTO user_role VALUES (1, 1)"))
