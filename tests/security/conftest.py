"""The example app in its sets-up, and its visitors of every kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_simpleauth.testing import CHEAP_HASH, AuthClient, Mailbox

from example_app import create_app
from example_app.extensions import auth, db

PASSWORD = "correct horse battery"

#: What a run has counted, for its last lines and for SECURITY.md.
FIGURES = pytest.StashKey[list[str]]()

HTTPS = {
    "SIMPLEAUTH_ORIGIN": "https://book.example",
    "SESSION_COOKIE_SECURE": True,
    "SESSION_COOKIE_NAME": "__Host-session",
}


class Site:
    """The example app, with Ada (user 1), Grace (an admin), and an entry of Ada's."""

    def __init__(self, app: Flask, *, origin: str = "http://localhost") -> None:
        self.app = app
        self.origin = origin
        self.mails = Mailbox()
        app.extensions["simpleauth"].mailer = self.mails
        with app.app_context():
            ada = auth.create_user("ada@example.org", PASSWORD, name="Ada")
            grace = auth.create_user("grace@example.org", PASSWORD, name="Grace")
            auth.grant(grace, "admin")
            self.token = auth.create_api_token(ada, "backup")
            db.session.commit()
        self.sign_in("ada").submit_form("entry", text="A lovely book.")

    @property
    def is_secure(self) -> bool:
        """Whether it is met over https."""
        return self.origin.startswith("https:")

    def visitor(self) -> AuthClient:
        """Return a browser that nobody is signed in with."""
        origin = self.origin

        class Visitor(AuthClient):
            def open(self, *args: Any, **kwargs: Any) -> Any:
                kwargs.setdefault("base_url", origin)
                return super().open(*args, **kwargs)

        return Visitor(self.app, self.app.response_class)

    def sign_in(self, name: str, *, remember: str = "") -> AuthClient:
        """Return a browser with which somebody has signed in."""
        visitor = self.visitor()
        visitor.post(
            "/auth/-/forms/login",
            data={
                "email": f"{name}@example.org",
                "password": PASSWORD,
                "remember": remember,
            },
        )
        return visitor

    def visitors(self) -> dict[str, AuthClient]:
        """Return visitors of every kind."""
        program = self.visitor()
        program.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {self.token}"
        return {
            "anonymous": self.visitor(),
            "signed in": self.sign_in("ada"),
            "remembered": self.sign_in("ada", remember="1"),
            "program": program,
            "admin": self.sign_in("grace"),
        }

    def pages(self) -> list[str]:
        """Return the address of every page, with a number or a word for a parameter."""
        rules = [
            re.sub(r"<[^>]*>", "1", rule.rule)
            for rule in self.app.url_map.iter_rules()
            if "GET" in (rule.methods or set())
        ]
        return sorted({*rules, "/static/style.css", "/nowhere"})


MakeSite = Callable[..., Site]


@pytest.fixture
def make_site(tmp_path: Path) -> Iterator[MakeSite]:
    """Make the example app, with accounts."""
    with ExitStack() as stack:

        def make(origin: str = "http://localhost", **settings: Any) -> Site:
            app = create_app(
                {
                    "SECRET_KEY": "for tests, and no other",
                    "SIMPLEAUTH_PASSWORD_HASH": CHEAP_HASH,
                    "SQLALCHEMY_DATABASE_URI": f"sqlite:///{tmp_path}/book.sqlite3",
                    **(HTTPS if origin.startswith("https:") else {}),
                    **settings,
                }
            )
            stack.callback(dispose, app)
            return Site(app, origin=origin)

        yield make


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """The example app, on one's own machine."""
    return make_site()


def dispose(app: Flask) -> None:
    """Close the connections of an app."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def count(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Tell a figure at the end of the run."""
    figures = request.config.stash.setdefault(FIGURES, [])
    return figures.append


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print what was counted."""
    figures = config.stash.get(FIGURES, [])
    if figures:
        terminalreporter.section("counted")
    for line in figures:
        terminalreporter.line(line)
