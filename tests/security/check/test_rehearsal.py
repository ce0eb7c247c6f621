"""Looking leaves the app, its accounts and its users alone."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from flask_simpleauth import audited, signed_in, user_created
from flask_simpleauth.check import ROWS, check_app
from flask_simpleauth.check.rehearsal import StandIn, rehearse
from flask_simpleauth.testing import Mailbox

if TYPE_CHECKING:
    from tests.security.check.conftest import Look, MakeApp


def test_nothing_happens(
    make_app: MakeApp, mails: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    """No row, no mail, no signal and no line of the log is left by all rows."""
    app = make_app(mailer=mails, config={"SIMPLEAUTH_ORIGIN": "https://guests.example"})
    state = app.extensions["simpleauth"]
    heard: list[Any] = []

    def hear(sender: Any, **about: Any) -> None:
        heard.append(about)

    caplog.set_level(logging.INFO)
    with (
        user_created.connected_to(hear),
        signed_in.connected_to(hear),
        audited.connected_to(hear),
    ):
        results = list(check_app(app))
    assert len(results) == len(ROWS)
    assert (heard, mails.sent) == ([], [])
    assert "sign-in" not in caplog.text
    assert app.extensions["simpleauth"] is state

    file = Path(app.instance_path) / "simpleauth.sqlite3"
    with app.app_context():
        users = state.services().users
        assert users.find("newcomer@example.org") is None
        assert list(users.addresses()) == []
    assert file.exists()


def test_put_back_after_an_error(make_app: MakeApp) -> None:
    """Whatever goes wrong, the app has its accounts and its log back."""
    app = make_app()
    state, log = app.extensions["simpleauth"], logging.getLogger("flask_simpleauth")

    def fail() -> None:
        with rehearse(app):
            assert app.extensions["simpleauth"] is not state
            assert log.disabled
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert app.extensions["simpleauth"] is state
    assert not log.disabled


def test_stand_in() -> None:
    """What an app asks of its users and a made-up one has not is ``None``."""
    user: Any = StandIn(1, "a@b.org", "A", "x")
    assert user.role_name is None
    with pytest.raises(AttributeError):
        user.__html__()


def test_in_a_running_context(make_app: MakeApp, look: Look) -> None:
    """A command runs in an app context, which the requests do not share."""
    app: Flask = make_app()
    with app.app_context():
        assert look(app, "7.4.1").verdict.value == "pass"
