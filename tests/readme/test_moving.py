"""An app moves from Flask-Login and Flask-WTF to ours, and takes its users along."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from runpy import run_path
from typing import Any

import pytest
from flask import Flask
from flask_nameform.testing import FormClient
from werkzeug.security import generate_password_hash

PROGRAMS = Path(__file__).parents[2] / "docs" / "moving" / "programs"
PASSWORD = "correct horse battery"


@pytest.fixture
def database(tmp_path: Path) -> str:
    """A database that the old app has left, with one user in it."""
    return f"sqlite:///{tmp_path / 'diary.sqlite3'}"


Load = Callable[[str], tuple[Flask, dict[str, Any]]]


@pytest.fixture
def load(database: str) -> Iterator[Load]:
    """Make the app of a program, whose connections are closed when all is done."""
    with ExitStack() as open_apps:

        def load(program: str) -> tuple[Flask, dict[str, Any]]:
            names = run_path(str(PROGRAMS / program))
            app: Flask = names["create_app"](database)
            app.config["SIMPLEAUTH_PASSWORD_HASH"] = "scrypt:256:8:1"
            with app.app_context():
                open_apps.callback(names["db"].engine.dispose)
            return app, names

        yield load


def test_users_move_with_their_passwords(load: Load) -> None:
    """Who had an account signs in as before, and each form still keeps what is sent."""
    old_app, old = load("before.py")
    with old_app.app_context():
        pw_hash = generate_password_hash(PASSWORD, "scrypt:512:8:1")
        old["db"].session.add(old["User"](email="ada@example.org", pw_hash=pw_hash))
        old["db"].session.commit()

    old_client = FormClient(old_app)
    page = old_client.get("/login").text
    token = page.partition('name="csrf_token"')[2].partition('value="')[2]
    sent = {
        "csrf_token": token.partition('"')[0],
        "email": "ada@example.org",
        "password": PASSWORD,
    }
    assert old_client.post("/login", data=sent).location == "/"
    assert "The diary of ada@example.org" in old_client.get("/").text

    new_app, new = load("after.py")
    client = FormClient(new_app)
    cookie = old_client.get_cookie("session")
    assert cookie is not None
    client.set_cookie("session", cookie.value)
    assert "/auth/login" in client.get("/").location  # a session of old is over

    client.submit_form(
        "simpleauth.login",
        page="/auth/login",
        email="ada@example.org",
        password=PASSWORD,
    )
    assert "The diary of ada@example.org" in client.get("/").text

    with new_app.app_context():
        (user,) = new["db"].session.scalars(new["db"].select(new["User"]))
        assert user.pw_hash.startswith("scrypt:256:8:1$")  # made anew


def test_only_the_import_of_a_form_changes() -> None:
    """The form that stays is the same lines, but for the one that imports."""
    before, after = (
        (PROGRAMS / name).read_text(encoding="utf-8")
        for name in ("before.py", "after.py")
    )
    form = before[before.index("class NoteForm") :].partition("\n\n\n")[0]

    assert form in after
    assert "from flask_wtf import FlaskForm" in before
    assert "from flask_nameform.wtf import FlaskForm" in after
