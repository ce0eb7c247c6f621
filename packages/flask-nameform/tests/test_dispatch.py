from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import pytest
from flask import Flask, Response, flash, redirect, render_template_string, request
from flask.testing import FlaskClient
from flask_nameform import Form, FormError, Forms, NameForm
from flask_nameform.testing import FormClient
from werkzeug.test import TestResponse
from wtforms import PasswordField, StringField, ValidationError

Hidden = Callable[..., dict[str, str]]


def send(client: FlaskClient, form: str = "name", **fields: Any) -> TestResponse:
    return client.post(f"/-/forms/{form}", data={"name": "Ada", **fields})


def test_success_goes_back_to_the_page(browser: FormClient) -> None:
    """What a handler that returns nothing has done shows on the page, by a GET."""
    answer = browser.submit_form("name", page="/?a=1&b=%20", name="Ada")
    assert (answer.status_code, answer.location) == (303, "/?a=1&b=%20")
    assert "Hello, Ada" in browser.get(answer.location).text


def test_without_a_page_success_goes_to_the_front(browser: FlaskClient) -> None:
    """A script or hand-written form says no page, and a made-up one does not count."""
    assert send(browser).location == "/"
    assert send(browser, _form="").location == "/"
    assert send(browser, _form="//evil.example").location == "/"


def test_a_handler_says_where_to_go(forms: Forms, browser: FlaskClient) -> None:
    """A URL is gone to."""
    forms.add("go", NameForm, handler=lambda form: f"/hello/{form.name.data}")
    answer = send(browser, "go")
    assert (answer.status_code, answer.location) == (303, "/hello/Ada")


@pytest.mark.parametrize(
    ("response", "status"),
    [
        (redirect("/x"), 303),
        (redirect("/x", 307), 307),
        (Response("done", 201), 201),
        (Response("no", 403), 403),
    ],
)
def test_a_response_stays_as_it_is(
    forms: Forms, browser: FlaskClient, response: Response, status: int
) -> None:
    """Only a redirect that browsers differ about is made one they agree on."""
    forms.add("respond", NameForm, handler=lambda form: response)
    answer = send(browser, "respond")
    assert answer.status_code == status
    assert answer.location == response.location


@pytest.mark.parametrize(
    ("result", "kind"),
    [
        (42, "int"),
        (("done", 201), "tuple"),
        ("\n<!doctype html><p>Done", "HTML"),
        ("", "an empty text"),
    ],
)
def test_any_other_result_is_a_mistake(
    forms: Forms, browser: FlaskClient, result: Any, kind: str
) -> None:
    """The message has the form, what it was, what it could be and where to look."""
    forms.add("odd", NameForm, handler=lambda form: result)
    message = rf"'odd' returned {kind}\..* make_response.*test_dispatch\.py:"
    with pytest.raises(RuntimeError, match=message):
        send(browser, "odd")


def test_one_message_is_not_taken_for_its_letters(
    forms: Forms, browser: FlaskClient
) -> None:
    """No type checker finds that, since a text is a sequence of texts."""

    @forms.handler("strict", NameForm)
    def refuse(form: NameForm) -> None:
        form.name.errors = "Taken"
        form.form_errors = "Closed"  # type: ignore[assignment] # the slip itself

    answer = browser.post("/-/forms/strict", json={"name": "Ada"})
    assert answer.json == {"errors": {"": ["Closed"], "name": ["Taken"]}}


def test_an_async_handler_is_awaited(forms: Forms, browser: FlaskClient) -> None:
    """A handler may be a coroutine function, as a view may."""
    pytest.importorskip("asgiref")

    @forms.handler("later", NameForm)
    async def later(form: NameForm) -> str:
        return f"/{form.name.data}"

    assert send(browser, "later").location == "/Ada"


def add_error(form: NameForm) -> None:
    form.name.errors = [*form.name.errors, "Taken"]


def add_form_error(form: NameForm) -> str:
    form.form_errors.append("Closed today")
    return "/ignored"


