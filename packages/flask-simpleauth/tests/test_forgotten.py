from __future__ import annotations

import logging
import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_simpleauth import Message, SimpleAuth
from werkzeug.test import TestResponse

if TYPE_CHECKING:
    from conftest import Clock

PASSWORD = "correct horse battery"
NEW = "staple correct horse"
ANSWER = "If that address has an account"


@pytest.fixture
def mails() -> list[Message]:
    """The mails that were sent."""
    return []


@pytest.fixture
def auth(app: Flask, clock: Clock, mails: list[Message]) -> SimpleAuth:
    """SimpleAuth with a mailer, and Ada's account."""
    auth = SimpleAuth(app, clock=clock, mailer=mails.append)
    with app.app_context():
        auth.create_user("ada@example.org", PASSWORD, name="Ada")
    return auth


@pytest.fixture
def client(app: Flask, auth: SimpleAuth) -> FlaskClient:
    return app.test_client()


def send(client: FlaskClient, form: str, **data: Any) -> TestResponse:
    headers = {"Sec-Fetch-Site": "same-origin"}
    response = client.post(f"/auth/-/forms/{form}", data=data, headers=headers)
    response.close()  # mail leaves when the answer has been sent
    return response


def ask(client: FlaskClient, email: str = "ada@example.org") -> str:
    """Ask for a link and return the words of the answer."""
    send(client, "forgot", email=email)
    with client.session_transaction() as session:
        return str(session.pop("_flashes", [("", "")])[0][1])


def key_in(mail: Message) -> str:
    match = re.search(r"^http://localhost/auth/reset/(\S+)$", mail.text, re.MULTILINE)
    assert match is not None
    return match[1]


def can_sign_in(app: Flask, password: str) -> bool:
    data = {"email": "ada@example.org", "password": password}
    return send(app.test_client(), "login", **data).status_code == 303


def test_reset(app: Flask, client: FlaskClient, mails: list[Message]) -> None:
    """A link sent to the owner sets a new password, and ends every session."""
    thief = app.test_client()
    send(thief, "login", email="ada@example.org", password=PASSWORD)
    assert ask(client, " ADA@example.org ").startswith(ANSWER)

    assert (mails[0].to, mails[0].subject) == ("ada@example.org", "A new password")
    assert "within 10 minutes" in mails[0].text
    page = client.get(f"/auth/reset/{key_in(mails[0])}")
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"

    done = send(client, "reset", key=key_in(mails[0]), new=NEW)
    assert done.headers["Location"] == "/auth/login"
    assert can_sign_in(app, NEW)
    assert not can_sign_in(app, PASSWORD)
    assert thief.get("/auth/account").status_code == 303


def test_page_hands_the_key_on(client: FlaskClient, mails: list[Message]) -> None:
    """The page's own form works: the key is in it."""
    ask(client)
    page = client.get(f"/auth/reset/{key_in(mails[0])}").text
    fields = dict(re.findall(r'name="([^"]+)"[^>]*value="([^"]*)"', page))
    assert send(client, "reset", **{**fields, "new": NEW}).status_code == 303


def test_page_says_whose_password_it_is(
    client: FlaskClient, mails: list[Message]
) -> None:
    """A password manager learns from it what account the new password is for."""
    ask(client)
    page = client.get(f"/auth/reset/{key_in(mails[0])}").text
    field = re.search(r"<input[^>]*autocomplete=\"username\"[^>]*>", page)
    assert field is not None
    assert "ada@example.org" in field[0]
    assert "readonly" in field[0]


def test_link_works_once(client: FlaskClient, mails: list[Message]) -> None:
    """A used link, and every other one asked for before, is dead."""
    ask(client)
    ask(client)
    used, other = map(key_in, mails)
    send(client, "reset", key=used, new=NEW)

    for key in (used, other):
        assert client.get(f"/auth/reset/{key}").status_code == 410
        response = send(client, "reset", key=key, new=NEW)
        assert response.status_code == 410
        assert "does not work any more" in response.text


