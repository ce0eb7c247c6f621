from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from flask import Flask, render_template_string, request, session
from flask.testing import FlaskClient
from flask_nameform import Form, Forms, NameForm, csrf

Hidden = Callable[..., dict[str, str]]
CROSS_SITE = {"Sec-Fetch-Site": "cross-site"}


def add_transfer(app: Flask) -> None:
    """Add a view as any app has them, hand-written."""

    @app.route("/transfer", methods=["GET", "POST", "PUT"])
    def transfer() -> str:
        session["seen"] = True
        return render_template_string("{{ csrf_token() }}")


@pytest.mark.parametrize(
    ("headers", "without", "with_token"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 200, 200),
        ({"Sec-Fetch-Site": "same-site"}, 400, 400),
        (CROSS_SITE, 400, 400),
        ({"Sec-Fetch-Site": "weird"}, 400, 400),
        ({"Sec-Fetch-Site": "none"}, 400, 200),
        ({}, 400, 200),
        ({"Origin": "http://localhost"}, 200, 200),
        ({"Origin": "https://localhost"}, 200, 200),
        ({"Origin": "null"}, 400, 200),
        ({"Origin": "https://other.example"}, 400, 400),
        ({"Origin": "http://localhost:444"}, 400, 400),
        ({"Origin": "http://evil@localhost"}, 400, 400),
        ({"Authorization": "Bearer x"}, 200, 200),
        ({"Authorization": "Bearer x", **CROSS_SITE}, 400, 400),
        ({"Authorization": "Basic x"}, 400, 200),
    ],
)
def test_every_view_of_the_app_is_protected(
    app: Flask,
    client: FlaskClient,
    headers: dict[str, str],
    without: int,
    with_token: int,
) -> None:
    """A view that knows nothing of forms gets no request of another site."""
    add_transfer(app)
    token = client.get("/transfer").text
    assert client.get("/transfer", headers=headers).status_code == 200
    assert client.post("/transfer", headers=headers).status_code == without
    assert client.put("/transfer", headers=headers).status_code == without
    headers = {**headers, "X-CSRFToken": token}
    assert client.post("/transfer", headers=headers).status_code == with_token


def test_over_https_a_page_on_plain_http_is_another_site(
    app: Flask, client: FlaskClient
) -> None:
    """Whoever is on the way can change that page."""
    add_transfer(app)
    url = "https://localhost"
    token = client.get("/transfer", base_url=url).text
    for origin, status in (("http://localhost", 400), (url, 200)):
        headers = {"Origin": origin, "X-CSRFToken": token}
        answer = client.post("/transfer", base_url=url, headers=headers)
        assert answer.status_code == status


def test_a_client_without_cookies_needs_no_proof(
    app: Flask, client: FlaskClient
) -> None:
    """Webhooks, scripts and tests carry no authority that could be abused."""
    add_transfer(app)
    assert client.post("/transfer").status_code == 200


@pytest.mark.parametrize("header", ["X-CSRFToken", "X-CSRF-Token"])
def test_a_token_in_a_header_proves(
    app: Flask, client: FlaskClient, header: str
) -> None:
    """A script sends the token of the page in a header, whatever its body is."""
    add_transfer(app)
    token = client.get("/transfer").text
    answer = client.post("/transfer", json=[1], headers={header: token})
    assert answer.status_code == 200


def test_a_token_in_a_field_proves(app: Flask, client: FlaskClient) -> None:
    """A hand-written form sends the token in the field ``csrf_token``, and no other."""
    add_transfer(app)
    token = client.get("/transfer").text
    assert client.post("/transfer", data={"csrf_token": token}).status_code == 200
    assert client.post("/transfer", data={"x_csrf_token": token}).status_code == 400


