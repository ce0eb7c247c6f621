from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_simpleauth import SimpleAuth
from werkzeug.test import TestResponse

if TYPE_CHECKING:
    from conftest import Clock

PASSWORD = "correct horse battery"
NEW = "staple correct horse"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"


def send(client: FlaskClient, form: str, **data: Any) -> TestResponse:
    headers = {"Sec-Fetch-Site": "same-origin", "User-Agent": FIREFOX}
    return client.post(f"/auth/-/forms/{form}", data=data, headers=headers)


def sign_in(client: FlaskClient, password: str = PASSWORD, **data: Any) -> TestResponse:
    return send(client, "login", email="ada@example.org", password=password, **data)


@pytest.fixture
def client(app: Flask, auth: SimpleAuth) -> FlaskClient:
    """A browser that Ada is signed in with; ``/burn`` asks for a fresh password."""
    burn = auth.login_required(fresh=timedelta(minutes=10))(lambda: "burnt")
    app.add_url_rule("/burn", "burn", burn, methods=["GET", "POST"])
    with app.app_context():
        auth.create_user("ada@example.org", PASSWORD, name="Ada")
    client = app.test_client()
    sign_in(client)
    return client


def is_in(client: FlaskClient) -> bool:
    return client.get("/auth/account").status_code == 200


def test_page(app: Flask, client: FlaskClient) -> None:
    """The page tells where one is signed in, and is nobody else's."""
    assert app.test_client().get("/auth/account").status_code == 303
    page = client.get("/auth/account")
    assert "ada@example.org" in page.text
    assert page.text.count("Firefox · Linux") == 1
    assert "(this one)" in page.text
    assert "everywhere else" not in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_change_password(app: Flask, client: FlaskClient) -> None:
    """A new password works, the old one does not, and other devices are out."""
    other = app.test_client()
    sign_in(other)
    before = client.get_cookie("simpleauth")
    assert send(client, "password", current=PASSWORD, new=NEW).status_code == 303

    assert is_in(client)
    assert not is_in(other)
    assert client.get_cookie("simpleauth") != before
    assert sign_in(other).status_code == 422
    assert sign_in(other, NEW).status_code == 303


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"current": "", "new": NEW}, "Enter your current password."),
        ({"current": PASSWORD, "new": ""}, "Enter a new password."),
        ({"current": "wrong", "new": NEW}, "That is not your current password."),
        ({"current": PASSWORD, "new": "short"}, "Use at least 12 characters."),
        ({"current": PASSWORD, "new": "ada@example.org"}, "more than your name"),
    ],
)
def test_password_not_changed(
    app: Flask, client: FlaskClient, data: dict[str, str], message: str
) -> None:
    """Without the current password, or for a weak new one, nothing changes."""
    response = send(client, "password", **data)
    assert response.status_code == 422
    assert message in response.text
    assert sign_in(app.test_client()).status_code == 303


def test_guessing_the_current_password(client: FlaskClient) -> None:
    """Whoever finds a signed-in device cannot try passwords on it without end."""
    for _ in range(10):
        send(client, "password", current="wrong", new=NEW)
    response = send(client, "password", current=PASSWORD, new=NEW)
    assert response.status_code == 429
    assert "Retry-After" in response.headers


@pytest.mark.parametrize("form", ["password", "confirm"])
def test_visitors_cannot(app: Flask, auth: SimpleAuth, form: str) -> None:
    """The forms are guarded themselves."""
    data = {"current": PASSWORD, "new": NEW, "password": PASSWORD}
    response = send(app.test_client(), form, **data)
    assert response.headers["Location"].startswith("/auth/login")


def test_stay_signed_in(app: Flask, client: FlaskClient, clock: Clock) -> None:
    """Who asks to stay signed in is still there after a week without a visit."""
    phone = app.test_client()
    cookie = sign_in(phone, remember="y").headers["Set-Cookie"]
    assert "Max-Age=2592000" in cookie

    clock.now += 7 * 86400
    assert is_in(phone)
    assert not is_in(client)


def test_stay_signed_in_after_a_new_password(app: Flask, client: FlaskClient) -> None:
    """A remembered device stays one when the password is changed on it."""
    phone = app.test_client()
    sign_in(phone, remember="y")
    response = send(phone, "password", current=PASSWORD, new=NEW)
    assert "Max-Age=2592000" in response.headers["Set-Cookie"]


def test_fresh(client: FlaskClient, clock: Clock) -> None:
    """Ten minutes after signing in, the password is asked for once more."""
    clock.now += 600
    assert client.get("/burn").text == "burnt"

    clock.now += 1
    page = client.get("/burn?all=1", follow_redirects=True)
    assert page.request.path == "/auth/confirm"
    fields = dict(re.findall(r'name="([^"]+)"[^>]*value="([^"]*)"', page.text))
    before = client.get_cookie("simpleauth")
    response = send(client, "confirm", **{**fields, "password": PASSWORD})

    assert response.headers["Location"] == "/burn?all=1"
    assert client.get("/burn").text == "burnt"
    assert client.get_cookie("simpleauth") != before


def test_fresh_with_a_wrong_password(client: FlaskClient, clock: Clock) -> None:
    """A wrong password does not do, and cannot be tried without end."""
    clock.now += 601
    response = send(client, "confirm", password="wrong")
    assert response.status_code == 422
    assert "That is not your password." in response.text
    assert client.get("/burn").status_code == 303

    for _ in range(9):
        send(client, "confirm", password="wrong")
    assert send(client, "confirm", password=PASSWORD).status_code == 429


def test_fresh_is_not_anothers(
    app: Flask, auth: SimpleAuth, client: FlaskClient, clock: Clock
) -> None:
    """Somebody else's password does not do, whatever address is posted with it."""
    with app.app_context():
        auth.create_user("eve@example.org", NEW)
    clock.now += 601
    send(client, "confirm", email="eve@example.org", password=NEW)
    assert client.get("/burn").status_code == 303


def test_fresh_for_visitors_and_programs(
    app: Flask, auth: SimpleAuth, client: FlaskClient
) -> None:
    """A visitor is asked to sign in; a program has no password to show."""
    visitor = app.test_client()
    assert visitor.get("/burn").headers["Location"].startswith("/auth/login")
    assert visitor.get("/auth/confirm").headers["Location"].startswith("/auth/login")

    with app.app_context():
        token = auth.create_api_token(
            auth.authenticate("ada@example.org", PASSWORD), "backup"
        )
    headers = {"Authorization": f"Bearer {token}"}
    assert visitor.get("/burn", headers=headers).status_code == 401
