from __future__ import annotations

import html
import logging
import re
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask, session
from flask.testing import FlaskClient
from flask_simpleauth import SimpleAuth, Taken, signed_in, signed_out
from sqlalchemy import create_engine, text
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import TestResponse

if TYPE_CHECKING:
    from conftest import Clock

PASSWORD = "correct horse battery"
ADA = {"name": "Ada", "email": "ada@example.org", "password": PASSWORD}


@pytest.fixture
def client(app: Flask, auth: SimpleAuth) -> FlaskClient:
    """A browser that nobody is signed in with; ``/who`` says who is."""

    @app.get("/who")
    def who() -> str:
        return auth.user.name if auth.user else "nobody"

    @app.get("/in")
    @auth.login_required
    def inside() -> str:
        return "in"

    app.add_url_rule("/public", "public", lambda: "public")
    return app.test_client()


def send(
    client: FlaskClient, form: str, data: dict[str, Any], **kwargs: Any
) -> TestResponse:
    """Post one of our forms from our own site."""
    kwargs.setdefault("headers", {"Sec-Fetch-Site": "same-origin"})
    return client.post(f"/auth/-/forms/{form}", data=data, **kwargs)


def sign_up(client: FlaskClient, **changes: str) -> TestResponse:
    return send(client, "signup", {**ADA, **changes})


def sign_in(client: FlaskClient, **changes: str) -> TestResponse:
    return send(client, "login", {**ADA, **changes})


def rows(app: Flask, table: str) -> int:
    """Count rows, past all our code."""
    file = Path(app.instance_path) / "simpleauth.sqlite3"
    if not file.exists():
        return 0
    engine = create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        count: int = connection.scalar(text(f"SELECT count(*) FROM {table}"))  # noqa: S608 # our own table
    engine.dispose()
    return count


def test_pages(client: FlaskClient) -> None:
    """The pages have a heading, a form, and lead to each other; nothing stores them."""
    for page, other in (("login", "signup"), ("signup", "login")):
        response = client.get(f"/auth/{page}")
        assert response.status_code == 200
        assert f'action="/auth/-/forms/{page}"' in response.text
        assert f'href="/auth/{other}' in response.text
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Referrer-Policy"] == "same-origin"


def test_sign_up(app: Flask, client: FlaskClient) -> None:
    """Signing up makes an account, signs in, and goes home."""
    response = sign_up(client)

    assert (response.status_code, response.headers["Location"]) == (303, "/")
    assert client.get("/who").text == "Ada"
    assert rows(app, "user") == 1


def test_sign_in_and_out(client: FlaskClient) -> None:
    """One signs out and in again, with the address typed in any way."""
    sign_up(client)
    assert send(client, "logout", {}).headers["Location"] == "/"
    assert client.get("/who").text == "nobody"

    sign_in(client, email=" ADA@example.org ")
    assert client.get("/who").text == "Ada"


def test_way_back(client: FlaskClient) -> None:
    """After signing in one is where one wanted to go."""
    sign_up(client)
    send(client, "logout", {})

    page = client.get("/in?q=1", follow_redirects=True).text
    match = re.search(r'name="next"[^>]*value="([^"]+)"', page)
    assert match is not None
    response = sign_in(client, next=html.unescape(match[1]))
    assert response.headers["Location"] == "/in?q=1"


@pytest.mark.parametrize("target", ["https://e.example", "//e.example", "/in", "x.y"])
def test_forged_way_back(client: FlaskClient, target: str) -> None:
    """A target that we did not sign is ignored: in the field and in the query."""
    assert sign_up(client, next=target).headers["Location"] == "/"
    send(client, "logout", {})
    page = client.get("/auth/login", query_string={"next": target})
    assert page.status_code == 200
    assert sign_in(client, next=target).headers["Location"] == "/"