def raise_error(form: NameForm) -> None:
    raise ValidationError("Not today")


def raise_form_error(form: NameForm) -> None:
    raise FormError("Too often", status=429, headers={"Retry-After": "60"})


@pytest.mark.parametrize("with_page", [True, False])
@pytest.mark.parametrize(
    ("handler", "status", "message"),
    [
        (add_error, 422, "Taken"),
        (add_form_error, 422, "Closed today"),
        (raise_error, 422, "Not today"),
        (raise_form_error, 429, "Too often"),
    ],
)
def test_a_handler_can_refuse(
    app: Flask,
    forms: Forms,
    browser: FlaskClient,
    hidden: Hidden,
    handler: Callable[[NameForm], Any],
    status: int,
    message: str,
    with_page: bool,
) -> None:
    """The form is shown again, with the values and what the handler said."""
    forms.add("refuse", NameForm, handler=handler)
    app.add_url_rule(
        "/refuse",
        view_func=lambda: render_template_string("Page {{ show_form('refuse') }}"),
    )
    fields = hidden(browser.get("/refuse").text) if with_page else {}
    answer = send(browser, "refuse", **fields)
    assert answer.status_code == status
    assert answer.text.startswith("Page") is with_page
    assert message in answer.text
    assert 'value="Ada"' in answer.text
    assert answer.headers.get("Retry-After") == ("60" if status == 429 else None)


def test_an_error_that_says_nothing_is_still_one(
    forms: Forms, browser: FlaskClient
) -> None:
    """A handler that raises without a message has refused too."""

    def handler(form: NameForm) -> None:
        raise ValidationError

    forms.add("silent", NameForm, handler=handler)
    assert send(browser, "silent").status_code == 422


def test_an_error_of_the_handler_is_not_swallowed(
    app: Flask, forms: Forms, browser: FlaskClient
) -> None:
    """What a handler does not mean to say goes the way of all errors."""

    def handler(form: NameForm) -> None:
        raise LookupError("mine")

    forms.add("broken", NameForm, handler=handler)
    with pytest.raises(LookupError, match="mine"):
        send(browser, "broken")

    app.testing = False
    assert send(browser, "broken").status_code == 500


def test_invalid_without_a_message_is_invalid(
    forms: Forms, browser: FlaskClient
) -> None:
    """A form class of the app may refuse without a word; its handler does not run."""

    class Silent(NameForm):
        def validate(self, extra_validators: Any = None) -> bool:
            return False

    done: list[Form] = []
    forms.add("silent", Silent, handler=done.append)
    assert send(browser, "silent").status_code == 422
    assert not done


def test_another_form_is_refused(browser: FlaskClient) -> None:
    """A form of a view that lost its way is not taken for the one that lives here."""
    assert send(browser, _form="OtherForm").status_code == 400
    assert send(browser, _form="name").status_code == 303


def test_an_unknown_form_is_not_found(browser: FlaskClient) -> None:
    """404, as of any address that is not there."""
    assert send(browser, "unknown").status_code == 404
    assert send(browser, "name/more").status_code == 404


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_a_form_takes_posts_only(browser: FlaskClient, method: str) -> None:
    """405, with what is allowed."""
    answer = browser.open("/-/forms/name", method=method)
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "?", ""])
def test_not_every_body_is_a_form(browser: FlaskClient, content_type: str) -> None:
    """415, with what would be one, also for a body that does not say what it is."""
    answer = browser.post("/-/forms/name", data=b"x", content_type=content_type)
    assert answer.status_code == 415
    assert "application/x-www-form-urlencoded" in answer.text


def test_no_body_is_an_empty_form(browser: FlaskClient) -> None:
    """Nothing at all is a form with nothing filled in."""
    answer = browser.post("/-/forms/name")
    assert answer.status_code == 422
    assert "Enter your name" in answer.text


def test_a_body_too_large_is_said_to_be(app: Flask, browser: FlaskClient) -> None:
    """413, as Flask says."""
    app.config["MAX_CONTENT_LENGTH"] = 1000
    assert send(browser, name="x" * 2000).status_code == 413


