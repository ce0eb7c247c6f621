from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timezone
from typing import Any

import pytest
from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    after_this_request,
    flash,
    g,
    make_response,
    redirect,
    render_template_string,
    request,
    session,
    stream_template_string,
)
from flask.testing import FlaskClient
from flask_nameform import Form, FormError, Forms, NameForm, csrf
from flask_nameform.testing import FormClient
from jinja2 import DictLoader
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import Client, TestResponse
from wtforms import FieldList, FormField, StringField
from wtforms.validators import DataRequired, ValidationError

Hidden = Callable[..., dict[str, str]]
MESSAGES = "{{ get_flashed_messages()|join(',') }}"
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


def page(app: Flask, url: str, template: str = "{{ show_form('name') }}") -> None:
    """Add a page with a template."""
    app.add_url_rule(url, url.strip("/"), lambda: render_template_string(template))


def send_blank(
    client: Client, html: str, hidden: Hidden, url: str = "/-/forms/name"
) -> TestResponse:
    """Send the form of a page without a name in it."""
    return client.post(url, data={**hidden(html), "name": " "}, headers=SAME_ORIGIN)


def test_the_page_is_shown_again(browser: FormClient) -> None:
    """422 with the page of the form, the value as it was sent and the error at it."""
    answer = browser.submit_form("name", name="x" * 101)
    assert answer.status_code == 422
    assert answer.text.startswith("<p>Hello, </p><form")
    assert f'value="{"x" * 101}"' in answer.text
    assert "at most 100 characters" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert int(answer.headers["Content-Length"]) == len(answer.data)


def test_the_title_of_the_page_says_so(
    app: Flask, browser: FlaskClient, hidden: Hidden
) -> None:
    """A layout writes its title before the form, and knows by then."""
    page(app, "/titled", "<i>{{ error_title('Hello') }}</i>{{ show_form('name') }}")
    html = browser.get("/titled").text
    assert html.startswith("<i>Hello</i>")
    assert send_blank(browser, html, hidden).text.startswith("<i>Error: Hello</i>")


@pytest.mark.parametrize("headers", [SAME_ORIGIN, {}], ids=["new browser", "old one"])
def test_a_page_may_be_streamed(
    app: Flask, client: FlaskClient, hidden: Hidden, headers: dict[str, str]
) -> None:
    """What its headers have to say is said before, by ``csrf.token()``."""

    @app.get("/stream")
    def stream() -> Response:
        csrf.token()
        return Response(stream_template_string("<p>{{ show_form('name') }}"))

    answer = client.get("/stream", headers=headers)
    assert answer.is_streamed
    assert "Sec-Fetch-Site" in answer.vary
    fields = {**hidden(answer.text), "name": " "}
    answer = client.post("/-/forms/name", data=fields, headers=headers)
    assert answer.status_code == 422
    assert answer.text.startswith("<p><form")
    assert "Enter your name" in answer.text


def test_the_query_of_the_page_is_kept(
    app: Flask, browser: FlaskClient, hidden: Hidden
) -> None:
    """The page gets the arguments it had."""
    page(app, "/für dich", "{{ request.url }} {{ show_form('name') }}")
    url = "/f%C3%BCr%20dich?a=%C3%A9&a=2&b"
    html = browser.get(url).text
    answer = send_blank(browser, html, hidden)
    assert answer.status_code == 422
    assert answer.text.split("<form")[0] == html.split("<form")[0]


def test_other_forms_of_the_page_still_go_to_it(
    app: Flask, browser: FlaskClient, hidden: Hidden, elements: Any
) -> None:
    """The address bar has another address now, so a form of the view says its own."""

    @app.get("/mixed")
    def mixed() -> str:
        html = "{{ show_form('name') }}{{ quick_form(form) }}"
        return render_template_string(html, form=NameForm())

    html = browser.get("/mixed?a=1").text
    assert [e.get("action") for e in elements(html) if e[""] == "form"] == [
        "/-/forms/name",
        None,
    ]
    html = send_blank(browser, html, hidden).text
    assert [e.get("action") for e in elements(html) if e[""] == "form"] == [
        "/-/forms/name",
        "/mixed?a=1",
    ]


def test_only_the_copy_that_was_sent_shows_it(
    app: Flask, browser: FlaskClient, hidden: Hidden
) -> None:
    """Another form on the page, or a copy with another key, stays as it was."""
    copies = (
        "{{ show_form('name') }}{{ show_form('name', 2) }}{{ show_form('name', 'x') }}"
    )
    page(app, "/copies", copies)
    html = browser.get("/copies").text
    fields = {**hidden(html, "name-2-form"), "name": "x" * 101}
    answer = browser.post("/-/forms/name", data=fields)
    assert answer.text.count("x" * 101) == 1
    assert answer.text.count('id="name-2-name-error"') == 1
    assert "name-name-error" not in answer.text