def test_way_on_for_who_is_signed_in_by_now(client: FlaskClient) -> None:
    """Who has signed in in another tab gets the page that was asked for in this one."""
    asked = client.get("/in?a=b").headers["Location"]
    sign_up(client)
    for page in (asked, asked.replace("login", "signup")):
        assert client.get(page).location == "/in?a=b"
    assert client.get("/auth/login?next=//evil.example/").location == "/"


def test_ways_between_pages(client: FlaskClient) -> None:
    """From each page one comes home; where a password is asked for, to a new one."""
    home, forgot = '<a href="/">Home</a>', '<a href="/auth/forgot">'
    for path in ("login", "signup", "forgot"):
        assert home in client.get(f"/auth/{path}").text
    sign_up(client)
    for path in ("account", "confirm"):
        page = client.get(f"/auth/{path}").text
        assert home in page
        assert forgot in page


def test_signed_in_needs_no_sign_in_page(client: FlaskClient) -> None:
    """Who is signed in is sent home from the pages for visitors."""
    assert client.get("/auth/logout").headers["Location"] == "/"
    sign_up(client)
    for page in ("login", "signup"):
        assert client.get(f"/auth/{page}").headers["Location"] == "/"
    assert "/auth/-/forms/logout" in client.get("/auth/logout").text


def test_form_on_any_page(app: Flask, client: FlaskClient) -> None:
    """The sign-in form can stand on a page of the app, and one stays there."""
    from flask import render_template_string

    app.add_url_rule(
        "/mine",
        "mine",
        lambda: render_template_string(
            "{{ auth.user.name }}{{ show_form('simpleauth.login') }}"
        ),
    )
    sign_up(client)
    send(client, "logout", {})
    page = client.get("/mine").text
    fields = dict(re.findall(r'name="([^"]+)"[^>]*value="([^"]*)"', page))

    wrong = send(client, "login", {**fields, **ADA, "password": "wrong"})
    assert wrong.status_code == 422
    assert "do not match" in wrong.text
    assert "ada@example.org" in wrong.text
    assert sign_in(client, **fields | ADA).headers["Location"] == "/mine"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"email": ""}, "Enter your e-mail address"),
        ({"email": "   "}, "Enter your e-mail address"),
        ({"email": "nonsense"}, "Enter an e-mail address"),
        ({"email": "a" * 1000 + "@b"}, "320"),
        ({"email": "a\0@b"}, "Enter an e-mail address"),
        ({"name": ""}, "Enter your name"),
        ({"name": " \n "}, "Enter your name"),
        ({"name": "x" * 1_000_000}, "200"),
        ({"password": ""}, "Enter a password"),
        ({"password": "short"}, "at least 12"),
        ({"password": "x" * 1_000_000}, "at most 1024"),
        ({"password": "ada@example.org"}, "more than your name"),
    ],
)
def test_bad_sign_up(
    app: Flask, client: FlaskClient, changes: dict[str, str], message: str
) -> None:
    """Bad input gets 422 and a message, keeps what was typed, and makes no account."""
    app.config["MAX_FORM_MEMORY_SIZE"] = None
    response = sign_up(client, **changes)

    assert response.status_code == 422
    assert message in response.text
    assert PASSWORD not in response.text
    assert rows(app, "user") == 0


def test_odd_bodies(client: FlaskClient) -> None:
    """A body that is no form is refused with 4xx, whatever it is."""
    kinds = ("application/json", "text/plain", "application/octet-stream")
    bodies = (b"[1,2]", b'"text"', b"5", b"null", b"{", b"\xff\0")
    for form, kind, body in product(("login", "signup", "logout"), kinds, bodies):
        response = client.post(
            f"/auth/-/forms/{form}",
            data=body,
            content_type=kind,
            headers={"Sec-Fetch-Site": "same-origin"},
        )
        assert 400 <= response.status_code < 500, (form, kind, body)


