"""An app moves from Flask-Login and Flask-WTF to ours, and takes its users along."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from flask_nameform.testing import FormClient
from werkzeug.security import generate_password_hash
from werkzeug.test import TestResponse

Load = Callable[[str, Path], tuple[Flask, dict[str, Any]]]
SignIn = Callable[[FormClient], TestResponse]


def test_users_move_with_their_passwords(
    load: Load,
    sign_in_before: SignIn,
    sign_in: Callable[[FormClient, str], object],
    password: str,
    tmp_path: Path,
) -> None:
    """Who had an account signs in as before, and each form still keeps what is sent."""
    database = tmp_path / "diary.sqlite3"
    old_app, old = load("login_before.py", database)
    with old_app.app_context():
        pw_hash = generate_password_hash(password, "scrypt:512:8:1")
        old["db"].session.add(old["User"](email="ada@example.org", pw_hash=pw_hash))
        old["db"].session.commit()

    old_client = FormClient(old_app)
    assert sign_in_before(old_client).location == "/"
    assert "The diary of ada@example.org" in old_client.get("/").text

    new_app, new = load("login_after.py", database)
    client = FormClient(new_app)
    cookie = old_client.get_cookie("session")
    assert cookie is not None
    client.set_cookie("session", cookie.value)
    assert "/auth/login" in client.get("/").location  # a session of old is over

    sign_in(client, "ada@example.org")
    assert "The diary of ada@example.org" in client.get("/").text

    with new_app.app_context():
        (user,) = new["db"].session.scalars(new["db"].select(new["User"]))
        assert user.pw_hash.startswith("scrypt:256:8:1$")  # made anew


def test_only_the_import_of_a_form_changes(programs: Path) -> None:
    """The form that stays is the same lines, but for the one that imports."""
    before, after = (
        (programs / name).read_text(encoding="utf-8")
        for name in ("login_before.py", "login_after.py")
    )
    form = before[before.index("class NoteForm") :].partition("\n\n\n")[0]

    assert form in after
    assert "from flask_wtf import FlaskForm" in before
    assert "from flask_nameform.wtf import FlaskForm" in after