def test_the_first_request_is_over_before(
    app: Flask, forms: Forms, browser: FormClient
) -> None:
    """Its teardown has run, what was half done is rolled back, when the page reads."""
    events: list[str] = []

    @forms.handler("refuse", NameForm)
    def refuse(form: NameForm) -> None:
        g.half_done = True
        raise ValidationError("No")

    @app.teardown_request
    def end(error: BaseException | None) -> None:
        events.append(f"{request.method} ended")

    @app.get("/watch")
    def watch() -> str:
        events.append(f"page, half done: {'half_done' in g}")
        return render_template_string("{{ show_form('refuse') }}")

    browser.submit_form("refuse", page="/watch", name="A")
    assert events[-3:] == ["POST ended", "page, half done: False", "GET ended"]


def test_the_session_of_both_requests_survives(
    app: Flask, forms: Forms, browser: FormClient
) -> None:
    """What the handler put into the session is there for the page, and stays."""

    @forms.handler("count", NameForm)
    def count(form: NameForm) -> None:
        session["handled"] = True
        flash("first")
        flash("second")
        raise ValidationError("No")

    @app.get("/count")
    def show_count() -> str:
        session["shown"] = session.get("shown", 0) + 1
        return render_template_string(MESSAGES + "{{ show_form('count') }}")

    page(app, "/after", "{{ session.handled }} {{ session.shown }} " + MESSAGES)
    answer = browser.submit_form("count", page="/count", name="A")
    assert answer.text.startswith("first,second<form")
    assert len(answer.headers.getlist("Set-Cookie")) == 1
    assert browser.get("/after").text == "True 2 "


def test_a_flash_that_the_page_does_not_show_survives(
    app: Flask, forms: Forms, browser: FormClient
) -> None:
    """It waits for the page that does."""

    @forms.handler("flash", NameForm)
    def flashing(form: NameForm) -> None:
        flash("later")
        raise ValidationError("No")

    page(app, "/flash", "{{ show_form('flash') }}")
    page(app, "/messages", MESSAGES)
    browser.submit_form("flash", page="/flash", name="A")
    assert browser.get("/messages").text == "later"


def test_cookies_of_both_requests_survive(
    app: Flask, browser: FlaskClient, hidden: Hidden
) -> None:
    """The page is asked for with the cookies of the first answer."""

    @app.after_request
    def set_cookies(response: Response) -> Response:
        response.set_cookie("last", request.method)
        response.set_cookie(request.method, "seen")
        return response

    page(app, "/cookies", "{{ request.cookies|dictsort }} {{ show_form('name') }}")
    html = browser.get("/cookies").text
    answer = send_blank(browser, html, hidden)
    assert "('POST', 'seen')" in answer.text.replace("&#39;", "'")
    assert "('last', 'POST')" in answer.text.replace("&#39;", "'")
    names = sorted(c.split(";")[0] for c in answer.headers.getlist("Set-Cookie"))
    assert names == ["GET=seen", "POST=seen", "last=GET"]


def test_the_page_is_an_ordinary_get(
    app: Flask, browser: FlaskClient, hidden: Hidden
) -> None:
    """It has no body and no conditions, and the visitor's own headers."""
    seen: list[Any] = []

    @app.get("/plain")
    def plain() -> Any:
        headers = ("If-None-Match", "Range", "Content-Type", "User-Agent")
        seen.append([request.method, request.data, *map(request.headers.get, headers)])
        response = make_response(render_template_string("{{ show_form('name') }}"))
        response.add_etag()
        response.cache_control.public = True
        return response.make_conditional(request)

    answer = browser.get("/plain")
    browser.post(
        "/-/forms/name",
        data=hidden(answer.text),
        headers={
            "If-None-Match": answer.headers["ETag"],
            "Range": "bytes=0-1",
            "User-Agent": "Mine",
        },
    )
    assert seen[1] == ["GET", b"", None, None, None, "Mine"]


def test_what_is_about_the_page_as_it_was_is_dropped(
    app: Flask, browser: FlaskClient, hidden: Hidden
) -> None:
    """The page with a submission in it is stored nowhere."""

    @app.get("/cached")
    def cached() -> Response:
        response = make_response(render_template_string("{{ show_form('name') }}"))
        response.add_etag()
        response.cache_control.public = True
        response.cache_control.max_age = 60
        response.last_modified = response.expires = datetime.now(timezone.utc)
        response.headers["X-Own"] = "kept"
        return response

    answer = send_blank(browser, browser.get("/cached").text, hidden)
    assert answer.status_code == 422
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Own"] == "kept"
    assert not {"ETag", "Expires", "Last-Modified"} & set(answer.headers.keys())