def test_json(app: Flask, client: FlaskClient) -> None:
    """A script of the site signs up and in with JSON, and gets its errors as JSON."""
    headers = {"Sec-Fetch-Site": "same-origin", "Accept": "application/json"}

    def post(form: str, **data: str) -> TestResponse:
        return client.post(f"/auth/-/forms/{form}", json=data, headers=headers)

    wrong = post("signup", **{**ADA, "password": "short"})
    assert wrong.status_code == 422
    assert wrong.get_json() == {"errors": {"password": ["Use at least 12 characters."]}}
    assert post("signup", **ADA).get_json() == {"ok": True, "redirect": "/"}
    assert client.get("/who").text == "Ada"
    post("logout")

    no = post("login", **{**ADA, "password": "wrong"})
    assert no.status_code == 422
    assert "do not match" in no.get_json()["errors"][""][0]
    assert post("login", **ADA).status_code == 200
    assert client.get("/who").text == "Ada"


def test_taken(app: Flask, client: FlaskClient) -> None:
    """A second sign-up with an address is answered clearly and makes no row."""
    sign_up(client)
    other = app.test_client()
    response = sign_up(other, email="ADA@example.org")

    assert response.status_code == 422
    assert "has an account already" in response.text
    assert rows(app, "user") == 1
    assert other.get("/who").text == "nobody"


def test_taken_at_once(app: Flask, client: FlaskClient) -> None:
    """Of two sign-ups with an address at once, one makes the account."""
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: sign_up(app.test_client()), range(8)))

    assert sorted(a.status_code for a in answers) == [303] + [422] * 7
    assert rows(app, "user") == 1


def test_closed(app: Flask, client: FlaskClient) -> None:
    """Where sign-up is closed there is no form, no link, and no way around."""
    app.config["SIMPLEAUTH_SIGN_UP"] = "closed"

    page = client.get("/auth/signup")
    assert page.status_code == 403
    assert "Nobody can sign up here" in page.text
    assert "<form" not in page.text
    assert "signup" not in client.get("/auth/login").text
    assert sign_up(client).status_code == 403
    assert rows(app, "user") == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"password": "wrong"},
        {"email": "nobody@example.org"},
        {"email": "nonsense"},
        {"password": "x" * 2000},
    ],
)
def test_wrong_sign_in(client: FlaskClient, changes: dict[str, str]) -> None:
    """Every wrong sign-in is answered with the same words."""
    sign_up(client)
    send(client, "logout", {})
    response = sign_in(client, **changes)

    assert response.status_code == 422
    assert "do not match an account" in response.text
    assert client.get("/who").text == "nobody"


def test_throttled(app: Flask, client: FlaskClient, clock: Clock) -> None:
    """Too many wrong passwords get 429 and how long to wait, and then pass."""
    sign_up(client)
    send(client, "logout", {})
    for _ in range(10):
        sign_in(client, password="wrong")

    response = sign_in(client)
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "15"
    assert "Wait 15 seconds" in response.text

    clock.now += 15
    assert sign_in(client).status_code == 303


def test_throttled_sign_ups(app: Flask, client: FlaskClient) -> None:
    """Too many sign-ups from one address get 429."""
    for number in range(20):
        sign_up(app.test_client(), email=f"{number}@example.org")
    assert sign_up(client).status_code == 429


def cookie(response: TestResponse) -> str:
    """Return the session cookie that a response sets, attributes and all."""
    return next(
        value
        for value in response.headers.getlist("Set-Cookie")
        if "simpleauth=" in value
    )


def test_cookie(client: FlaskClient) -> None:
    """Over http the cookie is out of reach of scripts and other sites."""
    attributes = cookie(sign_up(client)).split("; ")
    assert attributes[0].startswith("simpleauth=")
    assert set(attributes[1:]) == {"HttpOnly", "Path=/", "SameSite=Lax"}


