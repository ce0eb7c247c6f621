from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_simpleauth import SimpleAuth
from werkzeug.test import TestResponse

if TYPE_CHECKING:
    from conftest import Clock

PASSWORD = "correct horse battery"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1"


def send(client: FlaskClient, form: str, **data: Any) -> TestResponse:
    headers = {"Sec-Fetch-Site": "same-origin"}
    return client.post(f"/auth/-/forms/{form}", data=data, headers=headers)


def sign_in(app: Flask, agent: str = FIREFOX, name: str = "ada") -> FlaskClient:
    """Return a browser that is signed in."""
    client = app.test_client()
    client.environ_base["HTTP_USER_AGENT"] = agent
    send(client, "login", email=f"{name}@example.org", password=PASSWORD)
    return client


def is_in(client: FlaskClient) -> bool:
    return client.get("/auth/account").status_code == 200


def buttons(client: FlaskClient) -> dict[str, dict[str, str]]:
    """Return what each button of the list sends, by the button's name."""
    page = client.get("/auth/account").text
    forms = re.findall(r"<form [^>]*forms/end-session.*?</form>", page, re.DOTALL)
    return {
        re.findall(r'<input aria-label="(Sign out [^"]*)"', form)[0]: {
            html.unescape(name): html.unescape(value)
            for name, value in re.findall(r'name="([^"]*)"[^>]*? value="([^"]*)"', form)
        }
        for form in forms
    }


@pytest.fixture
def client(app: Flask, auth: SimpleAuth) -> FlaskClient:
    """A browser that Ada is signed in with."""
    with app.app_context():
        for name in ("ada", "eve"):
            auth.create_user(f"{name}@example.org", PASSWORD, name=name)
    return sign_in(app)


def test_sign_out_one(app: Flask, client: FlaskClient, clock: Clock) -> None:
    """Each other device has a button named after it, which signs that one out."""
    phone = sign_in(app, SAFARI)
    clock.now += 3600
    laptop = sign_in(app)
    assert list(buttons(client)) == [
        "Sign out Firefox · Linux, last used 2027-01-15 09:00 UTC",
        "Sign out Safari · iPhone, last used 2027-01-15 08:00 UTC",
    ]

    send(client, "confirm", password=PASSWORD)
    fields = list(buttons(client).values())[1]
    assert send(client, "end-session", **fields).headers["Location"] == "/auth/account"
    assert "That device is signed out." in flashes(client)
    assert [is_in(each) for each in (client, phone, laptop)] == [True, False, True]
    assert len(buttons(client)) == 1


def flashes(client: FlaskClient) -> str:
    with client.session_transaction() as session:
        return str(session.get("_flashes"))


def test_button_pressed_twice(app: Flask, client: FlaskClient) -> None:
    """Signing a device out that is out already is no error."""
    sign_in(app)
    [fields] = buttons(client).values()
    for _ in range(2):
        assert send(client, "end-session", **fields).status_code == 303


def test_not_anothers(app: Flask, client: FlaskClient) -> None:
    """Nobody ends a session of somebody else, whatever they send."""
    sign_in(app)
    [fields] = buttons(client).values()
    eve = sign_in(app, name="eve")
    others = sign_in(app, SAFARI, name="eve")
    [of_eve] = buttons(eve).values()

    assert send(eve, "end-session", **fields).status_code == 400
    assert send(eve, "end-session", session=fields["session"]).status_code == 303
    tampered = {**of_eve, "session": fields["session"]}
    assert send(eve, "end-session", **tampered).status_code == 303
    assert len(buttons(client)) == 1
    assert is_in(others)


def test_json(app: Flask, client: FlaskClient) -> None:
    """A script lists the sessions, ends one by its name, and its own at last."""
    other = sign_in(app, SAFARI)
    headers = {"Accept": "application/json", "Sec-Fetch-Site": "same-origin"}

    def listed() -> list[Any]:
        sessions: list[Any] = client.get("/auth/account", headers=headers).get_json()[
            "sessions"
        ]
        return sessions

    def end(session: str) -> TestResponse:
        return client.post(
            "/auth/-/forms/end-session", json={"session": session}, headers=headers
        )

    assert [each["is_this"] for each in listed()] == [True, False]
    assert listed()[1]["device"] == "Safari · iPhone"
    assert listed()[1]["started_at"] == "2027-01-15T08:00:00+00:00"
    assert end(listed()[1]["session"]).get_json()["ok"]
    assert not is_in(other)
    assert end("").get_json()["ok"]
    assert is_in(client)

    assert end(listed()[0]["session"]).get_json() == {"ok": True, "redirect": "/"}
    assert not is_in(client)


def test_other_sessions(app: Flask, client: FlaskClient) -> None:
    """Other devices are out at once, the one at hand is not."""
    others = [sign_in(app), sign_in(app, SAFARI)]
    assert "everywhere else" in client.get("/auth/account").text

    assert send(client, "other-sessions").status_code == 303
    assert is_in(client)
    assert not any(map(is_in, others))
    assert "everywhere else" not in client.get("/auth/account").text


def test_password_first(app: Flask, client: FlaskClient, clock: Clock) -> None:
    """Long after it was shown, the password is asked for (OWASP ASVS 7.5.2).

    Else a thief with a session that is open could sign the owner out everywhere.
    """
    other = sign_in(app, SAFARI)
    clock.advance(601)
    fields = next(each for name, each in buttons(client).items() if "Safari" in name)

    for form, data in (("other-sessions", {}), ("end-session", fields)):
        asked = send(client, form, **data)
        assert asked.status_code == 401
        assert 'name="password"' in asked.text
    assert is_in(other)

    send(client, "confirm", password=PASSWORD)
    send(client, "other-sessions")
    assert is_in(client)
    assert not is_in(other)


@pytest.mark.parametrize("form", ["end-session", "other-sessions"])
def test_visitors_cannot(app: Flask, auth: SimpleAuth, form: str) -> None:
    """The forms are guarded themselves."""
    response = send(app.test_client(), form, session="x")
    assert response.headers["Location"].startswith("/auth/login")
