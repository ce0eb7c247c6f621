from __future__ import annotations

import logging
import re

import pytest
from flask import Flask, current_app
from flask_simpleauth import SimpleAuth
from flask_simpleauth.letters import Letters, deliver
from flask_simpleauth.testing import AuthClient, Mailbox
from jinja2 import DictLoader

PASSWORD = "correct horse battery"


@pytest.fixture
def mails() -> Mailbox:
    return Mailbox()


@pytest.fixture
def auth(app: Flask, mails: Mailbox) -> SimpleAuth:
    """SimpleAuth with a mailer, and Ada's account."""
    auth = SimpleAuth(app, mailer=mails)
    with app.app_context():
        auth.create_user("ada@example.org", PASSWORD)
    return auth


def ask(app: Flask) -> None:
    client = AuthClient(app, app.response_class)
    email = "ada@example.org"
    client.submit_form("simpleauth.forgot", page="/auth/forgot", email=email)


def test_both_parts(app: Flask, auth: SimpleAuth, mails: Mailbox) -> None:
    """A mail says the same in text and in HTML, where the link can be followed."""
    ask(app)
    (mail,) = mails.sent
    match = re.search(r"^http://localhost/auth/reset/\S+$", mail.text, re.MULTILINE)
    assert match is not None
    assert f'<a href="{match[0]}">' in mail.html
    assert "<title>A new password</title>" in mail.html
    for part in (mail.text, mail.html):
        assert "a new password at localhost" in part


def test_mailer_of_one_app(app: Flask, mails: Mailbox) -> None:
    """In a factory the mailer may come with the app, as mail differs by deployment."""
    auth = SimpleAuth()
    auth.init_app(app, mailer=mails)
    with app.app_context():
        auth.create_user("ada@example.org", PASSWORD)
    ask(app)
    assert len(mails.sent) == 1


def test_own_words(app: Flask, auth: SimpleAuth, mails: Mailbox) -> None:
    """An app's own template says a mail in its own words, and both parts have them."""
    words = "Subject:\n  Lost &  found \n\nHere, <you>:\n\n{{ link }}\n"
    app.jinja_loader = DictLoader({"simpleauth/mail/reset.txt": words})
    ask(app)
    assert mails.sent[0].subject == "Lost & found"
    assert mails.sent[0].text.startswith("Here, <you>:\n\nhttp://localhost/")
    assert "<title>Lost &amp; found</title>" in mails.sent[0].html
    assert "<p>Here, &lt;you&gt;:</p>" in mails.sent[0].html


def test_own_looks(app: Flask, auth: SimpleAuth, mails: Mailbox) -> None:
    """An app's own templates set the HTML of one mail, or of all."""
    all_mails = (
        '{% extends "simpleauth/mail/_letter.html" %}'
        "{% block page_content %}<b>We say</b>{{ super() }}{% endblock %}"
    )
    app.jinja_loader = DictLoader({"simpleauth/mail/letter.html": all_mails})
    ask(app)
    assert "<b>We say</b>" in mails.sent[0].html
    assert "We say" not in mails.sent[0].text

    app.jinja_loader = DictLoader({"simpleauth/mail/reset.html": "<i>{{ link }}</i>"})
    app.jinja_env.cache.clear()  # type: ignore[union-attr] # Flask's has one
    ask(app)
    assert mails.sent[1].html.startswith("<i>http://localhost/auth/reset/")


def test_without_a_subject(
    app: Flask, auth: SimpleAuth, mails: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    """A template that does not say the subject is named in the log."""
    app.jinja_loader = DictLoader({"simpleauth/mail/reset.txt": "Hello"})
    ask(app)
    assert mails.sent == []
    assert "simpleauth/mail/reset.txt must begin with a line 'Subject" in caplog.text


def test_outside_a_request(
    app: Flask, auth: SimpleAuth, mails: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    """On the command line mail is sent at once, with links to the known origin."""
    app.jinja_loader = DictLoader({"simpleauth/mail/x.txt": "Subject: X\n\n{{ link }}"})

    def write(letters: Letters) -> None:
        link = letters.site.url("simpleauth.login")
        letters.send("ada@example.org", "x", link=link)

    with app.app_context(), caplog.at_level(logging.ERROR):
        deliver(write)
        assert "SIMPLEAUTH_ORIGIN is not set" in caplog.text
        assert mails.sent == []

        app.config["SIMPLEAUTH_ORIGIN"] = "https://example.org"
        current_app.config["APPLICATION_ROOT"] = "/app"
        deliver(write)
    assert mails.sent[0].text == "https://example.org/app/auth/login\n"
