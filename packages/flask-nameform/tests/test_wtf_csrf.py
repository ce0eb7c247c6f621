from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

import pytest
from flask import Blueprint, Flask, g, render_template_string, request
from flask.testing import FlaskClient
from flask.views import MethodView
from flask_nameform import Forms, NameForm, csrf
from flask_nameform.wtf import CSRFProtect
from flask_nameform.wtf.csrf import CSRFError, same_origin

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
CROSS_SITE = {"Sec-Fetch-Site": "cross-site"}


@pytest.fixture
def app(bare_app: Flask) -> Flask:
    """An app with nothing of Flask-NameForm attached."""
    return bare_app


@pytest.fixture
def protection(app: Flask) -> CSRFProtect:
    """Protection of an app with a page of its own, written by hand."""

    @app.route("/", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    def index() -> str:
        return render_template_string("{{ csrf_token() }}")

    return CSRFProtect(app)


@pytest.fixture
def client(app: Flask, protection: CSRFProtect) -> FlaskClient:
    """A client without the headers a browser adds."""
    return app.test_client()


@pytest.fixture
def token(client: FlaskClient) -> str:
    """A good token of the client."""
    return client.get("/").text


@pytest.mark.parametrize(
    ("headers", "without", "with_token"),
    [
        ({}, 400, 200),
        ({"Sec-Fetch-Site": "none"}, 400, 200),
        ({"Origin": "null"}, 400, 200),
        (SAME_ORIGIN, 200, 200),
        ({**SAME_ORIGIN, "Origin": "null"}, 200, 200),
        ({"Origin": "http://localhost"}, 200, 200),
        (CROSS_SITE, 400, 400),
        ({"Sec-Fetch-Site": "same-site"}, 400, 400),
        ({"Sec-Fetch-Site": "odd"}, 400, 400),
        ({"Origin": "https://other.example"}, 400, 400),
        ({"Origin": "https://evil@localhost"}, 400, 400),
        ({"Authorization": "Bearer a"}, 400, 200),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_headers_come_before_the_token(
    client: FlaskClient,
    token: str,
    method: str,
    headers: dict[str, str],
    without: int,
    with_token: int,
) -> None:
    """They veto or prove; only where they say nothing is a token needed."""
    assert client.open(method=method, headers=headers).status_code == without
    headers = {**headers, "X-CSRFToken": token}
    assert client.open(method=method, headers=headers).status_code == with_token
    assert client.get(headers=headers).status_code == 200


def test_a_client_without_cookies_needs_a_token(client: FlaskClient) -> None:
    """As in Flask-WTF, whose users know it so."""
    answer = client.post()
    assert answer.status_code == 400
    assert "The CSRF token is missing." in answer.text


def test_a_site_that_planted_its_session_is_still_another(
    app: Flask, client: FlaskClient, token: str
) -> None:
    """Its token is good, and its requests are not."""
    headers = {"X-CSRFToken": token, **CROSS_SITE}
    assert client.post(headers=headers).status_code == 400


def test_a_trusted_origin_may_post(app: Flask, client: FlaskClient) -> None:
    """Another site of ours may, if it is listed."""
    app.config["NAMEFORM_TRUSTED_ORIGINS"] = ["https://shop.example"]
    headers = {"Origin": "https://shop.example", **CROSS_SITE}
    assert client.post(headers=headers).status_code == 200
    assert client.post(headers={"Origin": "http://shop.example"}).status_code == 400


@pytest.mark.parametrize(
    ("mode", "headers", "without", "with_token"),
    [
        ("strict", SAME_ORIGIN, 400, 200),
        ("headers", SAME_ORIGIN, 200, 200),
        ("headers", {}, 400, 400),
        ("off", CROSS_SITE, 200, 200),
    ],
)
def test_our_modes_count(
    app: Flask,
    client: FlaskClient,
    mode: str,
    headers: dict[str, str],
    without: int,
    with_token: int,
) -> None:
    """``NAMEFORM_CSRF`` makes it stricter or laxer."""
    app.config["NAMEFORM_CSRF"] = mode
    token = client.get("/").text
    assert client.post(headers=headers).status_code == without
    headers = {**headers, "X-CSRFToken": token}
    assert client.post(headers=headers).status_code == with_token


@pytest.mark.parametrize(
    ("field", "status"),
    [
        ("csrf_token", 200),
        ("signup-csrf_token", 200),
        ("signup_csrf_token", 200),
        ("xcsrf_token", 400),
        ("csrf_token-x", 400),
    ],
)
def test_a_token_is_found_under_a_prefix(
    client: FlaskClient, token: str, field: str, status: int
) -> None:
    """Under any that a form can have, and nowhere else."""
    assert client.post(data={field: token}).status_code == status


def test_an_empty_field_hides_no_other(client: FlaskClient, token: str) -> None:
    """The token is where it is: in another form's field, or in a header."""
    data = {"csrf_token": "", "a-csrf_token": token}
    assert client.post(data=data).status_code == 200
    headers = {"X-CSRF-Token": token}
    assert client.post(data={"csrf_token": ""}, headers=headers).status_code == 200


def test_a_script_sends_it_in_a_header(
    app: Flask, client: FlaskClient, token: str
) -> None:
    """Whatever the body is; which headers is read live."""
    assert client.post(json=[1], headers={"X-CSRFToken": token}).status_code == 200
    headers = {"X-Mine": token}
    assert client.post(json=[1], headers=headers).status_code == 400
    app.config["WTF_CSRF_HEADERS"].append("X-Mine")
    assert client.post(json=[1], headers=headers).status_code == 200


@pytest.mark.parametrize("key", ["WTF_CSRF_ENABLED", "WTF_CSRF_CHECK_DEFAULT"])
def test_it_can_be_switched_off(app: Flask, client: FlaskClient, key: str) -> None:
    """For all requests, and back on."""
    app.config[key] = False
    assert client.post(headers=CROSS_SITE).status_code == 200
    app.config[key] = True
    assert client.post(headers=CROSS_SITE).status_code == 400


def test_a_method_can_be_added(app: Flask, client: FlaskClient, token: str) -> None:
    """A GET that changes something needs a token: headers say nothing of a link."""
    app.config["WTF_CSRF_METHODS"] = ["GET"]
    assert client.get(headers=SAME_ORIGIN).status_code == 400
    assert client.get(headers={"X-CSRFToken": token}).status_code == 200
    assert client.post(headers=CROSS_SITE).status_code == 200


REFERRERS = {
    "": "header is missing",
    "http://localhost/": "does not match",
    "https://other/": "does not match",
    "https://localhost:8080/": "does not match",
    "https://localhost:port/": "does not match",
    "https://localhost:99999/": "does not match",
    "https://[localhost/": "does not match",
}


@pytest.mark.parametrize(("referrer", "message"), REFERRERS.items())
def test_over_https_the_referrer_counts(
    client: FlaskClient, token: str, referrer: str, message: str
) -> None:
    """Where no newer header says more; nonsense in it is a refusal."""
    headers = {"X-CSRFToken": token, "Referer": referrer}
    answer = client.post(base_url="https://localhost", headers=headers)
    assert answer.status_code == 400
    assert f"The referrer {message}" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Referer": "https://localhost/page"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_no_referrer_is_asked_of_those_who_hide_it(
    client: FlaskClient, token: str, headers: dict[str, str]
) -> None:
    """Under ``Referrer-Policy: no-referrer`` a browser sends ``Origin: null``."""
    headers = {"X-CSRFToken": token, **headers}
    answer = client.post(base_url="https://localhost", headers=headers)
    assert answer.status_code == 200


def test_the_referrer_can_be_left_out(
    app: Flask, client: FlaskClient, token: str
) -> None:
    """``WTF_CSRF_SSL_STRICT`` is what it is in Flask-WTF."""
    app.config["WTF_CSRF_SSL_STRICT"] = False
    answer = client.post(base_url="https://localhost", headers={"X-CSRFToken": token})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("https://a/b", "https://a/c?d", True),
        ("https://a/", "http://a/", False),
        ("https://a/", "https://b/", False),
        ("https://a:1/", "https://a:2/", False),
        ("https://a:x/", "https://a:x/", False),
    ],
)
def test_origins_are_compared(first: str, second: str, expected: bool) -> None:
    """Scheme, host and port."""
    assert same_origin(first, second) is expected