@pytest.mark.parametrize(
    "body",
    [
        b"name=%00",
        b"name=%ED%B0%80",
        b"name=\xff\xfe",
        b"name=%zz%",
        b"=&&==&name",
        b"name=a&name=b&name=",
        b"name[]=a&name.x=b",
        b"_form=%00&csrf_token=%00&name=%00",
        b"_form=\xff&csrf_token=\xff",
        b"name=" + b"x" * 1_000_000,
        b"&".join(b"name-%d=x" % number for number in range(900)),
        "name=\u202e\u0000\ud7ff\U0010ffff".encode(),
    ],
)
@pytest.mark.parametrize("page", [True, False])
def test_no_body_is_an_error_of_ours(
    browser: FlaskClient, hidden: Hidden, body: bytes, page: bool
) -> None:
    """Whatever is sent, the answer is about the request and never 500."""
    if page:
        body += b"&_form=" + hidden(browser.get("/").text)["_form"].encode()
    form = "application/x-www-form-urlencoded"
    answer = browser.post("/-/forms/name", data=body, content_type=form)
    assert answer.status_code in (303, 400, 413, 422)


@pytest.mark.parametrize("form", ["%00", "%ff", "%ED%B0%80", "a%2Fb", "..%2F..", "é"])
def test_no_address_is_an_error_of_ours(browser: FlaskClient, form: str) -> None:
    """A form that cannot be is not found."""
    assert send(browser, form).status_code == 404


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data",
        pytest.param(
            "multipart/form-data; boundary=",
            marks=pytest.mark.skipif(
                version("werkzeug") < "2.3", reason="Werkzeug 2.2 fails by itself"
            ),
        ),
        "multipart/form-data; boundary=x",
    ],
)
def test_a_broken_multipart_body_is_no_error_of_ours(
    browser: FlaskClient, content_type: str
) -> None:
    """Without a boundary, or with parts that never end, there is nothing in it."""
    body = b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nA'
    answer = browser.post("/-/forms/name", data=body, content_type=content_type)
    assert answer.status_code in (400, 413, 422)


class SignUp(Form):
    email = StringField()
    password = PasswordField()


def test_a_password_is_not_put_back(forms: Forms, browser: FlaskClient) -> None:
    """Values are kept for the visitor to correct, a password is not."""

    def handler(form: SignUp) -> None:
        raise FormError("No")

    forms.add("sign-up", SignUp, handler=handler)
    answer = send(browser, "sign-up", email="ada@example.org", password="hunter2")
    assert "ada@example.org" in answer.text
    assert "hunter2" not in answer.text


def test_a_missing_token_keeps_the_input(client: FlaskClient, hidden: Hidden) -> None:
    """Nothing is saved; the page has the values, a message and a token that is good."""
    fields = hidden(client.get("/").text)
    answer = send(client, _form=fields["_form"])
    assert answer.status_code == 400
    assert "Hello, <" in answer.text.replace("</p>", "<")
    assert 'value="Ada"' in answer.text
    assert "please send it again" in answer.text
    again = send(client, **hidden(answer.text))
    assert again.status_code == 303


def test_a_missing_token_without_a_page_keeps_the_input(client: FlaskClient) -> None:
    """The same on a page of the form's own."""
    answer = send(client)
    assert answer.status_code == 400
    assert 'value="Ada"' in answer.text
    assert "csrf_token" in answer.text


def test_a_handler_sees_an_ordinary_request(
    app: Flask, forms: Forms, browser: FlaskClient
) -> None:
    """``request``, ``flash`` and the hooks of the app are what they are in a view."""
    seen: list[str] = []

    def handler(form: NameForm) -> None:
        seen.append(request.form["extra"])
        flash("Saved")

    @app.after_request
    def see(response: Response) -> Response:
        seen.append(response.status)
        return response

    forms.add("see", NameForm, handler=handler)
    send(browser, "see", extra="x")
    assert seen == ["x", "303 SEE OTHER"]
