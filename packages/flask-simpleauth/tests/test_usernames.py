"""Signing in with an address or a user name, where the user class has both."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_simpleauth import (
    BadCredentials,
    InvalidUsername,
    SimpleAuth,
    UsernameTaken,
    WeakPassword,
)
from flask_simpleauth.stores.memory import MemoryStore
from flask_simpleauth.stores.sqlalchemy import SQLAlchemyStore
from flask_simpleauth.testing import CHEAP_HASH, AuthClient, Mailbox, client_for
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Index
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.pool import NullPool
from werkzeug.security import generate_password_hash
from werkzeug.test import TestResponse

PASSWORD = "correct horse battery"
ADA = "ada@example.org"


class Base(DeclarativeBase):
    pass


class Player(Base):
    __tablename__ = "player"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    nick: Mapped[str] = mapped_column(unique=True)
    other: Mapped[str | None]
    indexed: Mapped[str | None]
    password_hash: Mapped[str]

    __table_args__ = (
        Index("by_index", "indexed", unique=True),
        Index("by_other", "other"),
    )


@pytest.fixture
def db(app: Flask, tmp_path: Path) -> Iterator[SQLAlchemy]:
    db = SQLAlchemy(model_class=Base)
    file = f"{tmp_path}/players.sqlite3"
    # A crowd writes to it, and the disk may be slow.
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{file}?timeout=60"
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"poolclass": NullPool}
    db.init_app(app)
    yield db
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def players(app: Flask, db: SQLAlchemy) -> SimpleAuth[Player]:
    """A site whose users have a nick; ``/who`` says who is there."""
    store = SQLAlchemyStore(db, Player, attributes={"username": "nick"})
    auth: SimpleAuth[Player] = SimpleAuth(app, store=store)
    app.add_url_rule("/who", "who", lambda: auth.user.nick if auth.user else "nobody")
    with app.app_context():
        db.create_all()
    return auth


@pytest.fixture
def client(app: Flask, players: SimpleAuth[Player]) -> AuthClient:
    return client_for(app)


def sign_up(client: AuthClient, **changes: Any) -> TestResponse:
    values = {"name": "Ada", "email": ADA, "username": "Lady", "password": PASSWORD}
    return client.post("/auth/-/forms/signup", data={**values, **changes})


def test_neither(client: AuthClient) -> None:
    """What is said of a wrong password does not take a user name for an address."""
    sign_up(client)
    data = {"email": "lady", "password": "wrong"}
    answer = client.post("/auth/-/forms/login", data=data)
    assert answer.status_code == 422
    assert "That e-mail address or user name and that password do not" in answer.text


@pytest.mark.parametrize("typed", ["lady", " LADY", "\uff2c\uff41dy", ADA])
def test_either(client: AuthClient, typed: str) -> None:
    """One signs up with both and signs in with either, however it is typed."""
    assert sign_up(client).status_code == 303
    client.submit_form("simpleauth.logout", page="/auth/logout")
    assert "E-mail address or user name" in client.get("/auth/login").text
    assert 'type="email"' not in client.get("/auth/login").text
    client.submit_form(
        "simpleauth.login", page="/auth/login", email=typed, password=PASSWORD
    )
    assert client.get("/who").text == "lady"


def test_stored_as_typed(
    app: Flask, db: SQLAlchemy, players: SimpleAuth[Player]
) -> None:
    """A name stored by somebody else is found as it is typed."""
    with app.app_context():
        ada = players.create_user(ADA, PASSWORD, username="lady")
        ada.nick = "Lady"
        db.session.commit()
        assert players.authenticate("Lady", PASSWORD).id == ada.id
        with pytest.raises(BadCredentials):
            players.authenticate("lady", PASSWORD)


def test_taken(client: AuthClient) -> None:
    """A taken name is said to be, at its field, and what was typed is kept."""
    sign_up(client)
    response = sign_up(client, email="eve@example.org", username="LADY")
    assert response.status_code == 422
    assert "That user name is taken." in response.text
    assert "eve@example.org" in response.text


def test_taken_at_once(app: Flask, client: AuthClient) -> None:
    """Of many that want one name at once, exactly one gets it."""

    def try_it(number: int) -> int:
        email = f"{number}@example.org"
        return sign_up(client_for(app), email=email).status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(try_it, range(8))) == [303] + [422] * 7


def test_taken_by_link(app: Flask, players: SimpleAuth[Player]) -> None:
    """A taken name leaves the link good."""
    mails = Mailbox()
    app.extensions["simpleauth"].replace(mailer=mails)
    with app.app_context():
        players.create_user("eve@example.org", PASSWORD, username="lady")
    client = client_for(app)
    client.submit_form("simpleauth.signup", page="/auth/signup", email=ADA)
    values = {"name": "Ada", "password": PASSWORD}
    for username, status in (("lady", 422), ("a b", 422), ("king", 303)):
        response = client.submit_form(
            "simpleauth.signup", page=mails.link(), username=username, **values
        )
        assert response.status_code == status
    assert client.get("/who").text == "king"


@pytest.mark.parametrize("name", ["a@b", "a b", " ", "a\0", "x" * 65, "a@"])
def test_no_username(app: Flask, players: SimpleAuth[Player], name: str) -> None:
    """What could be an address, or nobody could type, is no user name."""
    with app.app_context():
        with pytest.raises(InvalidUsername):
            players.create_user(ADA, PASSWORD, username=name)
        with pytest.raises(BadCredentials):
            players.authenticate(name, PASSWORD)


def test_the_store_decides(app: Flask, players: SimpleAuth[Player]) -> None:
    """A taken name is refused by the store, and told from another broken constraint."""
    users = app.extensions["simpleauth"].services().users
    ada = {"email": ADA, "name": "Ada", "username": "lady", "password_hash": "x"}
    eve = {**ada, "email": "eve@example.org"}
    with app.app_context():
        users.create(ada)
        with pytest.raises(UsernameTaken):
            users.create(eve)
        with pytest.raises(IntegrityError):
            users.create({**eve, "username": "eve", "password_hash": None})
        with pytest.raises(IntegrityError):
            users.create({**eve, "username": None})


def test_command_line(app: Flask, players: SimpleAuth[Player]) -> None:
    """An account made on the command line has its user name."""
    command = ["auth", "create-user", ADA, "--username", "Lady", "--password", PASSWORD]
    app.test_cli_runner().invoke(args=command)
    with app.app_context():
        assert players.authenticate("lady", PASSWORD).email == ADA


def test_only_if_it_is_unique(db: SQLAlchemy) -> None:
    """A column that two users can share is refused at start; an index will do."""
    with pytest.raises(RuntimeError, match=r"Player\.other is not unique"):
        SQLAlchemyStore(db, Player, attributes={"username": "other"})
    SQLAlchemyStore(db, Player, attributes={"username": "indexed"})


def test_only_if_it_is_mapped(app: Flask, client: AuthClient) -> None:
    """Without a mapping nobody is asked for a user name, or found by one."""
    other = Flask("other", instance_path=app.instance_path)
    other.config.update(app.config)
    SimpleAuth(other)
    page = client_for(other).get("/auth/signup").text
    assert "User name" not in page
    assert "User name" in client.get("/auth/signup").text


def test_called_by_either(app: Flask, client: AuthClient) -> None:
    """On the command line, too, one may be called by either."""
    sign_up(client)
    runner = app.test_cli_runner()
    for name in (ADA, "Lady"):
        assert "1 running." in runner.invoke(args=["auth", "sessions", name]).output
    nobody = runner.invoke(args=["auth", "sessions", "eve"])
    assert "Nobody has an account with eve." in nobody.output


def test_waiting(app: Flask, client: AuthClient) -> None:
    """Who is guessed at by name is told by mail, and is let in on a known device."""
    sign_up(client)
    app.extensions["simpleauth"].replace(mailer=(mails := Mailbox()))
    client.post("/auth/-/forms/logout")
    enemy = client_for(app)
    for _ in range(11):
        data = {"email": "Lady", "password": "wrong"}
        answer = enemy.post("/auth/-/forms/login", data=data)
    assert answer.status_code == 429
    assert [message.to for message in mails.sent] == [ADA]

    data = {"email": "lady", "password": PASSWORD}
    assert client.post("/auth/-/forms/login", data=data).status_code == 303


def test_users_who_come_from_elsewhere_bring_their_names(
    app: Flask, players: SimpleAuth[Player], tmp_path: Path
) -> None:
    """Who has signed in with a user name does so after they were imported."""
    stored = generate_password_hash(PASSWORD, CHEAP_HASH)
    rows = [
        f"{ADA},Lady,{stored}",
        "eve@example.org,LADY,",
        "bob@example.org,bob@home,",
        "cy@example.org,,",
        "di@example.org,di,",
    ]
    file = tmp_path / "users.csv"
    file.write_text("\n".join(["email,username,password", *rows]))
    args = ["auth", "import", "--from", "django", str(file)]
    runner = app.test_cli_runner()
    assert "3 would be taken in" in runner.invoke(args=[*args, "--dry-run"]).output

    output = runner.invoke(args=args).output
    assert "2 taken in, 0 there already, 3 refused." in output
    assert "line 3: it has the same user name as line 2.\n" in output
    assert "line 4: its user name is too long, or has a space or an @.\n" in output
    assert "line 5: Your database refuses it: NOT NULL constraint failed" in output
    with app.app_context():
        assert players.authenticate("Lady", PASSWORD).email == ADA

    file.write_text("email,username\nfay@example.org,DI\n")
    assert "line 2: its user name is taken.\n" in runner.invoke(args=args).output


def test_names_that_the_class_has_no_place_for_are_left(
    app: Flask, tmp_path: Path
) -> None:
    """User names hinder nobody from coming where one signs in with an address."""
    SimpleAuth(app, store=MemoryStore())
    file = tmp_path / "users.csv"
    file.write_text("email,username\na@b.org,Ada L.\nb@b.org,Ada L.\n")
    output = app.test_cli_runner().invoke(args=["auth", "import", str(file)]).output
    assert "2 taken in, 0 there already, 0 refused." in output


def test_an_account_that_the_database_refuses(
    app: Flask, players: SimpleAuth[Player]
) -> None:
    """What a column of the app's own lacks is said in a sentence, without values."""
    args = ["auth", "create-user", ADA, "--password", PASSWORD]
    result = app.test_cli_runner().invoke(args=args)
    assert result.exit_code == 1
    assert result.output == (
        "Error: Your database refuses it: NOT NULL constraint failed: player.nick.\n"
    )


def test_no_password_of_ones_name(app: Flask, players: SimpleAuth[Player]) -> None:
    """Who knows the user name does not know most of the password."""
    weak = "grandmaster-7"
    with app.app_context():
        with pytest.raises(WeakPassword, match="more than your name"):
            players.create_user(ADA, weak, username="GrandMaster")
        players.create_user(ADA, PASSWORD, username="GrandMaster")
    result = app.test_cli_runner().invoke(args=f"auth passwd {ADA} --password {weak}")
    assert "more than your name" in result.output


def test_the_document_says_so(app: Flask, players: SimpleAuth[Player]) -> None:
    """How accounts are protected is written of user names too, where there are some."""
    runner = app.test_cli_runner()
    text = " ".join(runner.invoke(args="auth policy").output.split())
    assert "for an account (for its address and its user name, each" in text
    assert "those of the name, the user name and the e-mail address" in text
    assert "One signs in with an address or a user name and a password" in text
