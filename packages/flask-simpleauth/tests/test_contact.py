"""Confirming and changing one's address on the account page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from flask_simpleauth import SimpleAuth, address_changed
from flask_simpleauth.testing import AuthClient, Mailbox, client_for
from werkzeug.test import TestResponse

if TYPE_CHECKING:
    from conftest import Clock

PASSWORD = "correct horse battery"
OWN, NEW, TAKEN = "ada@example.org", "lovelace@example.org", "eve@example.org"
JSON = {"Accept": "application/json"}


@pytest.fixture
def mails() -> Mailbox:
    return Mailbox()


@pytest.fixture
def auth(app: Flask, clock: Clock, mails: Mailbox) -> SimpleAuth:
    """SimpleAuth with a mailer, and the accounts of Ada and Eve."""
    auth = SimpleAuth(app, clock=clock, mailer=mails)
    with app.app_context():
        auth.create_user(OWN, PASSWORD, name="Ada")
        auth.create_user(TAKEN, PASSWORD, name="Eve", confirmed=True)
    return auth


def client_of(app: Flask, auth: SimpleAuth, email: str) -> AuthClient:
    with app.app_context():
        return client_for(app, auth.authenticate(email, PASSWORD))


@pytest.fixture
def client(app: Flask, auth: SimpleAuth) -> AuthClient:
    """A browser that Ada is signed in with."""
    return client_of(app, auth, OWN)


def change(client: AuthClient, new: str = NEW, current: str = PASSWORD) -> TestResponse:
    return client.submit_form(
        "simpleauth.address", page="/auth/account", new=new, current=current
    )


def press(client: AuthClient, page: str) -> TestResponse:
    """Open a link and press its button."""
    return client.submit_form("simpleauth.confirm-address", page=page)


def own_address(client: AuthClient) -> str:
    """Return the address on the account page."""
    match = re.search(
        r'name="email"[^>]*value="([^"]*)"', client.get("/auth/account").text
    )
    assert match is not None
    return match[1]


def test_confirm(
    app: Flask, auth: SimpleAuth, client: AuthClient, mails: Mailbox
) -> None:
    """Who asks gets a link to their address, whose button confirms it."""
    assert "have not shown yet" in client.get("/auth/account").text
    client.submit_form("simpleauth.send-confirmation", page="/auth/account")

    assert (mails.sent[0].to, len(mails.sent)) == (OWN, 1)
    assert "within 24 hours" in mails.sent[0].text
    for _ in range(2):  # to look does not confirm
        assert f"Is {OWN} your address?" in client.get(mails.link()).text
    assert "have not shown yet" in client.get("/auth/account").text

    assert press(client, mails.link()).headers["Location"] == "/auth/account"
    page = client.get("/auth/account").text
    assert "Your address is confirmed." in page
    assert "have not shown yet" not in page
    with app.app_context():
        assert auth.is_confirmed(auth.authenticate(OWN, PASSWORD))
    assert client.get(mails.link()).status_code == 410


def test_change(
    app: Flask, auth: SimpleAuth, client: AuthClient, mails: Mailbox
) -> None:
    """An address is changed once mail to it was read; the old one is told."""
    assert change(client, " LOVELACE@example.org").status_code == 303
    link = mails.link()
    assert [mail.to for mail in mails.sent] == [NEW]
    assert own_address(client) == OWN

    press(client, link)
    assert own_address(client) == NEW
    assert [mail.to for mail in mails.sent] == [NEW, OWN]
    assert OWN in mails.sent[1].text
    assert NEW not in mails.sent[1].text
    with app.app_context():
        assert auth.is_confirmed(auth.authenticate(NEW, PASSWORD))


def test_reset_links_die(app: Flask, client: AuthClient, mails: Mailbox) -> None:
    """A link to a new password that the old address got is dead (allauth 0.35)."""
    client.submit_form("simpleauth.forgot", page="/auth/forgot", email=OWN)
    reset = mails.link()
    change(client)
    press(client, mails.link())
    assert client_for(app).get(reset).status_code == 410


def test_the_answer_does_not_tell(
    client: AuthClient, mails: Mailbox, statements: list[str]
) -> None:
    """Taken or not, the answer, the queries and the number of mails are the same."""
    answers = []
    change(client, "first@example.org")  # the first try makes the counters
    mails.sent.clear()
    for new in (TAKEN, NEW):
        statements.clear()
        response = change(client, new)
        asked = sorted(statements)
        page = client.get("/auth/account").text
        answers.append((response.status_code, response.text, asked, page))

    assert answers[0] == answers[1]
    assert [mail.to for mail in mails.sent] == [TAKEN, NEW]
    assert "has an account already" in mails.sent[0].text
    assert "/auth/address/" not in mails.sent[0].text


def test_taken_by_then(
    app: Flask, auth: SimpleAuth, client: AuthClient, mails: Mailbox
) -> None:
    """Who was quicker has the address; the store decides."""
    change(client)
    link = mails.link()
    with app.app_context():
        auth.create_user(NEW, PASSWORD)
    response = press(client, link)
    assert response.status_code == 422
    assert "has an account already" in response.text
    assert own_address(client) == OWN


@pytest.mark.parametrize(
    ("new", "current", "message"),
    [
        (NEW, "wrong", "not your current password"),
        (NEW, "", "Enter your current password"),
        ("", PASSWORD, "Enter the new e-mail address"),
        ("nonsense", PASSWORD, "Enter an e-mail address"),
        ("x" * 400 + "@b", PASSWORD, "320"),
        (" ADA@example.org", PASSWORD, "You have that address already"),
    ],
)
def test_refused(
    client: AuthClient, mails: Mailbox, new: str, current: str, message: str
) -> None:
    """What is wrong is said, and sends nothing."""
    response = change(client, new, current)
    assert response.status_code == 422
    assert message in response.text
    assert mails.sent == []


def test_throttled(client: AuthClient, mails: Mailbox) -> None:
    """Nobody's mailbox is filled, whoever it belongs to."""
    assert [change(client).status_code for _ in range(6)] == [303] * 5 + [429]
    ask = "simpleauth.send-confirmation"
    statuses = [
        client.submit_form(ask, page="/auth/account").status_code for _ in range(6)
    ]
    assert statuses == [303] * 5 + [429]
    assert len(mails.sent) == 10


