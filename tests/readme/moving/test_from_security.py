"""An app moves from Flask-Security to ours, with its tables or a file of users."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import copy
from typing import Any

import pytest
from flask import Flask
from flask_nameform.testing import FormClient
from werkzeug.test import TestResponse

Load = Callable[[str, Path], tuple[Flask, dict[str, Any]]]
SignIn = Callable[[FormClient, str], TestResponse]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Where the programs have it, if they are copied to this folder."""
    return tmp_path / "instance" / "site.sqlite3"


@pytest.fixture
def old_client(
    load: Load,
    sign_in_before: Callable[[FormClient], TestResponse],
    database: Path,
    password: str,
) -> FormClient:
    """The old app has run, and somebody is signed in."""
    database.parent.mkdir()
    app, names = load("security_before.py", database)
    security = pytest.importorskip("flask_security")
    with app.app_context():
        store = names["datastore"]
        role = store.find_or_create_role("editor")
        hashed = security.hash_password(password)
        for name, kept in [("ada", hashed), ("eve", None)]:
            email = f"{name}@example.org"
            store.create_user(email=email, username=name, password=kept, roles=[role])
        store.commit()

    client = FormClient(app)
    assert sign_in_before(client).status_code == 302
    assert client.get("/").text == "Hello, ada!"
    return client


def test_the_tables_stay(
    load: Load, sign_in: SignIn, old_client: FormClient, database: Path
) -> None:
    """On the same tables people have their passwords and their roles."""
    app, names = load("security_after.py", database)
    client = FormClient(app)
    cookie = old_client.get_cookie("session")
    assert cookie is not None
    client.set_cookie("session", cookie.value)
    assert "/auth/login" in client.get("/").location  # a session of old is over
    assert sign_in(client, "ada@example.org").status_code == 303
    assert client.get("/").text == "Hello, ada!"
    assert client.get("/edit").text == "For editors."

    db, user_class = names["db"], names["User"]
    with app.app_context():
        user = db.session.scalar(db.select(user_class).filter_by(username="ada"))
        assert user.password.startswith("scrypt:256:8:1$")  # made anew


def test_who_had_no_password_has_none(
    load: Load, sign_in: SignIn, old_client: FormClient, database: Path
) -> None:
    """Nobody signs in to an account that has no password."""
    app, _ = load("security_after.py", database)
    assert sign_in(FormClient(app), "eve@example.org").status_code == 422


def test_others_can_sign_up(
    load: Load, old_client: FormClient, database: Path, password: str
) -> None:
    """Flask-Security's tables take new users from the new app, and new roles."""
    app, _ = load("security_after.py", database)
    client = FormClient(app)
    client.submit_form(
        "simpleauth.signup",
        page="/auth/signup",
        username="bob",
        email="bob@example.org",
        password=password,
    )
    assert client.get("/").text == "Hello, bob!"
    assert client.get("/edit").status_code == 403

    granted = app.test_cli_runner().invoke(args="auth grant bob admin")
    assert granted.exit_code == 0


def test_the_users_are_exported(
    import_users: Callable[..., FormClient],
    sign_in: SignIn,
    old_client: FormClient,
    programs: Path,
    tmp_path: Path,
) -> None:
    """What the program for it writes is taken in, with passwords and roles."""
    for program in ("security_before.py", "security_export.py"):
        copy(programs / program, tmp_path)
    written = subprocess.run(
        [sys.executable, "security_export.py"],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    file = tmp_path / "users.json"
    file.write_bytes(written.stdout)

    salt = old_client.application.config["SECURITY_PASSWORD_SALT"]
    client = import_users(file, "flask-security", "editor", SECURITY_PASSWORD_SALT=salt)
    sign_in(client, "ada@example.org")
    assert client.get("/inside").text == "Hello, ada!"
