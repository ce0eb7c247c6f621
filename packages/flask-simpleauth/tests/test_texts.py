from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_simpleauth import SimpleAuth
from flask_simpleauth.errors import BadCredentials, Throttled
from flask_simpleauth.testing import AuthClient, Mailbox
from flask_simpleauth.texts import say

GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}


@pytest.fixture
def mails() -> Mailbox:
    return Mailbox()


@pytest.fixture
def auth(app: Flask, mails: Mailbox, catalogs: Path) -> SimpleAuth:
    """SimpleAuth on a site in English and German, and Ada's account."""
    app.config["NAMEFORM_LOCALES"] = ("en", "de")
    auth = SimpleAuth(app, mailer=mails)
    with app.app_context():
        auth.create_user("ada@example.org", "correct horse battery", name="Ada")
    return auth


@pytest.fixture
def client(app: Flask, auth: SimpleAuth) -> FlaskClient:
    client = AuthClient(app, app.response_class)
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "de-AT,de;q=0.9,en;q=0.5"
    return client


def test_the_browser_says_the_language(app: Flask, client: FlaskClient) -> None:
    """Signing in is in German for a browser that wants that, and says so."""
    page = client.get("/auth/login")

    assert page.vary.as_set() >= {"accept-language"}
    for text in (
        '<html lang="de">',
        "<title>Anmelden</title>",
        "E-Mail-Adresse",
        "Passwort vergessen?",
        'value="Anmelden"',
        'aria-label="Anmelden"',
    ):
        assert text in page.text
    assert "<title>Sign in</title>" in app.test_client().get("/auth/login").text


def test_flask_babel_says_the_language(app: Flask, catalogs: Path) -> None:
    """With Flask-Babel signing in is in the language that it chose."""
    flask_babel = pytest.importorskip("flask_babel")
    SimpleAuth(app)
    flask_babel.Babel(app, locale_selector=lambda: "fr")

    assert "<title>Se connecter</title>" in app.test_client().get("/auth/login").text


def test_errors_in_german(client: AuthClient) -> None:
    """What goes wrong is said in German, by whoever says it."""
    answers = [
        client.submit_form(
            "simpleauth.login",
            page="/auth/login",
            email="ada@example.org",
            password="wrong",
        )
        for _ in range(11)
    ]

    assert "Zu dieser E-Mail-Adresse und diesem Passwort" in answers[0].text
    assert "Zu viele Versuche. Warten Sie" in answers[-1].text
    empty = client.submit_form("simpleauth.login", page="/auth/login")
    assert "Geben Sie Ihre E-Mail-Adresse ein." in empty.text
    assert "Es gibt ein Problem" in empty.text


def test_numbers_in_german(app: Flask, auth: SimpleAuth) -> None:
    """A text with a number has the form that goes with it."""
    assert say(Throttled(60)) == "Too many tries. Wait 1 minute."
    assert say(Throttled(200)) == "Too many tries. Wait 3 minutes."
    assert str(Throttled(200)) == "Too many tries. Wait 3 minutes."
    with app.test_request_context(headers=GERMAN):
        assert say(Throttled(60)) == "Zu viele Versuche. Warten Sie 1 Minute."
        assert say(Throttled(200)) == "Zu viele Versuche. Warten Sie 3 Minuten."
        assert say(BadCredentials()).startswith("Zu dieser E-Mail-Adresse")
        assert str(BadCredentials()).startswith("That e-mail address")


def test_a_mail_in_german(client: AuthClient, mails: Mailbox) -> None:
    """A mail is in the language of who asked for it, after the response too."""
    client.submit_form(
        "simpleauth.forgot", page="/auth/forgot", email="ada@example.org"
    )
    (mail,) = mails.sent

    assert mail.subject == "Ein neues Passwort"
    assert "bei localhost ein neues Passwort angefordert" in mail.text
    assert "innerhalb von 10 Minuten" in mail.text
    assert '<html lang="de">' in mail.html
    with client.session_transaction() as session:
        assert session["_flashes"][0][1].startswith("Falls es zu dieser Adresse")


def test_the_account_in_german(client: AuthClient) -> None:
    """The account page is German, with dates that every language reads."""
    client.submit_form(
        "simpleauth.login",
        page="/auth/login",
        email="ada@example.org",
        password="correct horse battery",
    )
    page = client.get("/auth/account").text

    assert "Wo Sie angemeldet sind" in page
    assert "seit <time datetime=" in page
    assert "(dieses Gerät)" in page