@pytest.mark.parametrize(
    "token", ["", "x", "=", "A" * 64, "é", "\udcff", "\0", "A" * 100_000]
)
def test_a_made_up_token_is_refused(
    app: Flask, client: FlaskClient, token: str
) -> None:
    """Nonsense in place of a token is a refusal, never an error of ours."""
    add_transfer(app)
    client.get("/transfer")
    body = b"csrf_token=" + token.encode("utf-8", "surrogateescape")
    answer = client.post(
        "/transfer", data=body, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code in (400, 413)  # Werkzeug 2.3 says 413 of broken UTF-8


def test_a_good_token_does_not_outweigh_a_veto(app: Flask, client: FlaskClient) -> None:
    """A site that planted its own session and token is still another site."""
    add_transfer(app)
    token = client.get("/transfer").text
    headers = {"X-CSRFToken": token, **CROSS_SITE}
    assert client.post("/transfer", headers=headers).status_code == 400


def test_a_token_belongs_to_its_session(app: Flask, client: FlaskClient) -> None:
    """The token of one visitor is worth nothing to another."""
    add_transfer(app)
    token = client.get("/transfer").text
    other = app.test_client()
    other.get("/transfer")
    assert other.post("/transfer", headers={"X-CSRFToken": token}).status_code == 400


def test_each_token_looks_different(app: Flask, client: FlaskClient) -> None:
    """Two tokens of one page differ from the first character on, and both are good."""
    add_transfer(app)

    @app.get("/two")
    def two() -> str:
        return render_template_string("{{ csrf_token() }} {{ csrf_token() }}")

    first, second = client.get("/two").text.split()
    assert first[:8] != second[:8]
    for token in (first, second):
        answer = client.post("/transfer", headers={"X-CSRFToken": token})
        assert answer.status_code == 200


def test_rotation_ends_tokens(app: Flask, client: FlaskClient) -> None:
    """After ``rotate`` an old token fails and a new one does not."""
    add_transfer(app)

    @app.get("/login")
    def login() -> str:
        csrf.rotate()
        return ""

    old = client.get("/transfer").text
    client.get("/login")
    assert client.post("/transfer", headers={"X-CSRFToken": old}).status_code == 400
    new = client.get("/transfer").text
    assert client.post("/transfer", headers={"X-CSRFToken": new}).status_code == 200


def test_rotation_without_a_token_sets_no_cookie(
    app: Flask, client: FlaskClient
) -> None:
    """There is nothing to end in a session that has no token."""

    @app.get("/login")
    def login() -> str:
        csrf.rotate()
        return ""

    assert "Set-Cookie" not in client.get("/login").headers


def test_a_token_of_one_form_is_not_good_for_another(
    forms: Forms, client: FlaskClient, hidden: Hidden
) -> None:
    """What leaks from one form does not open the next."""
    done: list[Form] = []
    forms.add("delete", NameForm, handler=done.append)
    fields = hidden(client.get("/").text)

    answer = client.post("/-/forms/delete", data={**fields, "name": "Ada"})

    assert answer.status_code == 400
    assert not done


def test_a_page_token_is_good_for_a_named_form(app: Flask, client: FlaskClient) -> None:
    """A script posts to a named form with the token that ``csrf_token()`` gave it."""
    add_transfer(app)
    token = client.get("/transfer").text
    headers = {"X-CSRFToken": token}
    answer = client.post("/-/forms/name", data={"name": "Ada"}, headers=headers)
    assert answer.status_code == 303


def test_a_page_without_a_form_says_nothing(client: FlaskClient, app: Flask) -> None:
    """Where no form is shown there is no cookie and nothing to vary on."""
    app.add_url_rule("/plain", view_func=lambda: "plain")
    headers = client.get("/plain").headers
    assert "Set-Cookie" not in headers
    assert "Vary" not in headers


def test_a_reader_with_fetch_metadata_gets_no_cookie(browser: FlaskClient) -> None:
    """A page with a form can be cached, by what the browser said of its origin."""
    answer = browser.get("/")
    assert "csrf_token" not in answer.text
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Vary"] == "Sec-Fetch-Site, Cookie"  # it reads the session


def test_only_a_form_that_is_shown_marks_the_page(app: Flask) -> None:
    """Without a look into the session, ``Vary`` is about the browser alone."""

    @app.get("/form")
    def form() -> str:
        return render_template_string("{{ show_form('name') }}")

    client = app.test_client()
    answer = client.get("/form", headers={"Sec-Fetch-Site": "none"})
    assert answer.headers["Vary"] == "Sec-Fetch-Site"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("mode", "has_token", "vary"),
    [
        ("default", False, {"Cookie", "Sec-Fetch-Site"}),
        ("strict", True, {"Cookie"}),
        ("headers", False, {"Cookie"}),
        ("off", False, {"Cookie"}),
    ],
)
def test_a_mode_decides_what_is_in_the_page(
    app: Flask, browser: FlaskClient, mode: str, has_token: bool, vary: set[str]
) -> None:
    """To a modern browser only ``strict`` gives a token."""
    app.config["NAMEFORM_CSRF"] = mode
    answer = browser.get("/")
    assert ("csrf_token" in answer.text) is has_token
    assert ("Set-Cookie" in answer.headers) is has_token
    assert set(answer.vary) == vary


