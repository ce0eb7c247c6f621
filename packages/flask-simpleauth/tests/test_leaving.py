"""The pages for leaving: taking one's data along, and deleting the account."""

from __future__ import annotations

import re
import uuid
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_simpleauth import AuthError, SimpleAuth, user_deleting
from werkzeug.test import TestResponse

if TYPE_CHECKING:
    from conftest import Clock

PASSWORD = "correct horse battery"
JSON = {"Accept": "application/json", "Sec-Fetch-Site": "same-origin"}
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"


def send(client: FlaskClient, form: str, **data: Any) -> TestResponse:
    headers = {"Sec-Fetch-Site": "same-origin", "User-Agent": FIREFOX}
    return client.post(f"/auth/-/forms/{form}", data=data, headers=headers)


def sign_in(app: Flask) -> FlaskClient:
    client = app.test_client()
    send(client, "login", email="ada@example.org", password=PASSWORD, remember="y")
    return client


@pytest.fixture
def client(app: Flask, auth: SimpleAuth) -> FlaskClient:
    """A browser that Ada, an editor with a token, is signed in with."""
    with app.app_context():
        ada = auth.create_user("ada@example.org", PASSWORD, name="Ada Ångström")
        auth.grant(ada, "editor")
        auth.create_api_token(ada, "backup", scopes=["posts.edit"])
        auth.create_api_token(ada, "deploy", lifetime=timedelta(days=1))
    return sign_in(app)


def test_page(client: FlaskClient) -> None:
    """The account page leads to both, and deleting is a page of its own."""
    page = client.get("/auth/account").text
    assert "Download my data" in page
    assert 'href="/auth/delete"' in page
    assert "/auth/-/forms/delete" in client.get("/auth/delete").text


def test_delete(app: Flask, client: FlaskClient) -> None:
    """The account is gone, one is signed out everywhere, and can sign up anew."""
    other = sign_in(app)
    response = send(client, "delete", sure="y")
    assert (response.status_code, response.headers["Location"]) == (303, "/")
    assert response.headers["Set-Cookie"].startswith("simpleauth=;")
    with client.session_transaction() as session:
        assert "Your account is deleted." in str(session["_flashes"])

    for each in (client, other):
        assert each.get("/auth/account").status_code == 303
    data = {"email": "ada@example.org", "password": PASSWORD}
    assert send(client, "login", **data).status_code == 422
    assert send(client, "signup", name="Ada", **data).status_code == 303


def test_not_sure(client: FlaskClient) -> None:
    """Without the tick nothing is deleted."""
    response = send(client, "delete")
    assert response.status_code == 422
    assert "Tick the box" in response.text
    assert client.get("/auth/account").status_code == 200


@pytest.mark.parametrize("form", ["delete", "export"])
def test_password(client: FlaskClient, clock: Clock, form: str) -> None:
    """Who showed the password long ago shows it once more, and goes on."""
    clock.now += 601
    asked = send(client, form, sure="y")
    assert asked.status_code == 401
    fields = dict(re.findall(r'name="([^"]*)"[^>]*? value="([^"]*)"', asked.text))
    page = send(client, "confirm", **{**fields, "password": PASSWORD})
    fields = dict(re.findall(r'name="([^"]*)" value="([^"]*)"', page.text))
    done = send(client, form, **fields)
    assert done.status_code == (303 if form == "delete" else 200)


def test_delete_page_asks_for_the_password(client: FlaskClient, clock: Clock) -> None:
    """The page asks for it at once, before one has ticked anything."""
    clock.now += 601
    assert client.get("/auth/delete").headers["Location"].startswith("/auth/confirm")


def test_refused(client: FlaskClient) -> None:
    """What keeps an account from being deleted is said, as a page and as JSON."""

    def refuse(sender: object, user: Any) -> None:
        raise AuthError("You have an open order.")

    with user_deleting.connected_to(refuse):
        response = send(client, "delete", sure="y")
        as_json = client.post("/auth/-/forms/delete", json={"sure": True}, headers=JSON)
    assert response.status_code == 422
    assert "You have an open order." in response.text
    assert as_json.get_json() == {"errors": {"": ["You have an open order."]}}
    assert client.get("/auth/account").status_code == 200


def test_delete_with_json(client: FlaskClient, clock: Clock) -> None:
    """A script deletes too, and is told where the password is to be shown first."""
    clock.now += 601
    body = {"json": {"sure": True}, "headers": JSON}
    asked = client.post("/auth/-/forms/delete", **body)
    assert asked.status_code == 401
    assert asked.get_json()["redirect"].startswith("/auth/confirm?next=")

    confirmed = client.post(
        "/auth/-/forms/confirm", json={"password": PASSWORD}, headers=JSON
    )
    assert confirmed.get_json()["ok"]
    assert client.post("/auth/-/forms/delete", **body).get_json() == {
        "ok": True,
        "redirect": "/",
    }
    assert client.get("/auth/account", headers=JSON).status_code == 401