def add(app: Flask, url: str, view: Callable[..., Any]) -> None:
    app.add_url_rule(url, url[1:], view, methods=["POST"])


def loud(view: Callable[[], str]) -> Callable[[], str]:
    @wraps(view)
    def wrapper() -> str:
        return view().upper()

    return wrapper


def test_a_view_can_be_exempt(
    app: Flask, protection: CSRFProtect, client: FlaskClient
) -> None:
    """By the object itself, below other decorators too."""

    @protection.exempt
    def hook() -> str:
        return "done"

    add(app, "/hook", hook)
    add(app, "/loud", loud(hook))
    assert client.post("/hook", headers=CROSS_SITE).text == "done"
    assert client.post("/loud", headers=CROSS_SITE).text == "DONE"


def test_a_view_of_the_same_name_is_not_exempt(
    app: Flask, protection: CSRFProtect, client: FlaskClient
) -> None:
    """In Flask-WTF it is."""

    def make() -> Callable[[], str]:
        def view() -> str:
            return "done"

        return view

    add(app, "/a", protection.exempt(make()))
    add(app, "/b", make())
    assert client.post("/a").status_code == 200
    assert client.post("/b").status_code == 400


def test_a_name_is_taken_at_its_word(
    app: Flask, protection: CSRFProtect, client: FlaskClient
) -> None:
    """Of module and function; a view without a name has none."""

    class Callable_:  # noqa: N801 # only its instance matters
        def __call__(self) -> str:
            return "done"

    add(app, "/odd", Callable_())
    assert protection.exempt(f"{__name__}.index") == f"{__name__}.index"
    assert client.post("/").status_code == 200
    assert client.post("/odd").status_code == 400