def test_cookie_over_https(app: Flask, client: FlaskClient) -> None:
    """Over https only the __Host- cookie is set, and only it is read."""
    secure = {"base_url": "https://localhost"}
    value = cookie(send(client, "signup", ADA, **secure))
    assert value.startswith("__Host-simpleauth=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(value.split("; "))
    assert client.get("/who", **secure).text == "Ada"

    key = value.partition("=")[2].partition(";")[0]
    planted = app.test_client()
    planted.set_cookie("simpleauth", key)
    assert planted.get("/who", **secure).text == "nobody"

    gone = cookie(send(client, "logout", {}, **secure))
    assert gone.startswith("__Host-simpleauth=;")
    assert "Secure" in gone


def test_stolen_cookie(app: Flask, client: FlaskClient) -> None:
    """A copied cookie is worth nothing after signing out (OWASP ASVS 7.4.1)."""
    key = cookie(sign_up(client)).partition("=")[2].partition(";")[0]
    thief = app.test_client()
    thief.set_cookie("simpleauth", key)
    assert thief.get("/who").text == "Ada"

    send(client, "logout", {})
    assert thief.get("/who").text == "nobody"


def test_new_key_at_each_sign_in(app: Flask, client: FlaskClient) -> None:
    """Signing in again starts a new session and ends the one that was there."""
    first = cookie(sign_up(client))
    second = cookie(sign_in(client))

    assert first != second
    assert rows(app, "simpleauth_token") == 1


def test_inactive(app: Flask, auth: SimpleAuth, client: FlaskClient) -> None:
    """A user made inactive is out at the next request."""
    sign_up(client)
    engine = create_engine(f"sqlite:///{app.instance_path}/simpleauth.sqlite3")
    with engine.begin() as connection:
        connection.execute(text('UPDATE "user" SET active = 0'))
    engine.dispose()

    assert client.get("/who").text == "nobody"


def test_idle(client: FlaskClient, clock: Clock) -> None:
    """A session unused for twelve hours is over."""
    sign_up(client)
    clock.now += 12 * 3600
    assert client.get("/who").text == "nobody"


def test_anonymous_traffic_writes_nothing(app: Flask, client: FlaskClient) -> None:
    """Visitors, sign-outs of nobody and made-up cookies leave no rows."""
    sign_up(app.test_client())
    for number in range(20):
        visitor = app.test_client()
        visitor.set_cookie("simpleauth", f"{number:043}")
        visitor.get("/who")
        send(visitor, "logout", {})
    assert rows(app, "simpleauth_token") == 1


def test_headers(client: FlaskClient) -> None:
    """A response that depends on who asks says so; one that does not, says nothing."""
    response = client.get("/who")
    assert response.headers["Vary"] == "Authorization, Cookie"
    assert response.headers["Cache-Control"] == "private"

    response = client.get("/public")
    assert "Vary" not in response.headers
    assert "Cache-Control" not in response.headers
    assert "Set-Cookie" not in response.headers


def test_own_caching_is_kept(app: Flask, auth: SimpleAuth) -> None:
    """A view's own Cache-Control is not overwritten."""
    from flask import make_response

    @app.get("/own")
    def own() -> Any:
        response = make_response(str(auth.user))
        response.cache_control.no_cache = True
        return response

    response = app.test_client().get("/own")
    assert response.headers["Cache-Control"] == "no-cache"


def test_flask_session(app: Flask, client: FlaskClient) -> None:
    """Flask's session is kept at sign-in, and cleared when one leaves."""

    @app.post("/cart", endpoint="cart")
    def cart() -> str:
        session["cart"] = "book"
        return ""

    app.add_url_rule("/what", "what", lambda: session.get("cart", "nothing"))

    client.post("/cart")
    sign_up(client)
    assert client.get("/what").text == "book"
    send(client, "logout", {})
    assert client.get("/what").text == "nothing"


def test_another_user_inherits_nothing(app: Flask, client: FlaskClient) -> None:
    """Who signs in on top of somebody else finds nothing of theirs."""
    app.add_url_rule("/what", "what", lambda: session.get("cart", "nothing"))
    sign_up(client)
    with client.session_transaction() as stored:
        stored["cart"] = "book"
    sign_in(client)
    assert client.get("/what").text == "book"

    sign_up(app.test_client(), email="eve@example.org", name="Eve")
    sign_in(client, email="eve@example.org")
    assert client.get("/who").text == "Eve"
    assert client.get("/what").text == "nothing"


@pytest.mark.parametrize("form", ["login", "signup", "logout"])
def test_other_sites_cannot(client: FlaskClient, form: str) -> None:
    """Another site can neither sign anybody in nor out (login CSRF)."""
    sign_up(client)
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://e.example"},
        {},
    ):
        assert send(client, form, ADA, headers=headers).status_code == 400
    assert client.get("/who").text == "Ada"


