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
from flask_simpleauth import SimpleAuth

Load = Callable[[str, Path], tuple[Flask, dict[str, Any]]]

PASSWORD = "correct horse battery"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Where the programs have it, if they are copied to this folder."""
    return tmp_path / "instance" / "site.sqlite3"


@pytest.fixture
def old_client(load: Load, database: Path) -> FormClient:
    """The old app has run, and somebody is signed in."""
    database.parent.mkdir()
    app, names = load("security_before.py", database)
    security = pytest.importorskip("flask_security")
    with app.app_context():
        store = names["datastore"]
        role = store.find_or_create_role("editor")
        hashed = security.hash_password(PASSWORD)
        for email, password in [("ada@example.org", hashed), ("eve@example.org", None)]:
            name = email.partition("@")[0]
            store.create_user(
                email=email, username=name, password=password, roles=[role]
            )
        store.commit()

    client = FormClient(app)
    page = client.get("/login").text
    token = page.partition('name="csrf_token"')[2].partition('value="')[2]
    sent = {
        "csrf_token": token.partition('"')[0],
        "email": "ada@example.org",
        "password": PASSWORD,
    }
    assert client.post("/login", data=sent).status_code == 302
    assert client.get("/").text == "Hello, ada!"
    return client


def sign_in(client: FormClient, identity: str) -> int:
    form = {"page": "/auth/login", "email": identity, "password": PASSWORD}
    return client.submit_form("simpleauth.login", **form).status_code


def test_the_tables_stay(load: Load, old_client: FormClient, database: Path) -> None:
    """On the same tables people have their passwords and their roles."""
    app, names = load("security_after.py", database)
    client = FormClient(app)
    cookie = old_client.get_cookie("session")
    assert cookie is not None
    client.set_cookie("session", cookie.value)
    assert "/auth/login" in client.get("/").location  # a session of old is over
    assert sign_in(client, "ada@example.org") == 303
    assert client.get("/").text == "Hello, ada!"
    assert client.get("/edit").text == "For editors."

    db, user_class = names["db"], names["User"]
    with app.app_context():
        user = db.session.scalar(db.select(user_class).filter_by(username="ada"))
        assert user.password.startswith("scrypt:256:8:1$")  # made anew


def test_who_had_no_password_has_none(
    load: Load, old_client: FormClient, database: Path
) -> None:
    """Nobody signs in to an account that has no password."""
    app, _ = load("security_after.py", database)
    assert sign_in(FormClient(app), "eve@example.org") == 422


def test_others_can_sign_up(load: Load, old_client: FormClient, database: Path) -> None:
    """Flask-Security's tables take new users from the new app, and new roles."""
    app, _ = load("security_after.py", database)
    client = FormClient(app)
    client.submit_form(
        "simpleauth.signup",
        page="/auth/signup",
        name="Bob",
        username="bob",
        email="bob@example.org",
        password=PASSWORD,
    )
    assert client.get("/").text == "Hello, bob!"
    assert client.get("/edit").status_code == 403

    granted = app.test_cli_runner().invoke(args="auth grant bob admin")
    assert granted.exit_code == 0


def test_the_users_are_exported(
    old_client: FormClient, programs: Path, tmp_path: Path
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

    app = Flask(__name__, instance_path=str(tmp_path))
    app.config["SECRET_KEY"] = "change-me-to-32-random-bytes"
    app.config["SECURITY_PASSWORD_SALT"] = old_client.application.config[
        "SECURITY_PASSWORD_SALT"
    ]
    app.config["SIMPLEAUTH_PASSWORD_HASH"] = "scrypt:256:8:1"
    auth = SimpleAuth(app)
    app.add_url_rule(
        "/edit", view_func=auth.login_required(role="editor")(lambda: "For editors.")
    )
    args = ["auth", "import", str(file), "--from", "flask-security"]
    result = app.test_cli_runner().invoke(args=args)
    assert "2 taken in, 0 there already, 0 refused." in result.output

    client = FormClient(app)
    assert sign_in(client, "ada@example.org") == 303
    assert client.get("/edit").text == "For editors."
