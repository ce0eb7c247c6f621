from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from flask_simpleauth import SimpleAuth, audited, signed_out

if TYPE_CHECKING:
    from conftest import Clock

PASSWORD = "correct horse battery"
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def auth(app: Flask, clock: Clock) -> SimpleAuth:
    """SimpleAuth where editors may edit and burn posts."""
    return SimpleAuth(
        app, clock=clock, permissions={"editor": ["posts.edit", "posts.burn"]}
    )


@pytest.fixture
def ada(app: Flask, auth: SimpleAuth) -> Any:
    """An editor, and views that ask for more and less."""

    @app.route("/who", methods=["GET", "POST"])
    def who() -> str:
        return auth.user.name if auth.user else "nobody"

    for path, guard in {
        "/in": auth.login_required,
        "/edit": auth.login_required(permission="posts.edit"),
        "/burn": auth.login_required(permission="posts.burn"),
        "/role": auth.login_required(role="editor"),
    }.items():
        app.add_url_rule(path, path, guard(lambda: "in"))

    with app.app_context():
        ada = auth.create_user("ada@example.org", PASSWORD, name="Ada")
        auth.grant(ada, "editor")
    return ada


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def make(app: Flask, auth: SimpleAuth, user: Any, **options: Any) -> str:
    with app.app_context():
        return auth.create_api_token(user, "backup", **options)


def test_token(app: Flask, auth: SimpleAuth, ada: Any) -> None:
    """A program with a token acts as its owner, without a cookie or CSRF token."""
    headers = bearer(make(app, auth, ada))
    client = app.test_client()

    assert client.get("/who", headers=headers).text == "Ada"
    response = client.post("/who", headers=headers)
    assert response.text == "Ada"
    assert response.headers["Vary"] == "Authorization, Cookie"
    assert "Set-Cookie" not in response.headers
    for path in ("/in", "/edit", "/role"):
        assert client.get(path, headers=headers).text == "in"
    assert client.get("/who").text == "nobody"


def test_scopes(app: Flask, auth: SimpleAuth, ada: Any) -> None:
    """A limited token is good for what it is limited to, and for nothing else."""
    headers = bearer(make(app, auth, ada, scopes=["posts.edit", "site.own"]))
    client = app.test_client()

    assert client.get("/edit", headers=headers).text == "in"
    for path in ("/burn", "/in", "/role"):
        assert client.get(path, headers=headers).status_code == 403


def test_scopes_bind_a_policy(app: Flask, auth: SimpleAuth, ada: Any) -> None:
    """A policy that allows everything does not widen what a token is limited to."""
    auth.policy(lambda user, action, obj: True)

    @app.get("/can")
    def can() -> str:
        return f"{auth.can('posts.edit')} {auth.can('posts.burn')}"

    limited = bearer(make(app, auth, ada, scopes=["posts.edit"]))
    client = app.test_client()
    assert client.get("/can", headers=limited).text == "True False"
    assert client.get("/can", headers=bearer(make(app, auth, ada))).text == "True True"
    with app.app_context():
        assert auth.can("posts.burn")


def test_scope_beyond_the_owner(app: Flask, auth: SimpleAuth, ada: Any) -> None:
    """A token gives nothing that its owner does not have."""
    with app.app_context():
        eve = auth.create_user("eve@example.org", PASSWORD)
    headers = bearer(make(app, auth, eve, scopes=["posts.edit"]))
    assert app.test_client().get("/edit", headers=headers).status_code == 403


def test_expiry(app: Flask, auth: SimpleAuth, ada: Any, clock: Clock) -> None:
    """A token with a lifetime ends with it; another lasts."""
    short = bearer(make(app, auth, ada, lifetime=timedelta(days=1)))
    long = bearer(make(app, auth, ada))
    clock.now += 86400 - 1
    client = app.test_client()
    assert client.get("/who", headers=short).text == "Ada"

    clock.now += 1
    assert client.get("/who", headers=short).text == "nobody"
    clock.now += 10 * 365 * 86400
    assert client.get("/who", headers=long).text == "Ada"


def test_cookies_do_not_count(app: Flask, auth: SimpleAuth, ada: Any) -> None:
    """Where a token is shown, a session in the same browser is not used."""
    client = app.test_client()
    data = {"email": "ada@example.org", "password": PASSWORD}
    headers = {"Sec-Fetch-Site": "same-origin"}
    client.post("/auth/-/forms/login", data=data, headers=headers)

    assert client.get("/who").text == "Ada"
    assert client.get("/who", headers=bearer("sa_wrong")).text == "nobody"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: "",
        lambda text: text[:-1],
        lambda text: text + "0",
        lambda text: text.replace("sa_", "sb_"),
        lambda text: text[:-8] + "00000000",
        lambda text: "sa_" + "x" * 51,
        lambda text: "sa_" + "ä" * 51,
        lambda text: text * 10_000,
    ],
)
def test_wrong_token(app: Flask, auth: SimpleAuth, ada: Any, spoil: Any) -> None:
    """What is no token of ours is nobody's, and a program gets 401 and no page."""
    headers = bearer(spoil(make(app, auth, ada)))
    response = app.test_client().get("/in", headers=headers)

    assert response.status_code == 401
    assert response.is_json
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_only_the_digest_is_kept(app: Flask, auth: SimpleAuth, ada: Any) -> None:
    """The store holds nothing that could be shown as a token, nor could a session."""
    text = make(app, auth, ada)
    file = f"{app.instance_path}/simpleauth.sqlite3"
    for name in (file, f"{file}-wal"):
        with open(name, "rb") as stored:
            assert text[3:46].encode() not in stored.read()


