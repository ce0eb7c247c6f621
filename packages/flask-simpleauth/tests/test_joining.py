"""Signing up where mail is sent, and by invitation."""

from __future__ import annotations

import hashlib
import json
import logging
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask, render_template_string
from flask_simpleauth import SignupForm, SimpleAuth, Taken
from flask_simpleauth.state import current_state
from flask_simpleauth.stores.sqlalchemy import SQLAlchemyStore
from flask_simpleauth.testing import AuthClient, Mailbox, client_for
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from werkzeug.test import TestResponse
from wtforms import StringField
from wtforms.validators import DataRequired

if TYPE_CHECKING:
    from conftest import Clock

PASSWORD = "correct horse battery"
ADA, EVE = "ada@example.org", "eve@example.org"
JSON = {"Accept": "application/json"}


@pytest.fixture
def mails() -> Mailbox:
    return Mailbox()


@pytest.fixture
def auth(app: Flask, clock: Clock, mails: Mailbox) -> SimpleAuth:
    """SimpleAuth with a mailer, and Eve's account; ``/who`` says who is there."""
    auth = SimpleAuth(app, clock=clock, mailer=mails)
    with app.app_context():
        auth.create_user(EVE, PASSWORD, name="Eve")
    app.add_url_rule("/who", "who", lambda: auth.user.name if auth.user else "nobody")
    app.add_url_rule("/in", "in", auth.login_required(lambda: "in"))
    return auth


@pytest.fixture
def client(app: Flask, auth: SimpleAuth) -> AuthClient:
    """A visitor."""
    return client_for(app)


def ask(client: AuthClient, email: str = ADA, **values: Any) -> TestResponse:
    return client.submit_form(
        "simpleauth.signup", page="/auth/signup", email=email, **values
    )


def join(client: AuthClient, link: str, **changes: Any) -> TestResponse:
    values = {"name": "Ada", "password": PASSWORD, **changes}
    return client.submit_form("simpleauth.signup", page=link, **values)


def test_sign_up(
    app: Flask, auth: SimpleAuth, client: AuthClient, mails: Mailbox
) -> None:
    """Where mail is sent, one asks with an address, and signs up by the link."""
    page = client.get("/auth/signup").text
    assert 'name="password"' not in page
    assert "We send you a link" in page
    assert ask(client, " ADA@example.org").headers["Location"] == "/auth/signup"
    assert "We have sent you a mail." in client.get("/auth/signup").text

    assert [mail.to for mail in mails.sent] == [ADA]
    assert "within 24 hours" in mails.sent[0].text
    for _ in range(2):  # to look is not to sign up
        page = client.get(mails.link()).text
        assert f'value="{ADA}"' in page
        assert "readonly" in page
    assert client.get("/who").text == "nobody"

    assert join(client, mails.link()).headers["Location"] == "/"
    assert client.get("/who").text == "Ada"
    with app.app_context():
        assert auth.is_confirmed(auth.authenticate(ADA, PASSWORD))


def test_on_another_device(app: Flask, client: AuthClient, mails: Mailbox) -> None:
    """The way back is in the link, so one can go on anywhere."""
    client.submit_form("simpleauth.signup", page=_sign_up_from(client), email=ADA)
    phone = client_for(app)
    assert join(phone, mails.link()).headers["Location"] == "/in"


def _sign_up_from(client: AuthClient) -> str:
    login = client.get("/in").headers["Location"]
    return login.replace("/login", "/signup")


def test_known_and_unknown(
    app: Flask, client: AuthClient, mails: Mailbox, statements: list[str]
) -> None:
    """Nothing tells whether an address has an account (research 3.22).

    The same status, body, page after it, queries and number of mails; no password is
    asked for, so none is hashed.
    """
    ask(client, "first@example.org")  # the first try makes the counters
    mails.sent.clear()
    answers = []
    for email in (EVE, ADA):
        statements.clear()
        response = ask(client, email)
        asked = sorted(statements)
        # The cookie has the second in its signature; the page shows what it says.
        headers = sorted(h for h in response.headers if h[0] != "Set-Cookie")
        page = client.get("/auth/signup").text
        answers.append((response.status_code, headers, response.text, asked, page))

    assert answers[0] == answers[1]
    assert [mail.to for mail in mails.sent] == [EVE, ADA]
    assert "an account already" in mails.sent[0].text
    assert "/auth/signup/" not in mails.sent[0].text
    assert "http://localhost/auth/forgot" in mails.sent[0].text