def test_a_link_does_not_sign_out(client: FlaskClient) -> None:
    """Getting a page changes nothing."""
    sign_up(client)
    client.get("/auth/logout")
    assert client.get("/who").text == "Ada"


def test_signals(app: Flask, auth: SimpleAuth, client: FlaskClient) -> None:
    """Signing in and out is told, with the app and the user."""
    told: list[tuple[str, object, str]] = []

    def note_in(sender: object, user: Any) -> None:
        told.append(("in", sender, user.name))

    def note_out(sender: object, user: Any) -> None:
        told.append(("out", sender, user.name))

    with signed_in.connected_to(note_in), signed_out.connected_to(note_out):
        send(client, "logout", {})
        sign_up(client)
        send(client, "logout", {})
    assert told == [("in", app, "Ada"), ("out", app, "Ada")]


def test_undeclared_proxy(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    """Behind a proxy nobody declared, tries are not counted for all its clients."""
    headers = {"Sec-Fetch-Site": "same-origin", "X-Forwarded-For": "203.0.113.7"}
    with caplog.at_level(logging.WARNING, "flask_simpleauth"):
        for number in range(25):
            visitor = app.test_client()
            data = {**ADA, "email": f"{number}@example.org"}
            assert send(visitor, "signup", data, headers=headers).status_code == 303
    assert len([r for r in caplog.records if "ProxyFix" in r.message]) == 1


def test_declared_proxy(app: Flask, client: FlaskClient) -> None:
    """Behind a declared proxy, tries are counted by client; none can be made up."""
    app.wsgi_app = ProxyFix(app.wsgi_app)  # type: ignore[method-assign] # Flask's way
    statuses = []
    for number in range(21):
        data = {**ADA, "email": f"{number}@example.org"}
        headers = {
            "Sec-Fetch-Site": "same-origin",
            "X-Forwarded-For": f"198.51.100.{number}, 203.0.113.7",
        }
        visitor = app.test_client()
        statuses.append(send(visitor, "signup", data, headers=headers).status_code)
    assert statuses == [303] * 20 + [429]


def test_pages_in_the_sites_layout(app: Flask, auth: SimpleAuth) -> None:
    """A layout without the block for our pages is refused with the cure."""
    from jinja2 import DictLoader

    app.jinja_loader = DictLoader({"bare.html": "{% block content %}{% endblock %}"})
    app.config["SIMPLEAUTH_BASE_TEMPLATE"] = "bare.html"
    with pytest.raises(RuntimeError, match="SIMPLEAUTH_BASE_TEMPLATE"):
        app.test_client().get("/auth/login")


def test_nothing_secret_is_logged(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither password nor key nor hash comes into a log."""
    with caplog.at_level(logging.DEBUG):
        key = cookie(sign_up(client)).partition("=")[2].partition(";")[0]
        sign_in(client, password="wrong horse battery")
    for secret in (PASSWORD, "wrong horse", key, "scrypt:"):
        assert secret not in caplog.text


def test_mass_assignment(app: Flask, auth: SimpleAuth, client: FlaskClient) -> None:
    """Fields nobody asked for change nothing (better-auth CVE-2025-61928)."""
    sign_up(client, id="77", roles="admin", active="", is_admin="1", created_at="0")
    with app.app_context():
        user = auth.authenticate("ada@example.org", PASSWORD)
        assert (user.id, user.active, user.roles) == (1, True, [])
        with pytest.raises(Taken):
            auth.create_user("ada@example.org", PASSWORD)
