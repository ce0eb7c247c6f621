"""An app to look at, whole or broken on purpose."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import pytest
from flask import Flask, render_template_string
from flask_simpleauth import SimpleAuth
from flask_simpleauth.check import ROWS, check_app
from flask_simpleauth.check.report import Finding
from flask_simpleauth.testing import CHEAP_HASH, Mailbox

MakeApp = Callable[..., Flask]


@pytest.fixture
def make_app(tmp_path: Path) -> MakeApp:
    """Make an app with accounts and a page for who is signed in."""

    def make(*, templates: dict[str, str] | None = None, **options: Any) -> Flask:
        folder = tmp_path / "templates" / "simpleauth"
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in (templates or {}).items():
            (folder / name).write_text(text)

        app = Flask(
            "guests",
            instance_path=str(tmp_path / "instance"),
            template_folder=str(tmp_path / "templates"),
        )
        app.config.update(SECRET_KEY="for tests", SIMPLEAUTH_PASSWORD_HASH=CHEAP_HASH)
        app.config.update(options.pop("config", {}))
        auth = SimpleAuth(app, **options)

        @app.get("/inside")
        @auth.login_required
        def inside() -> str:
            return render_template_string("{{ show_form('simpleauth.logout') }}")

        @app.post("/change")
        def change() -> str:
            return "changed"

        return app

    return make


@pytest.fixture
def mails() -> Mailbox:
    """What a real mailer was given."""
    return Mailbox()


class Look(Protocol):
    """What the fixture ``look`` is."""

    def __call__(
        self, app: Flask, number: str, *, document: str | None = None
    ) -> Finding:
        """Return what is found for one row."""
        ...


class Judge(Protocol):
    """What the fixture ``verdict`` is."""

    def __call__(self, app: Flask, number: str, *, document: str | None = None) -> str:
        """Return the verdict on one row; to fail at looking is none."""
        ...


@pytest.fixture
def look() -> Look:
    """Look at one row."""

    def look(app: Flask, number: str, *, document: str | None = None) -> Finding:
        row = next(each for each in ROWS if each.number == number)
        return next(check_app(app, rows=[row], document=document)).finding

    return look


@pytest.fixture
def verdict(look: Look) -> Judge:
    """Judge one row."""

    def judge(app: Flask, number: str, *, document: str | None = None) -> str:
        finding = look(app, number, document=document)
        assert "Looking at it failed" not in finding.seen, finding.seen
        return finding.verdict.value

    return judge