def test_used_at_once(app: Flask, client: FlaskClient, mails: list[Message]) -> None:
    """Of many that use one link at once, exactly one sets the password."""
    ask(client)
    key = key_in(mails[0])

    def use(number: int) -> int:
        new = f"{NEW} {number}"
        return send(app.test_client(), "reset", key=key, new=new).status_code

    with ThreadPoolExecutor(20) as pool:
        statuses = sorted(pool.map(use, range(20)))
    assert statuses == [303] + [410] * 19


def test_looking_does_not_use_it_up(client: FlaskClient, mails: list[Message]) -> None:
    """Programs that follow links in mails do no harm."""
    ask(client)
    for _ in range(3):
        assert client.get(f"/auth/reset/{key_in(mails[0])}").status_code == 200


def test_weak_new_password(client: FlaskClient, mails: list[Message]) -> None:
    """A new password that will not do leaves the link good."""
    ask(client)
    key = key_in(mails[0])
    response = send(client, "reset", key=key, new="short")
    assert response.status_code == 422
    assert "at least 12" in response.text
    assert send(client, "reset", key=key, new=NEW).status_code == 303


def test_link_ends(client: FlaskClient, mails: list[Message], clock: Clock) -> None:
    """A link is dead after ten minutes (OWASP ASVS 6.5.5)."""
    ask(client)
    path = f"/auth/reset/{key_in(mails[0])}"
    clock.now += 10 * 60 - 1
    assert client.get(path).status_code == 200
    clock.now += 1
    assert client.get(path).status_code == 410


def test_link_is_bound_to_the_password(
    app: Flask, auth: SimpleAuth, client: FlaskClient, mails: list[Message]
) -> None:
    """A password changed meanwhile, by its owner, kills the link."""
    ask(client)
    runner = app.test_cli_runner()
    runner.invoke(args=["auth", "passwd", "ada@example.org", "--password", NEW])
    assert client.get(f"/auth/reset/{key_in(mails[0])}").status_code == 410


def test_inactive_owner(app: Flask, client: FlaskClient, mails: list[Message]) -> None:
    """A deactivated user gets no link, and one they have is dead."""
    ask(client)
    app.test_cli_runner().invoke(args="auth deactivate ada@example.org")
    assert client.get(f"/auth/reset/{key_in(mails[0])}").status_code == 410
    ask(client)
    assert len(mails) == 1


@pytest.mark.parametrize("key", ["x", "x" * 43, "ä" * 43, "x" * 100_000, "%00"])
def test_made_up_links(client: FlaskClient, key: str) -> None:
    """A link nobody was sent is dead, whatever it looks like."""
    assert client.get(f"/auth/reset/{key[:2000]}").status_code == 410
    assert send(client, "reset", key=key, new=NEW).status_code == 410


def test_a_session_is_no_link(app: Flask, client: FlaskClient) -> None:
    """The key of a session, which a thief may have, sets no password."""
    data = {"email": "ada@example.org", "password": PASSWORD}
    set_cookie = send(client, "login", **data).headers["Set-Cookie"]
    key = set_cookie.partition("=")[2].partition(";")[0]
    assert client.get(f"/auth/reset/{key}").status_code == 410


def test_unknown_address(client: FlaskClient, mails: list[Message]) -> None:
    """For an address without an account the answer is the same, and nothing is sent."""
    assert ask(client, "nobody@example.org") == ask(client)
    assert [mail.to for mail in mails] == ["ada@example.org"]


def test_look_alike_address(client: FlaskClient, mails: list[Message]) -> None:
    """Mail goes to the stored address only, never to a typed one (CVE-2019-19844)."""
    for typed in ("ada@examp\u0131e.org", "\uff41da@example.org"):
        ask(client, typed)
    assert {mail.to for mail in mails} == {"ada@example.org"}


