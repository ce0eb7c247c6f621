"""API tokens on the account's pages."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from flask_simpleauth import SimpleAuth
from flask_simpleauth.testing import AuthClient

if TYPE_CHECKING:
    from conftest import Clock

PASSWORD = "correct horse battery"
TOKEN = re.compile(r"sa_[\w-]{51}")
OWN_SITE = {"Sec-Fetch-Site": "same-origin"}
JSON = {**OWN_SITE, "Accept": "application/json"}


@pytest.fixture
def auth(app: Flask, clock: Clock) -> SimpleAuth:
    """SimpleAuth where editors may edit and burn posts."""
    return SimpleAuth(
        app, clock=clock, permissions={"editor": ["posts.edit", "posts.burn"]}
    )


@pytest.fixture
def client(app: Flask, auth: SimpleAuth) -> AuthClient:
    """A browser that Ada is signed in with, and views for programs."""
    app.add_url_rule("/in", "in", auth.login_required(lambda: "in"))
    edit = auth.login_required(permission="posts.edit")
    app.add_url_rule("/edit", "edit", edit(lambda: "in"))
    with app.app_context():
        ada = auth.create_user("ada@example.org", PASSWORD, name="Ada")
        auth.create_user("eve@example.org", PASSWORD, name="Eve")
        return auth.test_client(ada)


def make(client: AuthClient, **data: Any) -> str:
    """Make a token, and return its text."""
    answer = client.post(
        "/auth/-/forms/create-token",
        data={"name": "backup", "days": "90", **data},
        headers=OWN_SITE,
    )
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    (text,) = {*TOKEN.findall(answer.text)}
    return str(text)


def status(client: AuthClient, text: str, path: str = "/in") -> int:
    """Show a token, as a program does, and return what that is answered with."""
    headers = {"Authorization": f"Bearer {text}"}
    return client.application.test_client().get(path, headers=headers).status_code


def buttons(client: AuthClient) -> dict[str, dict[str, str]]:
    """Return what each button of the list sends, by the button's name."""
    forms = re.findall(
        r"<form [^>]*forms/revoke-token.*?</form>",
        client.get("/auth/tokens").text,
        re.DOTALL,
    )
    return {
        re.findall(r'<input aria-label="([^"]*)"', form)[0]: {
            html.unescape(name): html.unescape(value)
            for name, value in re.findall(r'name="([^"]*)"[^>]*? value="([^"]*)"', form)
        }
        for form in forms
    }


def revoke(client: AuthClient, **data: str) -> int:
    path = "/auth/-/forms/revoke-token"
    return client.post(path, data=data, headers=OWN_SITE).status_code


def test_make_and_end(client: AuthClient) -> None:
    """A token is shown once, works, is listed without its text, and can be ended."""
    assert 'href="/auth/tokens"' in client.get("/auth/account").text
    text = make(client, name="Nightly <backup>")
    assert status(client, text) == 200

    page = client.get("/auth/tokens").text
    assert "Nightly &lt;backup&gt;" in page
    assert not TOKEN.search(page)

    (label,) = own = buttons(client)
    assert html.unescape(label) == "End Nightly <backup>"
    assert revoke(client, **own[label]) == 303
    assert status(client, text) == 401
    assert "good for nothing any more" in client.get("/auth/tokens").text
    assert buttons(client) == {}


def test_of_two_the_right_one_ends(client: AuthClient) -> None:
    """Each token has a button of its own."""
    one, other = make(client, name="one"), make(client, name="other")
    assert revoke(client, **buttons(client)["End one"]) == 303
    assert (status(client, one), status(client, other)) == (401, 200)


def test_ended_twice(client: AuthClient) -> None:
    """A button that was pressed twice does no harm."""
    make(client)
    (fields,) = buttons(client).values()
    revoke(client, **fields)
    assert revoke(client, **fields) in (303, 404)


def test_of_another(app: Flask, client: AuthClient, auth: SimpleAuth) -> None:
    """Nobody can end what belongs to somebody else, or sees it."""
    text = make(client, name="mine")
    (fields,) = buttons(client).values()
    with app.app_context():
        eve = auth.authenticate("eve@example.org", PASSWORD)
        enemy = auth.test_client(eve)
    assert "mine" not in enemy.get("/auth/tokens").text
    revoke(enemy, **fields)
    assert status(client, text) == 200


@pytest.mark.parametrize(("days", "lasts"), [("1", 1), ("365", 365), ("", 5000)])
def test_end(client: AuthClient, clock: Clock, days: str, lasts: int) -> None:
    """A token is good for as long as was chosen."""
    text = make(client, days=days)
    clock.advance(timedelta(days=lasts, seconds=-1))
    assert status(client, text) == 200
    clock.advance(1)
    assert status(client, text) == (401 if days else 200)