@pytest.mark.parametrize("way", ["redirect", "gone", "hidden", "refused"])
def test_a_page_that_does_not_show_the_form_does_not_lose_it(
    app: Flask, browser: FlaskClient, hidden: Hidden, way: str
) -> None:
    """The form comes on a page of its own, and nothing of the other page with it."""

    @app.get("/once")
    def once() -> Any:
        if "seen" not in request.cookies:
            response = make_response(render_template_string("{{ show_form('name') }}"))
            response.set_cookie("seen", "yes")
            return response
        if way == "redirect":
            return redirect("/login")
        if way == "gone":
            abort(404)
        if way == "refused":
            return render_template_string("secret {{ show_form('name') }}"), 403
        return "secret"

    answer = send_blank(browser, browser.get("/once").text, hidden)
    assert answer.status_code == 422
    assert "<title>Error: Name</title>" in answer.text
    assert "Enter your name" in answer.text
    assert "secret" not in answer.text
    # The page it was on is not forgotten.
    fields = {**hidden(answer.text), "name": "Ada"}
    assert browser.post("/-/forms/name", data=fields).location == "/once"


def test_a_guarded_page_is_not_disclosed(app: Flask, hidden: Hidden) -> None:
    """Whoever lost the right to see a page gets the form, and the page's guard ran."""
    members = Blueprint("members", __name__, url_prefix="/members")

    @members.before_request
    def guard() -> Any:
        if "member" not in session:
            flash("Please sign in")
            return redirect("/login")
        return None

    @members.get("/")
    def index() -> str:
        return render_template_string("secret {{ show_form('name') }}")

    app.register_blueprint(members)
    page(app, "/messages", MESSAGES)
    client = app.test_client()
    with client.session_transaction() as stored:
        stored["member"] = True
    html = client.get("/members/").text
    assert send_blank(client, html, hidden).text.startswith("secret")

    with client.session_transaction() as stored:
        del stored["member"]
    answer = send_blank(client, html, hidden)
    assert answer.status_code == 422
    assert "secret" not in answer.text
    assert "Enter your name" in answer.text
    assert client.get("/messages").text == ""  # of an answer that nobody saw


def test_a_page_of_its_own_runs_the_hooks_of_the_app(
    app: Flask, browser: FlaskClient
) -> None:
    """It is in the site's layout, which may need what hooks provide."""
    app.before_request(lambda: setattr(g, "visitor", "Ada"))
    layout = "{{ g.visitor }} {% block page_content %}{% endblock %}"
    app.jinja_loader = DictLoader({"site.html": layout})
    app.config["NAMEFORM_BASE_TEMPLATE"] = "site.html"
    answer = browser.post("/-/forms/name")
    assert answer.status_code == 422
    assert answer.text.startswith("Ada <h1>Name</h1>")


def test_a_page_that_fails_fails(
    app: Flask, browser: FlaskClient, hidden: Hidden
) -> None:
    """500 as usual: it is not the form's fault, and hiding it would help nobody."""

    @app.get("/fragile")
    def fragile() -> str:
        if "broken" in g:
            raise LookupError
        return render_template_string("{{ show_form('name') }}")

    @app.before_request
    def break_it() -> None:
        if "X-Break" in request.headers:
            g.broken = True

    fields = hidden(browser.get("/fragile").text)
    with pytest.raises(LookupError):
        browser.post("/-/forms/name", data=fields, headers={"X-Break": "1"})

    app.testing = False
    answer = browser.post("/-/forms/name", data=fields, headers={"X-Break": "1"})
    assert answer.status_code == 500
    assert "Internal Server Error" in answer.text


def test_a_form_shown_by_a_post_is_on_the_page_of_that_url(
    app: Flask, browser: FlaskClient, hidden: Hidden
) -> None:
    """A view that answers its own form by a page may show a named one in it."""

    @app.route("/both", methods=["GET", "POST"])
    def both() -> str:
        return render_template_string("Both {{ show_form('name') }}")

    answer = send_blank(browser, browser.post("/both").text, hidden)
    assert answer.status_code == 422
    assert answer.text.startswith("Both")