def test_a_class_view_can_be_exempt(
    app: Flask, protection: CSRFProtect, client: FlaskClient
) -> None:
    """As a class, or by its list of decorators."""

    @protection.exempt
    class First(MethodView):
        def post(self) -> str:
            return "done"

    class Second(MethodView):
        decorators = [protection.exempt]  # noqa: RUF012 # as Flask types it

        def post(self) -> str:
            return "done"

    app.add_url_rule("/a", view_func=First.as_view("first"))
    app.add_url_rule("/b", view_func=Second.as_view("second"))
    assert client.post("/a").status_code == 200
    assert client.post("/b").status_code == 200


@pytest.mark.parametrize("which", ["outer", "inner"])
def test_a_blueprint_can_be_exempt_with_those_in_it(
    app: Flask, protection: CSRFProtect, client: FlaskClient, which: str
) -> None:
    """In Flask-WTF those in it are not."""
    outer = Blueprint("outer", __name__, url_prefix="/outer")
    inner = Blueprint("inner", __name__, url_prefix="/inner")
    for blueprint in (outer, inner):
        blueprint.add_url_rule("/", "view", lambda: "done", methods=["POST"])
    protection.exempt({"outer": outer, "inner": inner}[which])
    outer.register_blueprint(inner)
    app.register_blueprint(outer)

    assert client.post("/outer/inner/").status_code == 200
    assert client.post("/outer/").status_code == (200 if which == "outer" else 400)


def test_a_view_can_ask_by_hand(
    app: Flask, protection: CSRFProtect, client: FlaskClient
) -> None:
    """``protect`` knows exemptions only if it is told to."""

    def hand() -> str:
        protection.protect(apply_exemptions=True)
        assert "csrf_valid" not in g
        protection.protect()
        return str(g.csrf_valid)

    add(app, "/hand", protection.exempt(hand))
    assert client.post("/hand").status_code == 400
    assert client.post("/hand", headers=SAME_ORIGIN).text == "True"