def test_known_and_unknown_in_json(client: AuthClient, mails: Mailbox) -> None:
    """A program sees no difference either."""
    answers = [
        client.post("/auth/-/forms/signup", json={"email": email}, headers=JSON)
        for email in (EVE, ADA)
    ]
    assert answers[0].get_json()["ok"]
    assert answers[0].data == answers[1].data
    assert len(mails.sent) == 2


def test_no_hash(
    client: AuthClient, mails: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asking for a link costs no hash, whatever is sent along; signing up costs one."""
    hashed: list[bytes] = []
    scrypt = hashlib.scrypt

    def count(password: bytes, **options: Any) -> bytes:
        hashed.append(password)
        return scrypt(password, **options)

    monkeypatch.setattr(hashlib, "scrypt", count)
    for email in (EVE, ADA):
        data = {"email": email, "name": "x", "password": PASSWORD}
        assert client.post("/auth/-/forms/signup", data=data).status_code == 303
    assert hashed == []
    join(client, mails.link())
    assert hashed == [PASSWORD.encode()]


def test_json(client: AuthClient, mails: Mailbox) -> None:
    """A program signs up with JSON: it sends the key of the link."""

    def post(**data: Any) -> Any:
        answer = client.post("/auth/-/forms/signup", json=data, headers=JSON)
        return answer.status_code, answer.get_json()

    post(email=ADA)
    key = mails.link().rpartition("/")[2]
    status, answer = post(key=key, name="Ada", password="short")
    assert (status, list(answer["errors"])) == (422, ["password"])
    status, answer = post(key=key, name="", password=PASSWORD)
    assert (status, list(answer["errors"])) == (422, ["name"])
    assert post(key="x", name="Ada", password=PASSWORD)[0] == 410
    assert post(key=key, name="Ada", password=PASSWORD)[1] == {
        "ok": True,
        "redirect": "/",
    }
    assert client.get("/who").text == "Ada"
    assert post(key=key, name="Ada", password=PASSWORD)[0] == 410


@pytest.mark.parametrize("key", [["a"], {"a": 1}, 0, True, None, "x" * 10_000])
def test_odd_keys(client: AuthClient, key: object) -> None:
    """A key that is none gets 4xx or is no key, never 500."""
    data = {"key": key, "name": "Ada", "password": PASSWORD}
    answer = client.post("/auth/-/forms/signup", json=data, headers=JSON)
    assert 400 <= answer.status_code < 500
    assert client.get("/who").text == "nobody"


def test_another_address(app: Flask, client: AuthClient, mails: Mailbox) -> None:
    """It is the link that says whose account it will be, not what is sent."""
    ask(client)
    join(client, mails.link(), email="mallory@example.org")
    with app.app_context():
        users = current_state().services().users
        assert users.find("mallory@example.org") is None
        assert users.find(ADA) is not None


def test_no_account_by_asking(app: Flask, client: AuthClient, mails: Mailbox) -> None:
    """Nobody can take an address whose mail they do not read, nor block it."""
    for _ in range(3):
        ask(client)
    with app.app_context():
        assert current_state().services().users.find(ADA) is None
    for mail in mails.sent:
        assert PASSWORD not in mail.text
    join(client, mails.link())
    assert client.get("/who").text == "Ada"


def test_bad_link(client: AuthClient, mails: Mailbox, clock: Clock) -> None:
    """A used, old or made-up link is dead, and leads to where one asks for another."""
    ask(client)
    old = mails.link()
    clock.advance(24 * 3600)
    ask(client)
    join(client, mails.link())
    for link in (old, "/auth/signup/x", "/auth/signup/" + "ä" * 88):
        page = client.get(link)
        assert page.status_code == 410
    assert 'href="/auth/signup"' in page.text

    used = client.get(mails.link())
    assert used.status_code == 410


def test_account_meanwhile(
    app: Flask, auth: SimpleAuth, client: AuthClient, mails: Mailbox
) -> None:
    """Who has an account by now is told so, at the link as at the form."""
    ask(client)
    link = mails.link()
    page = client.get(link)
    with app.app_context():
        auth.create_user(ADA, PASSWORD)
    gone = client.get(link)
    assert gone.status_code == 410
    assert "has an account already" in gone.text
    assert 'href="/auth/login"' in gone.text
    assert page.status_code == 200
    data = {"key": link.rpartition("/")[2], "name": "Ada", "password": PASSWORD}
    answer = client.post("/auth/-/forms/signup", json=data, headers=JSON)
    assert answer.status_code == 422
    assert "has an account already" in answer.text


def test_weak_password(client: AuthClient, mails: Mailbox) -> None:
    """A password that will not do keeps what was typed, and the link good."""
    ask(client)
    response = join(client, mails.link(), password="short")
    assert response.status_code == 422
    assert "at least 12" in response.text
    assert 'value="Ada"' in response.text
    assert f'value="{ADA}"' in response.text
    assert join(client, mails.link()).status_code == 303


@pytest.mark.parametrize("email", ["", "nonsense", "x" * 1000 + "@b"])
def test_no_address(client: AuthClient, mails: Mailbox, email: str) -> None:
    """What is no address is said to be none."""
    assert ask(client, email).status_code == 422
    assert mails.sent == []


def test_throttled(client: AuthClient, mails: Mailbox) -> None:
    """Nobody's mailbox is filled: known and unknown addresses have to wait alike."""
    for email in (EVE, ADA):
        assert [ask(client, email).status_code for _ in range(6)] == [303] * 5 + [429]
    assert len(mails.sent) == 10


def test_mail_that_fails(
    app: Flask, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """A mail that cannot be sent changes no answer, and its link is not logged."""

    def fail(_: object) -> None:
        raise OSError("no connection")

    SimpleAuth(app, clock=clock, mailer=fail)
    client = client_for(app)
    with caplog.at_level(logging.DEBUG):
        assert ask(client).status_code == 303
    assert "A mail was not sent." in caplog.text
    assert "/auth/signup/" not in caplog.text


def test_poisoned_host(
    client: AuthClient, mails: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    """What a request says of its host is in no mail (CVE-2012-4520)."""
    headers = {"Host": "evil.example"}
    client.post("/auth/-/forms/signup", data={"email": ADA}, headers=headers)
    assert mails.sent == []
    assert "SIMPLEAUTH_ORIGIN is not set" in caplog.text


def test_signed_in_already(app: Flask, auth: SimpleAuth) -> None:
    """Who has signed in needs no sign-up page."""
    client = client_for(app, role="reader")
    assert client.get("/auth/signup").headers["Location"] == "/"


def test_form_on_another_page(app: Flask, client: AuthClient, mails: Mailbox) -> None:
    """The form can stand on any page, one with a key of its own too."""
    app.add_url_rule(
        "/item/<key>",
        "item",
        lambda key: render_template_string("{{ show_form('simpleauth.signup') }}"),
    )
    client.submit_form("simpleauth.signup", page="/item/7", email=ADA)
    assert client.get(mails.link()).status_code == 200


def test_invitation(app: Flask, auth: SimpleAuth, mails: Mailbox) -> None:
    """Who is invited gets a mail; the link is there to be handed over too."""
    app.config["SIMPLEAUTH_SIGN_UP"] = "invite"
    app.config["SIMPLEAUTH_ORIGIN"] = "https://example.org"
    with app.app_context():
        link = auth.invite("ADA@example.org", role="editor")
        with pytest.raises(Taken):
            auth.invite(EVE)

    assert link.startswith("https://example.org/auth/signup/")
    assert (mails.sent[0].to, len(mails.sent)) == (ADA, 1)
    assert link in mails.sent[0].text
    assert "within 7 days" in mails.sent[0].text
    client = client_for(app)
    assert join(client, mails.link()).status_code == 303
    assert client.get("/who").text == "Ada"
    with app.app_context():
        ada = auth.authenticate(ADA, PASSWORD)
        assert [role.name for role in ada.roles] == ["editor"]


def test_by_invitation_only(app: Flask, client: AuthClient, mails: Mailbox) -> None:
    """Where one has to be invited, nobody else gets in, and the page says so."""
    ask(client)  # while it was open
    other = Flask("other", instance_path=app.instance_path)
    other.config.update(app.config, SIMPLEAUTH_SIGN_UP="invite")
    SimpleAuth(other, mailer=mails, clock=app.extensions["simpleauth"]._clock)
    visitor = client_for(other)

    page = visitor.get("/auth/signup")
    assert page.status_code == 403
    assert "by invitation" in page.text
    assert "<form" not in page.text
    assert "/auth/signup" not in visitor.get("/auth/login").text
    answer = visitor.post("/auth/-/forms/signup", data={"email": ADA})
    assert answer.status_code == 403
    dead = visitor.get(mails.link())
    assert dead.status_code == 410
    assert "/auth/signup" not in dead.text
    assert len(mails.sent) == 1


def test_closed(app: Flask, auth: SimpleAuth, client: AuthClient) -> None:
    """Where sign-up is closed, invitations open nothing and cannot be made."""
    with app.app_context():
        link = auth.invite(ADA)
    other = Flask("other", instance_path=app.instance_path)
    other.config.update(app.config, SIMPLEAUTH_SIGN_UP="closed")
    closed = SimpleAuth(other)
    visitor = client_for(other)
    assert "Nobody can sign up here" in visitor.get("/auth/signup").text
    assert visitor.get(link).status_code == 410
    data = {"key": link.rpartition("/")[2], "name": "Ada", "password": PASSWORD}
    assert visitor.post("/auth/-/forms/signup", data=data).status_code == 410
    with other.app_context(), pytest.raises(RuntimeError, match="'invite'"):
        closed.invite(ADA)


def test_without_a_mailer(app: Flask, clock: Clock) -> None:
    """A site without mail can invite too: the link is handed over."""
    app.config["SIMPLEAUTH_SIGN_UP"] = "invite"
    SimpleAuth(app, clock=clock)
    runner = app.test_cli_runner()
    result = runner.invoke(args="auth invite ada@example.org --role editor")
    link = result.output.strip()
    assert join(client_for(app), link).status_code == 303
    again = runner.invoke(args="auth invite ada@example.org")
    assert "has an account already" in again.output
    assert again.exit_code == 1


def test_withdrawn(app: Flask, client: AuthClient) -> None:
    """An invitation can be taken back on the command line."""
    runner = app.test_cli_runner()
    link = runner.invoke(args="auth invite ada@example.org").output.split()[-1]
    assert client.get(link).status_code == 200
    result = runner.invoke(args="auth invite ada@example.org --withdraw")
    assert result.output == "1 ended.\n"
    assert client.get(link).status_code == 410


class Base(DeclarativeBase):
    pass


class Member(Base):
    """A class with a column of its own, and without roles."""

    __tablename__ = "member"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    city: Mapped[str]
    is_admin: Mapped[bool] = mapped_column(default=False)


class MemberForm(SignupForm):
    """Become a member."""

    city = StringField("Where do you live?", [DataRequired("Enter a place.")])

    def own_values(self) -> dict[str, Any]:
        return {"city": self.city.data}


@pytest.fixture
def members(app: Flask) -> Any:
    """A site with a sign-up form of its own."""
    db = SQLAlchemy(model_class=Base)
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
    db.init_app(app)
    store = SQLAlchemyStore(db, Member)
    auth: SimpleAuth[Member] = SimpleAuth(app, store=store, sign_up_form=MemberForm)
    with app.app_context():
        db.create_all()
    yield auth
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def city_of(app: Flask) -> tuple[str, bool]:
    with app.app_context():
        ada: Any = current_state().services().users.find(ADA)
        return ada.city, ada.is_admin


def test_own_form(app: Flask, members: SimpleAuth[Member]) -> None:
    """An app's own form asks for more, above the button, and that is kept."""
    client = client_for(app)
    page = client.get("/auth/signup").text
    assert page.index("Where do you live?") < page.index('type="submit"')
    data = {"name": "Ada", "email": ADA, "password": PASSWORD}
    response = client.post("/auth/-/forms/signup", data=data)
    assert response.status_code == 422
    assert "Enter a place." in response.text
    answer = client.post(
        "/auth/-/forms/signup", data={**data, "city": "London", "is_admin": "1"}
    )
    assert answer.status_code == 303
    assert city_of(app) == ("London", False)


def test_own_form_by_mail(app: Flask, members: SimpleAuth[Member]) -> None:
    """Where mail is sent, the app's own fields are asked for behind the link."""
    mails = Mailbox()
    app.extensions["simpleauth"].replace(mailer=mails)
    client = client_for(app)
    assert "Where do you live?" not in client.get("/auth/signup").text
    ask(client)
    join(client, mails.link(), city="London")
    assert city_of(app) == ("London", False)


def test_role_without_roles(app: Flask, members: SimpleAuth[Member]) -> None:
    """A role that there is no place for is refused before anybody is invited."""
    with app.app_context(), pytest.raises(RuntimeError, match="attribute for roles"):
        members.invite(ADA, role="admin")


def test_wrong_form() -> None:
    """A sign-up form that is not made of ours is refused at start."""
    form: Any = json.JSONEncoder
    with pytest.raises(RuntimeError, match="JSONEncoder cannot be the sign-up form"):
        SimpleAuth(sign_up_form=form)