@pytest.mark.parametrize("base", ["/", "/mounted/deep"])
def test_an_app_may_be_mounted(app: Flask, hidden: Hidden, base: str) -> None:
    """Below another app all addresses and pages are where they should be."""

    def other(environ: Any, start_response: Any) -> Iterable[bytes]:
        raise AssertionError  # pragma: no cover

    root = base.rstrip("/")
    mounted = DispatcherMiddleware(other, {root: app}) if root else app
    client = Client(mounted)
    html = client.get(f"{root}/?a=1", headers={"Sec-Fetch-Site": "none"}).text
    assert f'action="{root}/-/forms/name"' in html
    answer = send_blank(client, html, hidden, f"{root}/-/forms/name")
    assert answer.status_code == 422
    assert answer.text.startswith("<p>Hello")
    fields = {**hidden(answer.text), "name": "Ada"}
    answer = client.post(f"{root}/-/forms/name", data=fields, headers=SAME_ORIGIN)
    assert answer.location == f"{root}/?a=1"


class StripPrefix:
    """The well-known middleware that mounts an app by cutting its path."""

    def __init__(self, wsgi_app: Any) -> None:
        self.wsgi_app = wsgi_app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        environ["PATH_INFO"] = environ["PATH_INFO"].removeprefix("/cut")
        environ["SCRIPT_NAME"] = "/cut"
        return self.wsgi_app(environ, start_response)


def fix(wsgi_app: Any) -> Any:
    return ProxyFix(wsgi_app, x_for=1, x_proto=1, x_host=1, x_prefix=1)


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(
    ("middleware", "path", "root"),
    [(StripPrefix, "/cut", "/cut"), (fix, "", "/prefix")],
)
def test_middleware_may_come_before_or_after(
    hidden: Hidden, middleware: Callable[[Any], Any], path: str, root: str, first: bool
) -> None:
    """Whatever rewrites the request does so for the page as well, once."""
    app = Flask(__name__)
    app.secret_key = "x"
    forms = Forms()
    forms.add("name", NameForm, handler=lambda form: None)

    if first:
        app.wsgi_app = middleware(app.wsgi_app)  # type: ignore[method-assign]
    forms.init_app(app)
    if not first:
        app.wsgi_app = middleware(app.wsgi_app)  # type: ignore[method-assign]

    page(app, "/page", "{{ request.url }} {{ show_form('name') }}")
    client = app.test_client()
    client.environ_base.update(
        HTTP_X_FORWARDED_PROTO="https",
        HTTP_X_FORWARDED_HOST="site.example",
        HTTP_X_FORWARDED_PREFIX="/prefix",
    )
    html = client.get(f"{path}/page").text
    assert f'action="{root}/-/forms/name"' in html
    answer = send_blank(client, html, hidden, f"{path}/-/forms/name")
    assert answer.status_code == 422
    assert answer.text.split("<form")[0] == html.split("<form")[0]


def test_middleware_that_answers_late_loses_nothing(hidden: Hidden) -> None:
    """An app that runs when its body is read gives the form on a page of its own."""
    late = Flask("late")
    late.secret_key = "x"
    forms = Forms()
    forms.add("name", NameForm, handler=lambda form: None)
    wsgi_app = late.wsgi_app

    def lazy(environ: Any, start_response: Any) -> Iterator[bytes]:
        yield from wsgi_app(environ, start_response)

    late.wsgi_app = lazy  # type: ignore[method-assign]
    forms.init_app(late)
    page(late, "/page")
    client = late.test_client()
    answer = send_blank(client, client.get("/page").text, hidden)
    assert answer.status_code == 422
    assert "<h1>Name</h1>" in answer.text


def test_middleware_may_collect_the_answer(hidden: Hidden) -> None:
    """What is between us and the app may hand over a plain list."""
    app = Flask(__name__)
    app.secret_key = "x"
    forms = Forms()
    forms.add("name", NameForm, handler=lambda form: None)
    wsgi_app = app.wsgi_app

    def collect(environ: Any, start_response: Any) -> list[bytes]:
        body: Any = wsgi_app(environ, start_response)
        try:
            return list(body)
        finally:
            body.close()

    app.wsgi_app = collect  # type: ignore[method-assign]
    forms.init_app(app)
    page(app, "/page", "Page {{ show_form('name') }}")
    client = app.test_client()
    answer = send_blank(client, client.get("/page").text, hidden)
    assert answer.status_code == 422
    assert answer.text.startswith("Page")


def test_without_the_wrapper_nothing_is_lost(app: Flask, hidden: Hidden) -> None:
    """Where somebody took our wrapper away the form is on a page of its own."""
    html = app.test_client().get("/", headers=SAME_ORIGIN).text
    data = {**hidden(html), "name": ""}
    with app.test_request_context(
        "/-/forms/name", method="POST", data=data, headers=SAME_ORIGIN
    ):
        answer = app.full_dispatch_request()
    assert answer.status_code == 422
    assert "<h1>Name</h1>" in answer.get_data(as_text=True)