@pytest.mark.parametrize("email", ["", "nonsense", "x" * 1000 + "@b"])
def test_no_address(client: FlaskClient, email: str) -> None:
    """What is no address is said to be none."""
    assert send(client, "forgot", email=email).status_code == 422


def test_throttled(client: FlaskClient, mails: list[Message]) -> None:
    """Nobody's mailbox is filled: known and unknown addresses have to wait alike."""
    for email in ("ada@example.org", "nobody@example.org"):
        statuses = [send(client, "forgot", email=email).status_code for _ in range(6)]
        assert statuses == [303] * 5 + [429]
    assert len(mails) == 5


def test_mailer_that_fails(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture, clock: Clock
) -> None:
    """A mail that cannot be sent changes no answer (CVE-2024-45231), and is logged."""
    other = Flask("other", instance_path=app.instance_path)
    other.config.update(app.config)

    def fail(message: Message) -> None:
        raise OSError("no connection")

    SimpleAuth(other, clock=clock, mailer=fail)
    with caplog.at_level(logging.ERROR):
        assert ask(other.test_client()).startswith(ANSWER)
    assert "was not sent" in caplog.text
    assert "/auth/reset/" not in caplog.text


def test_poisoned_host(
    client: FlaskClient, mails: list[Message], caplog: pytest.LogCaptureFixture
) -> None:
    """What a request says of its host is in no mail (CVE-2012-4520)."""
    headers = {"Sec-Fetch-Site": "same-origin", "Host": "evil.example"}
    data = {"email": "ada@example.org"}
    response = client.post("/auth/-/forms/forgot", data=data, headers=headers)
    response.close()

    assert response.status_code == 303
    assert mails == []
    assert "SIMPLEAUTH_ORIGIN is not set" in caplog.text


def test_configured_origin(
    app: Flask, auth: SimpleAuth, client: FlaskClient, mails: list[Message]
) -> None:
    """Links begin with the configured origin, whatever the host says."""
    app.config["SIMPLEAUTH_ORIGIN"] = "https://example.org"
    headers = {"Sec-Fetch-Site": "same-origin", "Host": "evil.example"}
    data = {"email": "ada@example.org"}
    client.post("/auth/-/forms/forgot", data=data, headers=headers).close()
    assert "https://example.org/auth/reset/" in mails[0].text


@pytest.mark.parametrize("origin", ["example.org", "https://example.org/", "https://"])
def test_wrong_origin(app: Flask, origin: str) -> None:
    """An origin that is none fails at start."""
    app.config["SIMPLEAUTH_ORIGIN"] = origin
    with pytest.raises(RuntimeError, match="SIMPLEAUTH_ORIGIN"):
        SimpleAuth(app)


def test_without_a_mailer(
    app: Flask, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """A site without mail says whom to ask, and its owner can make a link."""
    auth = SimpleAuth(app, clock=clock)
    with app.app_context():
        auth.create_user("ada@example.org", PASSWORD)
    client = app.test_client()
    assert "Ask whoever runs it" in client.get("/auth/forgot").text
    assert ask(client).startswith(ANSWER)
    assert "no mailer" in caplog.text

    result = app.test_cli_runner().invoke(args="auth reset-link ada@example.org")
    path = result.output.strip()
    assert client.get(path).status_code == 200
    done = send(client, "reset", key=path.rpartition("/")[2], new=NEW)
    assert done.status_code == 303
    assert can_sign_in(app, NEW)


def test_message_repr() -> None:
    """A message in a log line does not give its link away."""
    assert "secret" not in repr(Message("a@b.org", "Subject", "secret link"))


def test_pages_lead_there(client: FlaskClient) -> None:
    """The sign-in page leads to the page for a new password, and that has a form."""
    assert 'href="/auth/forgot"' in client.get("/auth/login").text
    assert 'action="/auth/-/forms/forgot"' in client.get("/auth/forgot").text
