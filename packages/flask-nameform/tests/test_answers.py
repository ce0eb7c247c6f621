from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, Response, redirect, render_template_string, request, session
from flask.testing import FlaskClient
from flask_nameform import Form, FormError, Forms, NameForm
from jinja2 import DictLoader
from werkzeug.test import TestResponse
from wtforms import FieldList, FormField, StringField
from wtforms.validators import DataRequired, ValidationError

Hidden = Callable[..., dict[str, str]]
JSON = {"Accept": "application/json"}
HTMX = {"HX-Request": "true"}
TURBO = {"Turbo-Frame": "name", "Accept": "text/html, application/xhtml+xml"}
OTHER_SITE = {"Sec-Fetch-Site": "cross-site"}


def send(
    client: FlaskClient, headers: dict[str, str], form: str = "name", **fields: Any
) -> TestResponse:
    data = {"name": "Ada", **fields}
    return client.post(f"/-/forms/{form}", data=data, headers=headers)


@pytest.mark.parametrize(
    ("accept", "is_json"),
    [
        ("application/json", True),
        ("application/json, text/javascript, */*; q=0.01", True),
        ("text/html;q=0.5, application/json", True),
        ("text/html, application/json", False),
        ("text/html,application/xhtml+xml,*/*;q=0.8", False),
        ("*/*", False),
        ("", False),
    ],
)
def test_who_prefers_json_gets_it(
    browser: FlaskClient, accept: str, is_json: bool
) -> None:
    """What is sent may be a form all the same; a browser always prefers HTML."""
    answer = send(browser, {"Accept": accept})
    assert answer.is_json is is_json
    assert answer.status_code == (200 if is_json else 303)


def test_success_in_json_says_where_to_go(browser: FlaskClient, hidden: Hidden) -> None:
    """The page the form was on, as a browser would be sent there."""
    fields = hidden(browser.get("/?a=1").text)
    answer = send(browser, JSON, **fields)
    assert answer.status_code == 200
    assert answer.json == {"ok": True, "redirect": "/?a=1"}
    assert "Location" not in answer.headers
    assert "Hello, Ada" in browser.get("/").text


def test_errors_in_json_are_by_field(forms: Forms, browser: FlaskClient) -> None:
    """Under the names that fields have in HTML; those without errors are left out."""

    class Row(Form):
        text = StringField(validators=[DataRequired("Enter a text")])

    class Table(Form):
        title = StringField(validators=[DataRequired("Enter a title")])
        note = StringField()
        rows = FieldList(FormField(Row))

        def validate(self, extra_validators: Any = None) -> bool:
            self.form_errors.append("Bad table")
            return super().validate(extra_validators)

    forms.add("table", Table, handler=lambda form: None)
    body = {"rows": [{"text": "x"}, {}, {"text": None}]}
    answer = browser.post("/-/forms/table", json=body)
    assert answer.status_code == 422
    assert answer.json == {
        "errors": {
            "": ["Bad table"],
            "title": ["Enter a title"],
            "rows-1-text": ["Enter a text"],
            "rows-2-text": ["Enter a text"],
        }
    }


def refuse(form: NameForm) -> None:
    raise FormError("Too often", status=429, headers={"Retry-After": "60"})


@pytest.mark.parametrize("headers", [JSON, HTMX])
def test_a_status_of_the_handler_is_kept(
    forms: Forms, browser: FlaskClient, headers: dict[str, str]
) -> None:
    """With its headers and its message, in each kind of answer."""
    forms.add("refuse", NameForm, handler=refuse)
    answer = send(browser, headers, "refuse")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert "Too often" in answer.text


def test_a_missing_token_in_json_has_the_same_shape(client: FlaskClient) -> None:
    """400: the script has to ask for a token, and nothing was done."""
    answer = send(client, JSON)
    assert answer.status_code == 400
    assert answer.json is not None
    assert "send it again" in answer.json["errors"][""][0]


@pytest.mark.parametrize("headers", [JSON, HTMX, TURBO, {}])
def test_another_site_gets_nothing_back(
    browser: FlaskClient, headers: dict[str, str]
) -> None:
    """A veto is 400 in the shape of the answer, and never has the values in it."""
    answer = send(browser, {**headers, **OTHER_SITE}, name="planted")
    assert answer.status_code == 400
    assert "could not be verified" in answer.text
    assert "planted" not in answer.text
    assert answer.is_json is (headers is JSON)


@pytest.mark.parametrize("code", [301, 302, 303])
@pytest.mark.parametrize("headers", [JSON, HTMX])
def test_a_redirect_of_the_handler_is_told_the_client(
    forms: Forms, browser: FlaskClient, headers: dict[str, str], code: int
) -> None:
    """Its cookies reach the browser too."""

    def handler(form: NameForm) -> Any:
        response = redirect("/x", code)
        response.set_cookie("seen", "1")
        return response

    forms.add("go", NameForm, handler=handler)
    answer = send(browser, headers, "go")
    assert "Location" not in answer.headers
    assert answer.headers["Set-Cookie"].startswith("seen=1")
    if headers is JSON:
        assert answer.json == {"ok": True, "redirect": "/x"}
    else:
        assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/x")
        assert answer.data == b""


@pytest.mark.parametrize("headers", [JSON, HTMX, TURBO])
def test_a_response_of_the_handler_stays_as_it_is(
    forms: Forms, browser: FlaskClient, headers: dict[str, str]
) -> None:
    """Who wants to answer with a part of a page, or with data, returns it."""
    forms.add("part", NameForm, handler=lambda form: Response("<p>Part</p>", 201))
    answer = send(browser, headers, "part")
    assert (answer.status_code, answer.text) == (201, "<p>Part</p>")


