from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from flask_simpleauth import SimpleAuth
from flask_simpleauth.testing import Mailbox, client_for

if TYPE_CHECKING:
    from conftest import Clock

PASSWORD = "correct horse battery"
NEW = "staple correct horse"
ADA = "ada@example.org"


@pytest.fixture
def mails(app: Flask, clock: Clock) -> Mailbox:
    """What a site sends that knows where it is; Ada has an account there."""
    mails = Mailbox()
    app.config["SIMPLEAUTH_ORIGIN"] = "https://example.org"
    auth = SimpleAuth(app, clock=clock, mailer=mails)
    with app.app_context():
        auth.create_user(ADA, PASSWORD)
    return mails


def sent(mails: Mailbox) -> list[tuple[str, str]]:
    return [(mail.to, mail.subject) for mail in mails.sent]


NOTICE = (ADA, "Your password was changed")


def test_password_changed(app: Flask, mails: Mailbox) -> None:
    """Whose password was changed, by whatever way, is told."""
    client = client_for(app)
    login = {"email": ADA, "password": PASSWORD}
    client.submit_form("simpleauth.login", page="/auth/login", **login)
    client.submit_form(
        "simpleauth.password", page="/auth/account", current=PASSWORD, new=NEW
    )
    assert sent(mails) == [NOTICE]
    assert "https://example.org/auth/forgot" in mails.sent[0].text

    client.submit_form("simpleauth.forgot", page="/auth/forgot", email=ADA)
    client.submit_form("simpleauth.reset", page=mails.link(), new=PASSWORD)
    assert sent(mails)[2:] == [NOTICE]

    command = ["auth", "passwd", ADA, "--password", NEW]
    app.test_cli_runner().invoke(args=command)
    assert sent(mails)[3:] == [NOTICE]


def test_nothing_changed(app: Flask, mails: Mailbox) -> None:
    """A change that was refused is no news."""
    client = client_for(app)
    login = {"email": ADA, "password": PASSWORD}
    client.submit_form("simpleauth.login", page="/auth/login", **login)
    for current, new in (("wrong", NEW), (PASSWORD, "short")):
        client.submit_form(
            "simpleauth.password", page="/auth/account", current=current, new=new
        )
    assert sent(mails) == []


def test_without_a_mailer(
    app: Flask, auth: SimpleAuth, caplog: pytest.LogCaptureFixture
) -> None:
    """A site without mail does not complain that it cannot send any."""
    runner = app.test_cli_runner()
    runner.invoke(args=["auth", "create-user", ADA, "--password", PASSWORD])
    with caplog.at_level(logging.WARNING):
        runner.invoke(args=["auth", "passwd", ADA, "--password", NEW])
    assert caplog.text == ""


def test_each_app_its_own(app: Flask, mails: Mailbox, tmp_path: object) -> None:
    """A change on one site is not told by another."""
    other = Flask("other", instance_path=f"{tmp_path}/other")
    other.config.update(app.config)
    others = Mailbox()
    SimpleAuth(other, mailer=others)
    app.test_cli_runner().invoke(args=["auth", "passwd", ADA, "--password", NEW])
    assert (len(mails.sent), len(others.sent)) == (1, 0)
