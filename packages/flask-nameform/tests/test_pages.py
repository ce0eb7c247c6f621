from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import pytest
from flask import Blueprint, Flask, abort, g, render_template_string, request, session
from flask.testing import FlaskClient
from flask.views import View
from flask_nameform import Forms, NameForm
from flask_nameform.testing import FormClient
from flask_nameform.wtf import CSRFProtect
from wtforms.validators import ValidationError

Hidden = Callable[..., dict[str, str]]
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


def guard(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let nobody in who is not signed in."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs) if "X-User" in request.headers else abort(401)

    return guarded


@pytest.fixture
def app(app: Flask, forms: Forms) -> Flask:
    """An app with pages in languages, which take the posts of their forms."""

    @app.url_value_preprocessor
    def take_language(endpoint: str | None, values: dict[str, Any] | None) -> None:
        g.lang = (values or {}).pop("lang", None)

    @app.url_defaults
    def give_language(endpoint: str, values: dict[str, Any]) -> None:
        if app.url_map.is_endpoint_expecting(endpoint, "lang"):
            values.setdefault("lang", g.lang)

    @app.route("/<lang>/page", methods=["GET", "POST"])
    @forms.page
    def page() -> str:
        html = "{{ request.method }} {{ g.lang }} {{ session.name }}"
        return render_template_string(html + "{{ show_form('name') }}")

    @app.route("/guarded", methods=["GET", "POST"])
    @guard
    @forms.page
    def guarded() -> str:
        return render_template_string("{{ show_form('name') }}")

    return app


def test_the_form_goes_to_the_page(browser: FlaskClient, hidden: Hidden) -> None:
    """Below a prefix with variables too, and back to it when it is accepted."""
    html = browser.get("/cs/page?a=1").text
    assert 'action="/cs/page?a=1"' in html
    data = {**hidden(html), "name": "Ada"}
    answer = browser.post("/cs/page?a=1", data=data)
    assert (answer.status_code, answer.location) == (303, "/cs/page?a=1")
    assert browser.get("/cs/page").text.startswith("GET cs Ada")


def test_what_is_invalid_is_shown_on_the_page(browser: FormClient) -> None:
    """By the same two requests as anywhere: the page is shown by a GET."""
    answer = browser.submit_form("name", page="/cs/page", name="")
    assert answer.status_code == 422
    assert answer.text.startswith("GET cs")
    assert "Enter your name" in answer.text


def test_other_posts_reach_the_view(browser: FlaskClient, hidden: Hidden) -> None:
    """Those without a marker of ours, and those of forms that are no more."""
    assert browser.post("/cs/page", data={"name": "Ada"}).text.startswith("POST cs")
    for mark in ("", "NameForm", "name", "x.y"):
        answer = browser.post("/cs/page", data={"name": "Ada", "_form": mark})
        assert answer.text.startswith("POST cs")


def test_a_form_that_is_no_more_reaches_the_view(hidden: Hidden) -> None:
    """A page from before a deployment, perhaps."""
    old, new = Forms(), Forms()
    old.add("old", NameForm, handler=lambda form: None)
    clients = []
    for forms, html in ((old, "{{ show_form('old') }}"), (new, "View")):
        app = Flask(__name__)
        app.secret_key = "x"
        forms.init_app(app)
        view = forms.page(lambda html=html: render_template_string(html))
        app.add_url_rule("/", "page", view, methods=["GET", "POST"])
        clients.append(app.test_client())
    fields = hidden(clients[0].get("/").text)
    assert clients[1].post("/", data=fields, headers=SAME_ORIGIN).text == "View"


def test_the_guards_of_the_page_guard_the_handler(
    app: Flask, browser: FlaskClient, hidden: Hidden
) -> None:
    """What stands above the decorator runs before any handler."""
    data = {
        **hidden(browser.get("/guarded", headers={"X-User": "a"}).text),
        "name": "A",
    }
    assert browser.post("/guarded", data=data).status_code == 401
    answer = browser.post("/guarded", data=data, headers={"X-User": "a"})
    assert answer.location == "/guarded"


def test_a_page_is_protected(client: FlaskClient, hidden: Hidden) -> None:
    """Another site is refused before any guard runs; a missing token is asked for."""
    fields = {**hidden(client.get("/cs/page").text), "name": "planted"}
    other = {"Sec-Fetch-Site": "cross-site"}
    answer = client.post("/guarded", data=fields, headers=other)
    assert answer.status_code == 400
    assert "planted" not in answer.text
    answer = client.post(
        "/cs/page", data=fields, headers={**other, "Accept": "application/json"}
    )
    assert answer.status_code == 400
    assert answer.is_json

    answer = client.post("/cs/page", data={**fields, "csrf_token": ""})
    assert answer.status_code == 400
    assert answer.text.startswith("GET cs <form")
    assert 'value="planted"' in answer.text
    assert client.post("/cs/page", data=hidden(answer.text)).status_code == 422


def test_other_posts_to_a_page_are_protected(client: FlaskClient) -> None:
    """As those of any view are, with a marker or without."""
    client.get("/cs/page")
    answer = client.post("/cs/page", data={"_form": "name"})
    assert answer.status_code == 400
    assert "could not be verified" in answer.text


def test_a_page_that_does_not_show_the_form_any_more(
    app: Flask, forms: Forms, browser: FormClient, hidden: Hidden
) -> None:
    """The form comes on a page of its own, and is sent to the page again."""

    @app.route("/once", methods=["GET", "POST"])
    @forms.page
    def once() -> str:
        if session.pop("seen", False):
            return "Gone"
        session["seen"] = True
        return render_template_string("{{ show_form('name') }}")

    answer = browser.submit_form("name", page="/once", name="")
    assert answer.status_code == 422
    assert "<h1>Name</h1>" in answer.text
    assert 'action="/once"' in answer.text
    answer = browser.post("/once", data={**hidden(answer.text), "name": "Ada"})
    assert answer.location == "/once"


def test_a_handler_refuses_on_the_page(
    app: Flask, forms: Forms, browser: FlaskClient, hidden: Hidden
) -> None:
    """A class view is a page as well."""

    @forms.handler("refuse", NameForm)
    def refuse(form: NameForm) -> None:
        raise ValidationError("Not today")

    class Page(View):
        methods = ("GET", "POST")
        decorators = [forms.page]  # noqa: RUF012 # as Flask types it

        def dispatch_request(self) -> str:
            return render_template_string("Page {{ show_form('refuse') }}")

    app.add_url_rule("/class", view_func=Page.as_view("class"))
    fields = {**hidden(browser.get("/class").text), "name": "A"}
    answer = browser.post("/class", data=fields)
    assert answer.status_code == 422
    assert answer.text.startswith("Page")
    assert "Not today" in answer.text
    fragment = browser.post("/class", data=fields, headers={"HX-Request": "true"})
    assert 'action="/class"' in fragment.text
    assert fragment.text.strip().startswith("<form")


def test_a_form_of_another_blueprint_keeps_its_guards(hidden: Hidden) -> None:
    """It is sent to its own address; posting it to the page does not go round them."""
    app = Flask(__name__)
    app.secret_key = "x"
    forms = Forms(app)
    admin = Blueprint("admin", __name__, url_prefix="/admin")
    done: list[NameForm] = []
    Forms(blueprint=admin).add("name", NameForm, handler=done.append)
    admin.before_request(lambda: None if "X-User" in request.headers else abort(401))

    def show() -> str:
        return render_template_string("View {{ show_form('admin.name') }}")

    rule: dict[str, Any] = {"methods": ["GET", "POST"], "view_func": forms.page(show)}
    app.add_url_rule("/public", "public", **rule)
    admin.add_url_rule("/page", "page", **rule)
    app.register_blueprint(admin)
    client = app.test_client()

    html = client.get("/public", headers=SAME_ORIGIN).text
    assert 'action="/admin/-/forms/name"' in html
    data = {**hidden(html), "name": "Ada"}
    assert client.post("/public", data=data, headers=SAME_ORIGIN).text[:4] == "View"
    assert client.post("/admin/page", data=data).status_code == 401
    assert not done

    headers = {**SAME_ORIGIN, "X-User": "a"}
    assert 'action="/admin/page"' in client.get("/admin/page", headers=headers).text
    client.post("/admin/page", data=data, headers=headers)
    assert len(done) == 1


class Site:
    """An app whose views are methods."""

    def index(self) -> str:
        return render_template_string("{{ show_form('name') }}")


def test_a_page_without_posts_is_a_mistake(app: Flask, forms: Forms) -> None:
    """The message says what to add to the route."""
    page = forms.page(lambda: render_template_string("{{ show_form('name') }}"))
    app.add_url_rule("/get", "get_only", page)
    with pytest.raises(RuntimeError, match=r"'get_only'.*methods=\['GET', 'POST'\]"):
        app.test_client().get("/get")


def test_a_page_above_its_route_is_a_mistake(app: Flask, forms: Forms) -> None:
    """Guards below the route would not come before the handlers; the line is named."""

    @forms.page
    @app.route("/above", methods=["GET", "POST"])
    def above() -> str:
        return render_template_string("{{ show_form('name') }}")

    client = app.test_client()
    for send in (client.get, client.post):
        with pytest.raises(RuntimeError, match=r"'above'.*on top.*test_pages\.py:\d+"):
            send("/above", headers=SAME_ORIGIN)


def test_a_view_may_be_a_page_at_one_address(app: Flask, forms: Forms) -> None:
    """At another one its forms go where they go from any view."""

    def view() -> str:
        return render_template_string("{{ show_form('name') }}")

    methods = ["GET", "POST"]
    app.add_url_rule("/taken", "taken", forms.page(view), methods=methods)
    app.add_url_rule("/view", "view", view, methods=methods)
    app.add_url_rule("/method", "method", forms.page(Site().index), methods=methods)
    client = app.test_client()
    assert 'action="/taken"' in client.get("/taken").text
    assert 'action="/-/forms/name"' in client.get("/view").text
    assert 'action="/method"' in client.get("/method").text


def test_an_async_page_is_awaited(
    app: Flask, forms: Forms, browser: FlaskClient
) -> None:
    """A page may be a coroutine function, as any view."""
    pytest.importorskip("asgiref")

    @app.route("/async", methods=["GET", "POST"])
    @forms.page
    async def later() -> str:
        return "awaited"

    assert browser.get("/async").text == "awaited"


@pytest.fixture(params=["ours", "real"])
def protection(request: pytest.FixtureRequest) -> Any:
    """``CSRFProtect``: that of Flask-WTF, and ours under its names."""
    if request.param == "ours":
        return CSRFProtect
    return pytest.importorskip("flask_wtf").CSRFProtect


@pytest.fixture(params=["first", "last"])
def beside(request: pytest.FixtureRequest, bare_app: Flask, protection: Any) -> Flask:
    """An app with a page beside ``CSRFProtect``, whichever came first."""
    forms = Forms()
    forms.add("name", NameForm, handler=lambda form: None)
    attach: list[Callable[[Flask], Any]] = [protection, forms.init_app]

    for one in attach if request.param == "first" else reversed(attach):
        one(bare_app)

    @bare_app.route("/", methods=["GET", "POST"])
    @forms.page
    def page() -> str:
        if "gone" in session:
            return "Gone"
        return render_template_string("{{ request.method }} {{ show_form('name') }}")

    @bare_app.get("/gone")
    def gone() -> str:
        session["gone"] = True
        return ""

    return bare_app


@pytest.mark.parametrize("headers", [{}, SAME_ORIGIN])
def test_a_page_beside_another_protection(
    beside: Flask, hidden: Hidden, headers: dict[str, str]
) -> None:
    """Its forms are sent to a view, so the token in them is the other's."""
    client = beside.test_client()
    fields = hidden(client.get("/", headers=headers).text)
    answer = client.post("/", data={**fields, "name": "Ada"}, headers=headers)
    assert (answer.status_code, answer.location) == (303, "/")

    answer = client.post("/", data={**fields, "name": ""}, headers=headers)
    assert answer.status_code == 422
    assert answer.text.startswith("GET <form")

    answer = client.post("/", data={"csrf_token": fields["csrf_token"]})
    assert answer.text.startswith("POST <form")
    assert client.post("/", data={}).status_code == 400


def test_a_page_beside_another_protection_refuses_other_sites(
    beside: Flask, hidden: Hidden
) -> None:
    """The token that Flask-WTF would have taken does not help them."""
    client = beside.test_client()
    fields = {**hidden(client.get("/").text), "name": "planted"}
    answer = client.post("/", data=fields, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 400
    assert "planted" not in answer.text


def test_a_page_beside_another_protection_that_shows_the_form_no_more(
    beside: Flask, hidden: Hidden
) -> None:
    """The form comes alone, past the other, though its token was in the body."""
    client = beside.test_client()
    fields = hidden(client.get("/").text)
    client.get("/gone")
    answer = client.post("/", data={**fields, "name": ""})
    assert answer.status_code == 422
    assert "<h1>Name</h1>" in answer.text
    answer = client.post("/", data={**hidden(answer.text), "name": "Ada"})
    assert answer.status_code == 303


def test_a_page_without_a_token_beside_another_protection(
    beside: Flask, hidden: Hidden, protection: Any
) -> None:
    """Ours gives the form back; Flask-WTF's refuses it before anybody can."""
    client = beside.test_client()
    fields = {**hidden(client.get("/").text), "name": "Ada", "csrf_token": "é"}
    answer = client.post("/", data=fields)
    assert answer.status_code == 400
    assert ('value="Ada"' in answer.text) is (protection is CSRFProtect)


def test_a_page_that_another_protection_leaves_out(
    bare_app: Flask, protection: Any, hidden: Hidden
) -> None:
    """Is asked for its token all the same, and given back without."""
    forms = Forms(bare_app)
    forms.add("name", NameForm, handler=lambda form: None)
    view = forms.page(lambda: render_template_string("{{ show_form('name') }}"))
    bare_app.add_url_rule("/", "page", view, methods=["GET", "POST"])
    protection(bare_app).exempt(view)

    client = bare_app.test_client()
    fields = {**hidden(client.get("/").text), "name": "Ada"}
    assert client.post("/", data=fields).status_code == 303
    answer = client.post("/", data={**fields, "csrf_token": ""})
    assert answer.status_code == 400
    assert 'value="Ada"' in answer.text
    assert client.post("/", data={**hidden(answer.text)}).status_code == 422


def test_a_script_posts_with_the_token_of_the_other(
    beside: Flask, hidden: Hidden
) -> None:
    """To the address of a named form too: it is the one that ``csrf_token()`` gives."""
    beside.add_url_rule("/t", "t", lambda: render_template_string("{{ csrf_token() }}"))
    client = beside.test_client()
    headers = {"X-CSRFToken": client.get("/t").text}
    answer = client.post("/-/forms/name", data={"name": "A"}, headers=headers)
    assert answer.status_code == 303
