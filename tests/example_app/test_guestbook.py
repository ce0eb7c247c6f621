"""The guest book, without a browser."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from example_app import config, create_app
from example_app.extensions import auth, db
from example_app.models import Entry, User

ADA = {
    "name": "Ada",
    "email": "ada@example.org",
    "password": "correct horse battery",
}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    app = create_app(
        {
            "SECRET_KEY": "for tests",
            "SIMPLEAUTH_PASSWORD_HASH": "scrypt:256:8:1",
            "SQLALCHEMY_DATABASE_URI": f"sqlite:///{tmp_path}/book.sqlite3",
        }
    )
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    client = app.test_client()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return client


def entries(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        return [(e.author.name, e.text) for e in db.session.scalars(select(Entry))]


def test_visitor(client: FlaskClient) -> None:
    """A visitor is greeted, and by name once the form has it."""
    assert ">Hello there</h1>" in client.get("/").text
    assert client.post("/-/forms/name", data={"name": " Grace "}).status_code == 303
    assert ">Hello, <bdi>Grace</bdi>!</h1>" in client.get("/").text


def test_visitor_from_elsewhere(client: FlaskClient) -> None:
    """The greeting speaks the visitor's language, and says so in the English page."""
    page = client.get("/", headers={"Accept-Language": "ja,en;q=0.5"}).text
    assert '<h1 lang="ja" dir="ltr">こんにちは' in page
    assert '<html lang="en">' in page


def test_writing(app: Flask, client: FlaskClient) -> None:
    """An entry is in the book under the account's name, and in one's own list."""
    client.post("/auth/-/forms/signup", data=ADA)
    client.post("/-/forms/entry", data={"text": "A fine book"})

    assert entries(app) == [("Ada", "A fine book")]
    assert "A fine book" in client.get("/").text
    assert "A fine book" in client.get("/mine").text


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 1001, "x" * 400_000])
def test_bad_entry(app: Flask, client: FlaskClient, text: str) -> None:
    """An empty or endless entry is refused with a message, and nothing is saved."""
    client.post("/auth/-/forms/signup", data=ADA)
    response = client.post("/-/forms/entry", data={"text": text})

    assert response.status_code == 422
    assert "There is a problem" in response.text
    assert entries(app) == []


def test_visitors_cannot_write(app: Flask, client: FlaskClient) -> None:
    """The handler is guarded itself: posting to it past the page does not help."""
    response = client.post("/-/forms/entry", data={"text": "Planted"})
    assert response.headers["Location"].startswith("/auth/login")
    assert entries(app) == []


def test_admin(app: Flask, client: FlaskClient) -> None:
    """The list of users is for admins, by role."""
    assert client.get("/admin/users").status_code == 303
    client.post("/auth/-/forms/signup", data=ADA)
    assert client.get("/admin/users").status_code == 403

    app.test_cli_runner().invoke(args="auth grant ada@example.org admin")
    with app.app_context():
        auth.create_user("eve@example.org", "correct horse battery", name="Eve")
    page = client.get("/admin/users").text
    assert page.index("admin</h2>") < page.index("Ada") < page.index("Without a role")
    assert page.index("Without a role") < page.index("Eve")


def test_one_role_per_user(app: Flask) -> None:
    """A role granted takes the place of the one that was there."""
    runner = app.test_cli_runner()
    runner.invoke(args=f"auth create-user ada@example.org --password {'x' * 12}")
    for role in ("admin", "editor"):
        result = runner.invoke(args=f"auth grant ada@example.org {role}")
        assert f"with the role {role}." in result.output
    with app.app_context():
        user = db.session.scalars(select(User)).one()
        assert user.role is not None
        assert user.role.name == "editor"


def test_queries(app: Flask, client: FlaskClient) -> None:
    """Knowing who is there, role included, costs one query on a page."""
    from sqlalchemy import event

    client.post("/auth/-/forms/signup", data=ADA)
    seen: list[Any] = []
    with app.app_context():
        event.listen(
            db.engine, "before_cursor_execute", lambda *args: seen.append(args[2])
        )
    client.get("/mine")
    assert len(seen) == 2  # the session with its user and role, and the entries


def test_secret_key_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key made at the first start is used again, and is nobody else's to read."""
    monkeypatch.delenv("SECRET_KEY", raising=False)
    first = config.defaults(str(tmp_path / "instance"))["SECRET_KEY"]
    second = config.defaults(str(tmp_path / "instance"))["SECRET_KEY"]

    assert first == second
    assert len(first) == 64
    mode = (tmp_path / "instance" / "secret_key").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Secret key and database can be given by the environment."""
    monkeypatch.setenv("SECRET_KEY", "given")
    monkeypatch.setenv("DATABASE_URL", "sqlite://")
    settings = config.defaults(str(tmp_path))

    assert settings["SECRET_KEY"] == "given"
    assert settings["SQLALCHEMY_DATABASE_URI"] == "sqlite://"