def test_htmx_gets_the_form_alone(
    app: Flask, browser: FlaskClient, hidden: Hidden
) -> None:
    """422 with the HTML of the form, to put where it was; no page is asked for."""
    methods: list[str] = []
    app.before_request(lambda: methods.append(request.method))
    fields = hidden(browser.get("/").text)
    answer = send(browser, HTMX, **fields, name=" ")
    assert answer.status_code == 422
    assert answer.text.strip().startswith("<form")
    assert answer.text.strip().endswith("</form>")
    assert "Enter your name" in answer.text
    assert methods == ["GET", "POST", "POST"]


def test_a_template_can_send_forms_by_htmx(app: Flask, browser: FlaskClient) -> None:
    """The app's own template of a form knows where the form goes."""
    form = (
        "{% macro quick_form(form) %}<form hx-post='{{ form.action }}'>{% endmacro %}"
    )
    app.jinja_loader = DictLoader({"nameform/quick_form.html": form})
    assert "<form hx-post='/-/forms/name'>" in browser.get("/").text


def test_the_fragment_is_of_the_form_that_was_sent(
    app: Flask, browser: FlaskClient, hidden: Hidden
) -> None:
    """Its copy on the page, which goes back to that page when it is sent again."""
    page = "{{ show_form('name', 'a') }}"
    app.add_url_rule("/copy", "copy", lambda: render_template_string(page))
    fields = hidden(browser.get("/copy?x=1").text)
    answer = send(browser, HTMX, **{**fields, "name": ""})
    assert 'id="name-a-name-error"' in answer.text
    answer = send(browser, HTMX, **hidden(answer.text))
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/copy?x=1")


def test_a_missing_token_gives_htmx_the_form_with_one(
    client: FlaskClient, hidden: Hidden
) -> None:
    """400, with the values and a token that is good."""
    answer = send(client, HTMX)
    assert answer.status_code == 400
    assert 'value="Ada"' in answer.text
    assert send(client, HTMX, **hidden(answer.text)).status_code == 204


def test_htmx_2_can_be_given_what_it_shows(app: Flask, browser: FlaskClient) -> None:
    """It does not show an answer of 4xx; a page and data are not concerned."""
    app.config["NAMEFORM_FRAGMENT_STATUS"] = 200
    answer = send(browser, HTMX, name="")
    assert answer.status_code == 200
    assert "Enter your name" in answer.text
    assert send(browser, {}, name="").status_code == 422
    assert send(browser, JSON, name="").status_code == 422
    assert send(browser, {**HTMX, **OTHER_SITE}).status_code == 400


@pytest.mark.parametrize("headers", [TURBO, {**HTMX, "HX-Boosted": "true"}])
def test_turbo_and_boosted_forms_get_the_page(
    browser: FlaskClient, hidden: Hidden, headers: dict[str, str]
) -> None:
    """Turbo takes its frame out of a page, and ``hx-boost`` the whole of it."""
    fields = hidden(browser.get("/").text)
    answer = send(browser, headers, **{**fields, "name": ""})
    assert answer.status_code == 422
    assert answer.text.startswith("<p>Hello")
    answer = send(browser, headers, **fields)
    assert (answer.status_code, answer.location) == (303, "/")


def test_the_page_of_a_frame_knows_that_it_is_one(
    app: Flask, browser: FlaskClient, hidden: Hidden
) -> None:
    """A page may leave its layout out when Turbo asks for a frame."""
    page = "{{ request.headers['Turbo-Frame'] }}: {{ show_form('name') }}"
    app.add_url_rule("/frame", "frame", lambda: render_template_string(page))
    fields = hidden(browser.get("/frame").text)
    answer = send(browser, TURBO, **{**fields, "name": ""})
    assert answer.text.startswith("name: <form")


@pytest.mark.parametrize("name", ["Ada", ""])
@pytest.mark.parametrize("headers", [{}, JSON, HTMX, TURBO, OTHER_SITE])
def test_an_answer_says_what_it_depends_on(
    browser: FlaskClient, hidden: Hidden, headers: dict[str, str], name: str
) -> None:
    """A cache must not give a fragment to who asked for a page."""
    fields = {**hidden(browser.get("/").text), "name": name}
    vary = set(send(browser, headers, **fields).vary)
    assert {"Accept", "HX-Request", "HX-Boosted"} <= vary


def test_all_that_an_answer_depends_on_is_in_one_header(
    forms: Forms, browser: FlaskClient
) -> None:
    """What a handler and its session say of it stays, and ours is added."""

    @forms.handler("own", NameForm)
    def own(form: NameForm) -> Response:
        session["name"] = form.name.data
        return Response("Saved", headers={"Vary": "Accept-Language"})

    answer = send(browser, {}, "own")
    said = "Accept-Language, Cookie, Accept, HX-Request, HX-Boosted"
    assert answer.headers.getlist("Vary") == [said]


def test_the_request_that_failed_is_over_before_the_fragment(
    app: Flask, forms: Forms, browser: FlaskClient
) -> None:
    """What a handler had half done is rolled back when the form is made again."""
    events: list[str] = []

    def load() -> None:
        events.append("load")

    def handler(form: NameForm, loaded: None) -> None:
        session["kept"] = "yes"
        raise ValidationError("No")

    @app.teardown_request
    def end(error: BaseException | None) -> None:
        events.append("end")

    forms.add("half", NameForm, load=load, handler=handler)
    answer = send(browser, HTMX, "half")
    assert answer.status_code == 422
    assert events == ["load", "end", "load", "end"]
    assert "session=" in answer.headers["Set-Cookie"]