def test_signs_nobody_out(app: Flask, auth: SimpleAuth, ada: Any) -> None:
    """A token has no session to end: it goes on, and nobody is told of an end."""
    headers = bearer(make(app, auth, ada, scopes=["posts.edit"]))
    client, told = app.test_client(), list[Any]()

    def note(sender: object, **kwargs: Any) -> None:
        told.append(kwargs)

    with signed_out.connected_to(note), audited.connected_to(note):
        client.post("/auth/-/forms/logout", headers={**headers, **SAME_SITE})
    assert told == []
    assert client.get("/edit", headers=headers).text == "in"


def test_begins_no_session(app: Flask, auth: SimpleAuth, ada: Any) -> None:
    """A program that changes its owner's password has no session afterwards, either."""
    headers = {**bearer(make(app, auth, ada)), **SAME_SITE}
    client, new = app.test_client(), "staple correct horse"
    data = {"current": PASSWORD, "new": new}
    answer = client.post("/auth/-/forms/password", data=data, headers=headers)
    assert answer.status_code == 303
    assert client.get_cookie("simpleauth") is None
    with app.app_context():
        assert auth.authenticate("ada@example.org", new).name == "Ada"
        assert auth.end_sessions(ada) == 0


def test_not_a_session(app: Flask, auth: SimpleAuth, ada: Any) -> None:
    """The key of a token is no key of a session."""
    client = app.test_client()
    client.set_cookie("simpleauth", make(app, auth, ada)[3:46])
    assert client.get("/who").text == "nobody"


def test_command_line(app: Flask, auth: SimpleAuth, ada: Any, clock: Clock) -> None:
    """Tokens are made, listed and ended on the command line."""
    runner, client = app.test_cli_runner(), app.test_client()

    def run(command: str) -> str:
        return runner.invoke(args=f"auth {command}").output

    text = run("create-token ada@example.org backup --scope posts.edit --days 30")
    assert client.get("/edit", headers=bearer(text.strip())).text == "in"
    run("create-token ada@example.org deploy")
    clock.advance(timedelta(days=1))
    client.get("/edit", headers=bearer(text.strip()))
    listed = run("tokens ada@example.org")
    ends = "until 2027-02-14, used 2027-01-16"
    assert f"backup, for posts.edit, made 2027-01-15, {ends}\n" in listed
    assert "deploy, for everything, made 2027-01-15, used never\n" in listed
    assert listed.endswith("2 good or expired.\n")
    assert text.strip() not in listed

    assert run("revoke-token ada@example.org backup") == "1 ended.\n"
    assert run("revoke-token ada@example.org backup") == "0 ended.\n"
    assert client.get("/edit", headers=bearer(text.strip())).status_code == 401


def test_deactivated_owner(app: Flask, auth: SimpleAuth, ada: Any) -> None:
    """The tokens of a deactivated user are worth nothing."""
    headers = bearer(make(app, auth, ada))
    app.test_cli_runner().invoke(args="auth deactivate ada@example.org")
    assert app.test_client().get("/who", headers=headers).text == "nobody"


def test_limited_token_is_nobody(app: Flask, auth: SimpleAuth, ada: Any) -> None:
    """A limited token stands for its owner only where its permission is asked for."""

    @app.get("/own")
    def own() -> str:
        return auth.require_user().name

    @app.get("/edit/who")
    @auth.login_required(permission="posts.edit")
    def editor() -> str:
        return f"{auth.user and auth.user.name}, {auth.require_user().name}"

    limited = bearer(make(app, auth, ada, scopes=["posts.edit"]))
    client = app.test_client()
    assert client.get("/who", headers=limited).text == "nobody"
    assert client.get("/edit/who", headers=limited).text == "Ada, Ada"
    assert client.get("/who", headers=limited).text == "nobody"

    refused = client.get("/own", headers=limited)
    assert refused.status_code == 403
    assert refused.headers["WWW-Authenticate"] == 'Bearer error="insufficient_scope"'
    assert client.get("/own", headers=bearer(make(app, auth, ada))).text == "Ada"
    assert client.get("/own", headers=bearer("sa_wrong")).status_code == 401


def test_limited_token_in_a_protected_app(
    app: Flask, auth: SimpleAuth, ada: Any
) -> None:
    """A protected app that asks for a permission lets a token limited to it in."""
    auth.protect(app, permission="posts.edit")
    client = app.test_client()
    for scope, status in ("posts.edit", 200), ("posts.burn", 403):
        limited = bearer(make(app, auth, ada, scopes=[scope]))
        assert client.get("/who", headers=limited).status_code == status
    limited = bearer(make(app, auth, ada, scopes=["posts.edit"]))
    assert client.get("/who", headers=limited).text == "Ada"
