from __future__ import annotations

from collections.abc import Callable
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
from werkzeug.test import TestResponse
from wtforms import FieldList, FormField, StringField
from wtforms.validators import DataRequired, ValidationError

Hidden = Callable[..., dict[str, str]]
SendBlank = Callable[..., TestResponse]
MESSAGES = "{{ get_flashed_messages()|join(',') }}"
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


def page(app: Flask, url: str, template: str = "{{ show_form('name') }}") -> None:
    """Add a page with a template."""
    app.add_url_rule(url, url.strip("/"), lambda: render_template_string(template))


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
    app: Flask, browser: FlaskClient, send_blank: SendBlank
) -> None:
    """A layout writes its title before the form, and knows by then."""
    page(app, "/titled", "<i>{{ error_title('Hello') }}</i>{{ show_form('name') }}")
    html = browser.get("/titled").text
    assert html.startswith("<i>Hello</i>")
    assert send_blank(browser, html).text.startswith("<i>Error: Hello</i>")


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
    app: Flask, browser: FlaskClient, send_blank: SendBlank
) -> None:
    """The page gets the arguments it had."""
    page(app, "/für dich", "{{ request.url }} {{ show_form('name') }}")
    url = "/f%C3%BCr%20dich?a=%C3%A9&a=2&b"
    html = browser.get(url).text
    answer = send_blank(browser, html)
    assert answer.status_code == 422
    assert answer.text.split("<form")[0] == html.split("<form")[0]


def test_other_forms_of_the_page_still_go_to_it(
    app: Flask, browser: FlaskClient, send_blank: SendBlank, elements: Any
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
    html = send_blank(browser, html).text
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
    app: Flask, browser: FlaskClient, send_blank: SendBlank
) -> None:
    """The page is asked for with the cookies of the first answer."""

    @app.after_request
    def set_cookies(response: Response) -> Response:
        response.set_cookie("last", request.method)
        response.set_cookie(request.method, "seen")
        return response

    page(app, "/cookies", "{{ request.cookies|dictsort }} {{ show_form('name') }}")
    html = browser.get("/cookies").text
    answer = send_blank(browser, html)
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
    app: Flask, browser: FlaskClient, send_blank: SendBlank
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

    answer = send_blank(browser, browser.get("/cached").text)
    assert answer.status_code == 422
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Own"] == "kept"
    assert not {"ETag", "Expires", "Last-Modified"} & set(answer.headers.keys())


@pytest.mark.parametrize("way", ["redirect", "gone", "hidden", "refused"])
def test_a_page_that_does_not_show_the_form_does_not_lose_it(
    app: Flask, browser: FlaskClient, hidden: Hidden, send_blank: SendBlank, way: str
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

    answer = send_blank(browser, browser.get("/once").text)
    assert answer.status_code == 422
    assert "<title>Error: Name</title>" in answer.text
    assert "Enter your name" in answer.text
    assert "secret" not in answer.text
    # The page it was on is not forgotten.
    fields = {**hidden(answer.text), "name": "Ada"}
    assert browser.post("/-/forms/name", data=fields).location == "/once"


def test_a_guarded_page_is_not_disclosed(app: Flask, send_blank: SendBlank) -> None:
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
    assert send_blank(client, html).text.startswith("secret")

    with client.session_transaction() as stored:
        del stored["member"]
    answer = send_blank(client, html)
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
    app: Flask, browser: FlaskClient, send_blank: SendBlank
) -> None:
    """A view that answers its own form by a page may show a named one in it."""

    @app.route("/both", methods=["GET", "POST"])
    def both() -> str:
        return render_template_string("Both {{ show_form('name') }}")

    answer = send_blank(browser, browser.post("/both").text)
    assert answer.status_code == 422
    assert answer.text.startswith("Both")


def test_a_test_can_look_at_the_context(app: Flask, send_blank: SendBlank) -> None:
    """``with client:`` keeps the request that was made, after a page as after any."""
    with app.test_client() as client:
        html = client.get("/", headers=SAME_ORIGIN).text
        answer = send_blank(client, html)
        assert answer.status_code == 422
        assert request.path == "/-/forms/name"
        assert "name" not in session
        client.get("/")
        assert request.path == "/"


def test_an_app_context_of_a_test_does_not_disturb(
    app: Flask, send_blank: SendBlank
) -> None:
    """Requests within a pushed context share ``g``; nothing of ours is in it."""
    with app.app_context():
        client = app.test_client()
        html = client.get("/", headers=SAME_ORIGIN).text
        assert send_blank(client, html).status_code == 422
        assert "Enter your name" not in client.get("/").text


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