def test_what_is_not_there_is_answered_as_ever(client: FlaskClient) -> None:
    """404 and 405 are not turned into refusals."""
    assert client.post("/nowhere", headers=CROSS_SITE).status_code == 404


@pytest.mark.parametrize("error_class", [CSRFError, csrf.CSRFError])
def test_an_app_can_answer_refusals_itself(
    app: Flask, client: FlaskClient, error_class: type[csrf.CSRFError]
) -> None:
    """By Flask-WTF's class or by ours."""
    app.register_error_handler(error_class, lambda e: (e.description, 403))
    answer = client.post("/")
    assert (answer.status_code, answer.text) == (403, "The CSRF token is missing.")
    answer = client.post("/", headers=CROSS_SITE)
    assert answer.text == "Sec-Fetch-Site is 'cross-site'"
    assert CSRFError().description == "CSRF validation failed."


def test_a_refusal_is_logged_once(
    protection: CSRFProtect,
    app: Flask,
    client: FlaskClient,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Attaching twice, as tutorials do, does not ask twice."""
    caplog.set_level(logging.INFO)
    protection.init_app(app)
    CSRFProtect(app)
    client.post("/?a=secret", data={"b": "secret"})
    assert caplog.messages == ["The CSRF token is missing."]


def test_keys_of_the_app_stay() -> None:
    """Two apps of one object have each their own; what is not set gets its default."""
    protection = CSRFProtect()
    first, second = Flask("first"), Flask("second")
    first.config["WTF_CSRF_TIME_LIMIT"] = None
    for app in (first, second):
        protection.init_app(app)
    first.config["WTF_CSRF_HEADERS"].append("X-Mine")
    assert first.config["WTF_CSRF_TIME_LIMIT"] is None
    assert second.config["WTF_CSRF_TIME_LIMIT"] == 3600
    assert "X-Mine" not in second.config["WTF_CSRF_HEADERS"]
    assert "WTF_CSRF_SECRET_KEY" not in second.config


@pytest.mark.parametrize("protect_first", [True, False])
def test_beside_our_forms(app: Flask, protect_first: bool) -> None:
    """Views are left to it, and named forms guard themselves, whoever came first."""
    forms = Forms()
    forms.add("name", NameForm, handler=lambda form: None)
    attach: list[Callable[[Flask], Any]] = [CSRFProtect, forms.init_app]
    for one in attach if protect_first else reversed(attach):
        one(app)

    @app.route("/", methods=["GET", "POST"])
    def index() -> str:
        form = NameForm()
        done = form.validate_on_submit()
        html = "{{ csrf_token() }} {{ form.hidden_tag() }} {{ show_form('name') }}"
        return f"{done} {request.method} {render_template_string(html, form=form)}"

    client = app.test_client()
    page = client.get("/").text
    token = page.split()[2]
    assert page.count(token) == 2  # by hand, and in the form of the view
    answer = client.post("/", data={"name": "A"})
    assert "The CSRF token is missing." in answer.text
    answer = client.post("/", data={"name": "A", "csrf_token": token})
    assert answer.text.startswith("True")
    assert client.post("/-/forms/name", data={"name": "A"}).status_code == 400
    answer = client.post("/-/forms/name", data={"name": "A", "csrf_token": token})
    assert answer.status_code == 303
    answer = client.post("/-/forms/name", data={"name": "A"}, headers=SAME_ORIGIN)
    assert answer.status_code == 303


def test_a_refusal_is_said_to_the_visitor_and_logged_in_english(
    caplog: pytest.LogCaptureFixture, catalogs: object
) -> None:
    """The page is in the visitor's language, the log in its reader's."""
    caplog.set_level(logging.INFO)
    app = Flask(__name__)
    app.config.update(SECRET_KEY="tests", NAMEFORM_LOCALES=["en", "de"])
    CSRFProtect(app)
    app.add_url_rule("/", "post", lambda: "", methods=["POST"])
    answer = app.test_client().post("/", headers={"Accept-Language": "de"})

    assert "Das CSRF-Token fehlt." in answer.text
    assert caplog.messages == ["The CSRF token is missing."]
