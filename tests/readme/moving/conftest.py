"""Old apps and new ones, out of the programs that the documentation quotes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from runpy import run_path
from typing import Any

import pytest
from flask import Flask
from flask_nameform.testing import FormClient
from flask_simpleauth import SimpleAuth
from werkzeug.test import TestResponse

PASSWORD = "correct horse battery"
PROGRAMS = Path(__file__).parents[3] / "docs" / "moving" / "programs"


@pytest.fixture(scope="session")
def programs() -> Path:
    """The folder that the programs are in."""
    return PROGRAMS


@pytest.fixture(scope="session")
def password() -> str:
    """What Ada signs in with, before and after."""
    return PASSWORD


@pytest.fixture
def load() -> Iterator[Callable[[str, Path], tuple[Flask, dict[str, Any]]]]:
    """Make the app of a program on a database; connections are closed at the end."""
    with ExitStack() as open_apps:

        def load(program: str, database: Path) -> tuple[Flask, dict[str, Any]]:
            names = run_path(str(PROGRAMS / program))
            app: Flask = names["create_app"](f"sqlite:///{database}")
            app.config["SIMPLEAUTH_PASSWORD_HASH"] = "scrypt:256:8:1"
            with app.app_context():
                open_apps.callback(names["db"].engine.dispose)
            return app, names

        yield load


@pytest.fixture
def sign_in_before() -> Callable[[FormClient], TestResponse]:
    """Sign Ada in on the old page, a form of Flask-WTF's that is asked for first."""

    def sign_in(client: FormClient) -> TestResponse:
        page = client.get("/login").text
        token = page.partition('name="csrf_token"')[2].partition('value="')[2]
        sent = {
            "csrf_token": token.partition('"')[0],
            "email": "ada@example.org",
            "password": PASSWORD,
        }
        return client.post("/login", data=sent)

    return sign_in


@pytest.fixture
def sign_in() -> Callable[[FormClient, str], TestResponse]:
    """Sign somebody in on the new page, with the old password."""

    def sign_in(client: FormClient, identity: str) -> TestResponse:
        form = {"page": "/auth/login", "email": identity, "password": PASSWORD}
        return client.submit_form("simpleauth.login", **form)

    return sign_in


@pytest.fixture
def import_users(tmp_path: Path) -> Callable[..., FormClient]:
    """Take the users of a file into tables of their own; ``/inside`` wants a role."""

    def import_users(file: Path, shape: str, role: str, **config: str) -> FormClient:
        app = Flask(__name__, instance_path=str(tmp_path / "new"))
        app.config["SECRET_KEY"] = "change-me-to-32-random-bytes"
        app.config["SIMPLEAUTH_PASSWORD_HASH"] = "scrypt:256:8:1"
        app.config.update(config)
        auth = SimpleAuth(app)

        @app.get("/inside")
        @auth.login_required(role=role)
        def inside() -> str:
            return f"Hello, {auth.require_user().name}!"

        args = ["auth", "import", str(file), "--from", shape]
        result = app.test_cli_runner().invoke(args=args)
        assert " 0 there already, 0 refused." in result.output
        return FormClient(app)

    return import_users