def test_export(app: Flask, auth: SimpleAuth, client: FlaskClient) -> None:
    """The file has what we keep and what the app adds, and nothing that gives power."""

    @auth.exporter
    def posts(user: Any) -> dict[str, Any]:
        return {"posts": [{"title": f"by {user.name}", "key": uuid.UUID(int=1)}]}

    @auth.exporter
    def rest(user: Any) -> dict[str, Any]:
        return {"likes": 3}

    response = send(client, "export")
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="account.json"'
    )
    assert response.headers["Cache-Control"] == "no-store"
    assert "Ångström" in response.text
    account = response.get_json()["account"]
    assert {name: account[name] for name in ("id", "email", "name", "roles")} == {
        "id": 1,
        "email": "ada@example.org",
        "name": "Ada Ångström",
        "roles": ["editor"],
    }
    assert response.get_json()["sessions"] == [
        {
            "device": "Firefox · Linux",
            "started_at": "2027-01-15T08:00:00+00:00",
            "used_at": "2027-01-15T08:00:00+00:00",
            "remembered": True,
        }
    ]
    tokens = {t["name"]: t for t in response.get_json()["api_tokens"]}
    assert tokens["backup"]["scopes"] == ["posts.edit"]
    assert tokens["backup"]["ends_at"] is None
    assert tokens["deploy"]["ends_at"] == "2027-01-16T08:00:00+00:00"
    assert response.get_json()["posts"][0]["title"] == "by Ada Ångström"
    assert response.get_json()["likes"] == 3
    assert "scrypt" not in response.text
    assert not re.search(r"[0-9a-f]{64}", response.text)


def test_export_of_the_same_name(
    app: Flask, auth: SimpleAuth, client: FlaskClient
) -> None:
    """What the app adds cannot take the place of what we keep."""
    auth.exporter(lambda user: {"sessions": []})
    with pytest.raises(RuntimeError, match="export are called sessions"):
        send(client, "export")


def test_account_as_json(app: Flask, client: FlaskClient) -> None:
    """A script gets the account without its secrets."""
    found = client.get("/auth/account", headers=JSON).get_json()
    assert found["account"]["email"] == "ada@example.org"
    assert "password_hash" not in found["account"]
    assert len(found["sessions"]) == 1


@pytest.mark.parametrize("form", ["delete", "export"])
def test_visitors_and_programs_cannot(
    app: Flask, auth: SimpleAuth, client: FlaskClient, form: str
) -> None:
    """Nobody and no program's token can do either."""
    response = send(app.test_client(), form, sure="y")
    assert response.headers["Location"].startswith("/auth/login")
    with app.app_context():
        user = auth.authenticate("ada@example.org", PASSWORD)
        text = auth.create_api_token(user, "all")
    headers = {"Authorization": f"Bearer {text}", "Sec-Fetch-Site": "same-origin"}
    response = app.test_client().post(
        f"/auth/-/forms/{form}", data={"sure": "y"}, headers=headers
    )
    assert response.status_code == 401


def test_dates_in_an_account(app: Flask) -> None:
    """A date that the user class has under one of our names is written as a date."""
    from flask_simpleauth.stores.memory import MemoryStore
    from flask_simpleauth.takeout import account_data

    auth = SimpleAuth(app, store=MemoryStore())
    with app.app_context():
        user = auth.create_user("ada@example.org", PASSWORD)
        user.name = date(2027, 1, 15)  # type: ignore[assignment] # as a class may do
        services = app.extensions["simpleauth"].services()
        assert account_data(services, user)["name"] == "2027-01-15"


def test_command_line(app: Flask, client: FlaskClient) -> None:
    """Whoever runs the site can do both for somebody who asks by mail."""
    runner = app.test_cli_runner()
    exported = runner.invoke(args="auth export ada@example.org")
    assert '"email": "ada@example.org"' in exported.output
    assert "scrypt" not in exported.output

    asked = runner.invoke(args="auth delete-user ada@example.org", input="n\n")
    assert asked.exit_code == 1
    assert client.get("/auth/account").status_code == 200
    done = runner.invoke(args="auth delete-user ada@example.org --yes")
    assert done.output == "The account of ada@example.org is deleted.\n"
    assert client.get("/auth/account").status_code == 303
    gone = runner.invoke(args="auth delete-user ada@example.org --yes")
    assert "Nobody has an account" in gone.output