def test_scopes(app: Flask, client: AuthClient, auth: SimpleAuth) -> None:
    """Who has permissions can limit a token to some of them, and to no others."""
    assert "posts.edit" not in client.get("/auth/tokens").text
    with app.app_context():
        auth.grant(auth.authenticate("ada@example.org", PASSWORD), "editor")
    assert "posts.edit" in client.get("/auth/tokens").text

    limited, other = (
        make(client, scopes="posts.edit"),
        make(client, scopes="posts.burn"),
    )
    assert [status(client, limited, path) for path in ("/edit", "/in")] == [200, 403]
    assert status(client, other, "/edit") == 403
    unlimited = make(client)
    assert [status(client, unlimited, path) for path in ("/edit", "/in")] == [200, 200]

    data = {"name": "x", "days": "90", "scopes": "site.own"}
    path = "/auth/-/forms/create-token"
    assert client.post(path, data=data, headers=OWN_SITE).status_code == 422


@pytest.mark.parametrize(
    "data",
    [
        {"name": ""},
        {"name": "x" * 101},
        {"days": "0"},
        {"days": "4000"},
        {"days": "never"},
    ],
)
def test_wrong_input(client: AuthClient, data: dict[str, str]) -> None:
    """A token needs a name, and its days are a number that makes sense."""
    sent = {"name": "backup", "days": "90", **data}
    path = "/auth/-/forms/create-token"
    assert client.post(path, data=sent, headers=OWN_SITE).status_code == 422
    assert buttons(client) == {}


def test_odd_names(client: AuthClient) -> None:
    """A name has no characters that no database keeps, and others besides those."""
    make(client, name="back\0up\x1b[2J")
    assert [html.unescape(label) for label in buttons(client)] == ["End backup[2J"]
    data = {"name": "\0\x7f", "days": "90"}
    path = "/auth/-/forms/create-token"
    assert client.post(path, data=data, headers=OWN_SITE).status_code == 422


def test_last_use(client: AuthClient, clock: Clock) -> None:
    """The list tells of the first use at once, and of the last one to ten minutes."""
    text = make(client)
    assert "not used yet" in client.get("/auth/tokens").text
    for seconds, noted in ((60, "08:01"), (599, "08:01"), (1, "08:11")):
        clock.advance(seconds)
        status(client, text)
        page = client.get("/auth/tokens").text
        assert f"last used 2027-01-15 {noted} UTC" in page


def test_password_was_shown_long_ago(client: AuthClient, clock: Clock) -> None:
    """Who finds the browser open makes no token: the password comes first."""
    clock.advance(601)
    data = {"name": "backup", "days": "90"}
    path = "/auth/-/forms/create-token"
    answer = client.post(path, data=data, headers=OWN_SITE)
    assert answer.status_code == 401
    assert "Your password, please" in answer.text
    assert buttons(client) == {}


def test_programs_make_no_tokens(client: AuthClient) -> None:
    """A token is no way to other tokens."""
    headers = {"Authorization": f"Bearer {make(client)}", **OWN_SITE}
    answer = client.application.test_client().post(
        "/auth/-/forms/create-token", json={"name": "x", "days": 90}, headers=headers
    )
    assert answer.status_code == 401
    assert len(buttons(client)) == 1


def test_json(client: AuthClient) -> None:
    """A script does the same in JSON."""
    answer = client.post(
        "/auth/-/forms/create-token", json={"name": "backup", "days": 30}, headers=JSON
    )
    assert answer.status_code == 201
    assert answer.json is not None
    assert status(client, answer.json["token"]) == 200

    listed = client.get("/auth/tokens", headers=JSON).json
    assert listed is not None
    (token,) = listed["api_tokens"]
    identifier = token.pop("token")
    assert token == {
        "name": "backup",
        "scopes": [],
        "made_at": "2027-01-15T08:00:00+00:00",
        "used_at": None,
        "ends_at": "2027-02-14T08:00:00+00:00",
    }
    account = client.get("/auth/account", headers=JSON).json
    assert account is not None
    assert account["api_tokens"][0]["name"] == "backup"

    data = {"token": identifier}
    ended = client.post("/auth/-/forms/revoke-token", json=data, headers=JSON)
    assert ended.status_code == 200
    assert status(client, answer.json["token"]) == 401


def test_limit(client: AuthClient) -> None:
    """Nobody fills the store with tokens."""
    for _ in range(20):
        make(client)
    data = {"name": "backup", "days": "90"}
    path = "/auth/-/forms/create-token"
    assert client.post(path, data=data, headers=OWN_SITE).status_code == 429


def test_stranger(app: Flask, client: AuthClient) -> None:
    """Who is not signed in is asked to."""
    stranger = app.test_client()
    assert stranger.get("/auth/tokens").status_code == 303
    for form in ("create-token", "revoke-token"):
        answer = stranger.post(f"/auth/-/forms/{form}", headers=OWN_SITE)
        assert answer.status_code in (303, 401, 422)