def test_headers_mode_never_gives_a_token(app: Flask, client: FlaskClient) -> None:
    """In ``headers`` mode even an old browser gets a page without a cookie."""
    app.config["NAMEFORM_CSRF"] = "headers"
    answer = client.get("/")
    assert "csrf_token" not in answer.text
    assert "Set-Cookie" not in answer.headers
    answer = client.post("/-/forms/name", data={"name": "Ada"})
    assert answer.status_code == 400
    assert "<form" not in answer.text


def test_strict_mode_wants_headers_and_token(
    app: Flask, browser: FlaskClient, hidden: Hidden
) -> None:
    """In ``strict`` mode the headers alone do not do, with the token they do."""
    app.config["NAMEFORM_CSRF"] = "strict"
    fields = hidden(browser.get("/").text)
    answer = browser.post("/-/forms/name", data={"name": "Ada"})
    assert answer.status_code == 400
    answer = browser.post("/-/forms/name", data={**fields, "name": "Ada"})
    assert answer.status_code == 303


def test_off_checks_nothing(app: Flask, client: FlaskClient) -> None:
    """In ``off`` mode whatever comes passes."""
    app.config["NAMEFORM_CSRF"] = "off"
    headers = CROSS_SITE
    answer = client.post("/-/forms/name", data={"name": "Ada"}, headers=headers)
    assert answer.status_code == 303


def test_a_trusted_origin_may_post(app: Flask, client: FlaskClient) -> None:
    """Another site of ours may, if it is listed."""
    app.config["NAMEFORM_TRUSTED_ORIGINS"] = ["https://shop.example"]
    headers = {"Origin": "https://shop.example", **CROSS_SITE}
    answer = client.post("/-/forms/name", data={"name": "Ada"}, headers=headers)
    assert answer.status_code == 303


def test_what_is_not_there_is_answered_as_ever(client: FlaskClient) -> None:
    """404 and 405 are not turned into refusals."""
    assert client.post("/nowhere", headers=CROSS_SITE).status_code == 404
    assert client.post("/", headers=CROSS_SITE).status_code == 405


def test_a_refusal_is_logged_without_values(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    """The log has endpoint and reason, and nothing of what was sent."""
    add_transfer(app)
    caplog.set_level(logging.INFO)
    client.post("/transfer?a=secret", data={"b": "secret"}, headers=CROSS_SITE)
    assert caplog.messages == ["CSRF: transfer refused: Sec-Fetch-Site is 'cross-site'"]


def test_an_app_can_answer_refusals_itself(app: Flask, client: FlaskClient) -> None:
    """A refusal is an HTTP error of a class of its own, with its reason."""

    @app.errorhandler(csrf.CSRFError)
    def refused(error: csrf.CSRFError) -> tuple[str, int]:
        return error.reason, 403

    add_transfer(app)
    client.get("/transfer")
    answer = client.post("/transfer")
    assert answer.status_code == 403
    assert answer.text == "the token is missing or does not match"


def test_a_veto_shows_nothing_of_what_was_sent(
    client: FlaskClient, hidden: Hidden
) -> None:
    """Another site could have filled the form in, for the visitor to send it."""
    fields = {**hidden(client.get("/").text), "name": "Mallory"}
    answer = client.post("/-/forms/name", data=fields, headers=CROSS_SITE)
    assert answer.status_code == 400
    assert "Mallory" not in answer.text


def test_a_form_on_its_own_protects_itself() -> None:
    """Without any ``Forms`` on the app a form still knows who sent it."""
    app = Flask(__name__)
    app.secret_key = "x"

    @app.route("/", methods=["GET", "POST"])
    def index() -> str:
        form = NameForm()
        done = form.validate_on_submit()
        return f"{done} {form.form_errors} {form.hidden_tag()}"

    client = app.test_client()
    page = client.get("/").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]

    assert client.post("/", data={"name": "A"}).text.startswith("False ['This form was")
    fields = {"name": "A", "csrf_token": token, "_form": "NameForm"}
    assert client.post("/", data=fields).text.startswith("True []")
    assert client.post("/", data=fields, headers=CROSS_SITE).status_code == 400


def test_a_view_can_ask_itself(app: Flask, client: FlaskClient) -> None:
    """``protect`` may be called again in a view; it is asked once per request."""

    @app.post("/twice")
    def twice() -> str:
        csrf.protect()
        return request.form["a"]

    headers = {"Origin": "http://localhost"}
    assert client.post("/twice", data={"a": "b"}, headers=headers).text == "b"