def test_a_test_can_look_at_the_context(app: Flask, hidden: Hidden) -> None:
    """``with client:`` keeps the request that was made, after a page as after any."""
    with app.test_client() as client:
        html = client.get("/", headers=SAME_ORIGIN).text
        answer = send_blank(client, html, hidden)
        assert answer.status_code == 422
        assert request.path == "/-/forms/name"
        assert "name" not in session
        client.get("/")
        assert request.path == "/"


def test_an_app_context_of_a_test_does_not_disturb(app: Flask, hidden: Hidden) -> None:
    """Requests within a pushed context share ``g``; nothing of ours is in it."""
    with app.app_context():
        client = app.test_client()
        html = client.get("/", headers=SAME_ORIGIN).text
        assert send_blank(client, html, hidden).status_code == 422
        assert "Enter your name" not in client.get("/").text


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "POST"])
def test_other_requests_pass_untouched(app: Flask, method: str) -> None:
    """A stream stays a stream, and ``write`` is what the server gave."""
    started: list[str] = []

    def stream() -> Iterator[str]:
        assert started == ["200 OK"]
        yield "a"
        yield "b"

    app.add_url_rule(
        "/stream", "stream", lambda: Response(stream()), methods=["GET", "POST", "PUT"]
    )
    builder = app.test_request_context("/stream", method=method, headers=SAME_ORIGIN)

    def start(status: str, headers: Any, exc_info: Any = None) -> Any:
        started.append(status)
        return None

    body: Any = app.wsgi_app(builder.request.environ, start)
    assert started == ["200 OK"]
    list(body)
    body.close()


class Row(Form):
    text = StringField(validators=[DataRequired("Enter a text")])

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        if self.text.data == "together":
            self.form_errors.append("Not together")
            return False
        return valid


class Table(Form):
    title = StringField()
    first = FormField(Row)
    rows = FieldList(FormField(Row))
    names = FieldList(StringField(validators=[DataRequired("Enter a name")]))


def test_nested_forms_keep_values_and_errors(
    app: Flask, forms: Forms, browser: FlaskClient, hidden: Hidden, elements: Any
) -> None:
    """Each row has its own values and messages again, and validators ran once."""
    forms.add("table", Table, handler=lambda form: None)
    page(app, "/table", "{{ show_form('table') }}")
    data = {
        "title": "kept",
        "first-text": "together",
        "rows-0-text": "fine",
        "rows-1-text": "",
        "names-0": "",
        "names-1": "x",
    }
    fields = {**hidden(browser.get("/table").text), **data}
    html = browser.post("/-/forms/table", data=fields).text
    values = {e["name"]: e["value"] for e in elements(html) if e.get("type") == "text"}
    assert values == data
    links = {e["href"] for e in elements(html) if e[""] == "a"}
    assert links == {"#table-first-text", "#table-rows-1-text", "#table-names-0"}
    assert html.count("Not together") == 2


@pytest.mark.parametrize("fails", [False, True])
def test_what_follows_the_answer_follows_the_page(
    app: Flask, forms: Forms, browser: FormClient, hidden: Hidden, fails: bool
) -> None:
    """A mail that leaves after the answer does not make whoever sent the form wait."""
    done: list[str] = []

    @forms.handler("later", NameForm)
    def later(form: NameForm) -> None:
        @after_this_request
        def arrange(response: Response) -> Response:
            response.call_on_close(lambda: done.append("later"))
            return response

        raise FormError("No")

    @app.get("/later")
    def show() -> str:
        if app.config.get("FAILS"):
            raise LookupError()
        return render_template_string("Page {{ show_form('later') }}")

    fields = {**hidden(browser.get("/later").text), "name": "Ada"}
    app.config["FAILS"] = fails
    if fails:
        with pytest.raises(LookupError):
            browser.post("/-/forms/later", data=fields)
    else:
        answer = browser.post("/-/forms/later", data=fields)
        assert answer.text.startswith("Page")
        assert done == []
        answer.close()
    assert done == ["later"]


def test_a_status_of_the_handler_is_that_of_the_page(
    app: Flask, forms: Forms, browser: FormClient
) -> None:
    """429 with ``Retry-After`` reaches the browser together with the page."""

    @forms.handler("often", NameForm)
    def often(form: NameForm) -> None:
        raise FormError("Too often", status=429, headers={"Retry-After": "9"})

    page(app, "/often", "Often {{ show_form('often') }}")
    answer = browser.submit_form("often", page="/often", name="A")
    assert answer.text.startswith("Often")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "9")