def test_only_the_owner(
    app: Flask, auth: SimpleAuth, client: AuthClient, mails: Mailbox
) -> None:
    """A stranger whose mailbox was named by mistake cannot take the account."""
    change(client, "stranger@example.org")
    link = mails.link()

    stranger = client_for(app)
    assert "/auth/login" in stranger.get(link).headers["Location"]
    key = link.rpartition("/")[2]
    posted = stranger.post("/auth/-/forms/confirm-address", data={"key": key})
    assert "/auth/login" in posted.headers["Location"]

    eve = client_of(app, auth, TAKEN)
    assert eve.get(link).status_code == 410
    posted = eve.post("/auth/-/forms/confirm-address", data={"key": key})
    assert posted.status_code == 410
    assert own_address(client) == OWN


def test_sign_in_on_the_way(app: Flask, client: AuthClient, mails: Mailbox) -> None:
    """Who opens the link on a device they are not signed in on can do so first."""
    change(client)
    phone = client_for(app)
    phone.submit_form(
        "simpleauth.login", page=mails.link(), email=OWN, password=PASSWORD
    )
    press(phone, mails.link())
    assert own_address(phone) == NEW


def test_password_changed_meanwhile(client: AuthClient, mails: Mailbox) -> None:
    """A link dies with the password it was asked for with."""
    change(client)
    link = mails.link()
    client.submit_form(
        "simpleauth.password",
        page="/auth/account",
        current=PASSWORD,
        new="staple correct horse",
    )
    assert client.get(link).status_code == 410


def test_json(client: AuthClient, mails: Mailbox) -> None:
    """A program does the same with JSON."""

    def post(form: str, **data: str) -> Any:
        answer = client.post(f"/auth/-/forms/{form}", json=data, headers=JSON)
        return answer.status_code, answer.get_json()

    status, answer = post("address", new=NEW, current="wrong")
    assert (status, list(answer["errors"])) == (422, ["current"])
    assert post("address", new=NEW, current=PASSWORD)[1]["ok"]
    key = mails.link().rpartition("/")[2]
    assert post("confirm-address", key="x")[0] == 410
    assert post("confirm-address", key=key)[1]["ok"]
    assert own_address(client) == NEW


def test_without_a_mailer(app: Flask, clock: Clock) -> None:
    """A site without mail offers nothing that needs it."""
    auth = SimpleAuth(app, clock=clock)
    with app.app_context():
        client = client_for(app, auth.create_user(OWN, PASSWORD))
    assert "Change your e-mail address" not in client.get("/auth/account").text
    data = {"new": NEW, "current": PASSWORD}
    for form in ("address", "send-confirmation"):
        answer = client.post(f"/auth/-/forms/{form}", json=data, headers=JSON)
        assert answer.status_code == 403
        assert "sends no mail" in answer.text


def test_deleted_meanwhile(
    app: Flask, auth: SimpleAuth, mails: Mailbox, clock: Clock
) -> None:
    """An account that is gone before the mail is written gets none."""
    client = client_of(app, auth, OWN)
    data = {"new": NEW, "current": PASSWORD}
    answer = client.post("/auth/-/forms/address", data=data, buffered=False)
    store = app.extensions["simpleauth"].services().users
    with app.app_context():
        store.delete(store.find(OWN))
    answer.close()
    assert mails.sent == []


def test_mail_that_fails(app: Flask, clock: Clock) -> None:
    """A mail that cannot be sent changes no answer."""

    def fail(_: object) -> None:
        raise OSError("no connection")

    auth = SimpleAuth(app, clock=clock, mailer=fail)
    with app.app_context():
        client = client_for(app, auth.create_user(OWN, PASSWORD))
    assert change(client).status_code == 303


@pytest.fixture
def told(app: Flask) -> Iterator[list[dict[str, Any]]]:
    told: list[dict[str, Any]] = []

    def note(sender: object, **values: Any) -> None:
        assert sender is app
        told.append(values)

    with address_changed.connected_to(note):
        yield told


def test_signal(client: AuthClient, mails: Mailbox, told: list[dict[str, Any]]) -> None:
    """A changed address is told of, with the old and the new one."""
    change(client)
    assert told == []
    press(client, mails.link())
    assert [(values["old"], values["new"]) for values in told] == [(OWN, NEW)]
