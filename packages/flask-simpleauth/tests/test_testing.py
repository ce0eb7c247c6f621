from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask_simpleauth import Message, SimpleAuth
from flask_simpleauth.testing import AuthClient, FakeClock, Mailbox, client_for

pytest_plugins = ["pytester"]

PASSWORD = "correct horse battery"


@pytest.fixture
def site(app: Flask, auth: SimpleAuth) -> Flask:
    """A site that says who is there, and has a page for editors."""
    app.add_url_rule("/who", "who", lambda: auth.user.email if auth.user else "nobody")

    @app.get("/edit")
    @auth.login_required(role="editor")
    def edit() -> str:
        return "edit"

    return app


def test_client_of_a_user(site: Flask, auth: SimpleAuth) -> None:
    """A client is signed in with the user it is made for; others are not."""
    with site.app_context():
        ada = auth.create_user("ada@example.org", PASSWORD)
        client, visitor = auth.test_client(ada), auth.test_client()
        assert client.get("/who").text == "ada@example.org"
        assert visitor.get("/who").text == "nobody"


def test_client_with_a_role(site: Flask, auth: SimpleAuth) -> None:
    """A role is given to the user, or to somebody made for it, and is kept."""
    with site.app_context():
        ada = auth.create_user("ada@example.org", PASSWORD)
        for user in (ada, None, None):
            assert auth.test_client(user, role="editor").get("/edit").text == "edit"
    assert client_for(site, role="editor").get("/who").text == "editor@example.org"
    assert client_for(site, role="reader").get("/edit").status_code == 403


@pytest.mark.parametrize("url", ["http://localhost/who", "https://localhost/who"])
def test_client_on_both_schemes(site: Flask, url: str) -> None:
    """The client is signed in over http and over https, and can sign out."""
    client = client_for(site, role="reader")
    assert client.get(url).text == "reader@example.org"
    client.submit_form("simpleauth.logout", page=url.replace("/who", "/auth/logout"))
    assert client.get(url).text == "nobody"


def test_client_of_a_named_server(site: Flask) -> None:
    """The client is signed in where the app says it is."""
    site.config["SERVER_NAME"] = "example.org:8000"
    assert client_for(site, role="reader").get("/who").text == "reader@example.org"


def test_client_of_another_app(
    site: Flask, database: Callable[[str], Any], auth: SimpleAuth
) -> None:
    """The app that is named counts, inside another one's context too."""
    other, _, _ = database("sqlite://")
    with other.app_context():
        client = client_for(site, role="reader")
        assert client.get("/who").text == "reader@example.org"


def test_mailbox(app: Flask, clock: FakeClock) -> None:
    """Mails are there when the response is; the link in the newest can be followed."""
    mails = Mailbox()
    auth = SimpleAuth(app, clock=clock, mailer=mails)
    with app.app_context():
        auth.create_user("ada@example.org", PASSWORD)
    client = AuthClient(app, app.response_class)
    client.submit_form(
        "simpleauth.forgot", page="/auth/forgot", email="ada@example.org"
    )
    assert mails.sent[0].to == "ada@example.org"
    assert client.get(mails.link()).status_code == 200


def test_mailbox_without_a_link() -> None:
    """A test that expects a link where there is none is told what there is."""
    mails = Mailbox()
    with pytest.raises(LookupError, match="No message was sent"):
        mails.link()
    mails(Message("ada@example.org", "Hello", "Nothing to follow."))
    with pytest.raises(LookupError, match=r"ada@example\.org.*holds no link"):
        mails.link()


def test_clock() -> None:
    """The clock moves when it is told to."""
    clock = FakeClock(now=100)
    clock.advance(timedelta(minutes=1))
    clock.advance(0.5)
    assert clock() == 160.5


def test_fixtures(pytester: pytest.Pytester) -> None:
    """The fixtures give an app a clock, a mailbox, cheap hashing and clients."""
    pytester.makeconftest(
        """
        import pytest
        from flask import Flask
        from flask_simpleauth import SimpleAuth

        pytest_plugins = ["flask_simpleauth.testing.fixtures"]

        @pytest.fixture
        def app(tmp_path):
            app = Flask("site", instance_path=str(tmp_path))
            app.config["SECRET_KEY"] = "for tests"
            auth = SimpleAuth(app)
            app.add_url_rule("/", "index", auth.login_required(lambda: auth.user.name))
            return app
        """
    )
    pytester.makepyfile(
        """
        from datetime import timedelta

        def test_a_session_ends(auth_client, auth_clock):
            client = auth_client(role="editor")
            assert client.get("/").text == "Editor"
            auth_clock.advance(timedelta(hours=13))
            assert client.get("/").status_code == 303

        def test_a_mail_is_sent(app, auth_client, auth_mails):
            auth_client(role="editor")
            client = app.test_client()
            email = "editor@example.org"
            client.submit_form("simpleauth.forgot", page="/auth/forgot", email=email)
            assert client.get(auth_mails.link()).status_code == 200

        def test_own_client_class_is_kept(request, app):
            from flask.testing import FlaskClient

            app.test_client_class = FlaskClient
            request.getfixturevalue("auth_mails")
            assert app.test_client_class is FlaskClient

        def test_hashing_is_cheap(app, auth_cheap):
            assert app.config["SIMPLEAUTH_PASSWORD_HASH"] == "scrypt:256:8:1"
        """
    )
    pytester.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=4)
