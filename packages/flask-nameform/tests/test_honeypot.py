from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from flask_nameform import Form, Forms
from flask_nameform.honeypot import HoneypotField
from flask_nameform.testing import FormClient
from flask_nameform.wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, FormField, StringField
from wtforms.validators import InputRequired

Elements = Callable[[str], list[dict[str, str]]]
REFUSED = "This was sent faster than people type"
now = 1_000_000.0


def clock() -> float:
    return now


@pytest.fixture(autouse=True)
def at_noon() -> None:
    wait(1_000_000.0 - now)


def wait(seconds: float) -> None:
    global now
    now += seconds


def stamp_of(form: Form) -> str:
    field = form["homepage"]
    assert isinstance(field, HoneypotField)
    return field.stamp()


class Comment(Form):
    text = StringField("Comment", [InputRequired("Write something")])
    homepage = HoneypotField(min_seconds=3, clock=clock)


@pytest.fixture
def comments(app: Flask, forms: Forms) -> list[str]:
    """An app that takes comments, named on ``/`` and in a view of ``/view``."""
    taken: list[str] = []

    @forms.handler("comment", Comment)
    def save(form: Any) -> None:
        taken.append(form.text.data)

    def view() -> str:
        form: Any = Comment()
        if form.validate_on_submit():
            taken.append(form.text.data)
        return render_template_string("{{ quick_form(form) }}", form=form)

    app.add_url_rule(
        "/named", "named", lambda: render_template_string("{{ show_form('comment') }}")
    )
    app.add_url_rule("/view", "view", view, methods=["GET", "POST"])
    return taken


PAGES = pytest.mark.parametrize(
    ("page", "action", "form_id"),
    [
        ("/named", "/-/forms/comment", "comment-form"),
        ("/view", "/view", "Comment-form"),
    ],
)


@PAGES
def test_a_person_is_not_bothered(
    comments: list[str],
    browser: FlaskClient,
    hidden: Any,
    page: str,
    action: str,
    form_id: str,
) -> None:
    """Whoever takes the time and leaves the trap alone has sent a comment."""
    data = {**hidden(browser.get(page).text, form_id), "text": "Hi", "homepage": ""}
    wait(3)
    browser.post(action, data=data)
    assert comments == ["Hi"]


@PAGES
@pytest.mark.parametrize(
    ("seconds", "sent"),
    [
        (2.9, {}),
        (-5, {}),
        (9, {"homepage": "http://spam.example"}),
        (9, {"homepage": " "}),
        (9, {"homepage-stamp": None}),
        (9, {"homepage-stamp": ""}),
        (9, {"homepage-stamp": "1.x"}),
        (9, {"homepage-stamp": "\0é"}),
    ],
)
def test_what_looks_like_a_program_has_to_send_again(
    comments: list[str],
    browser: FlaskClient,
    hidden: Any,
    elements: Elements,
    page: str,
    action: str,
    form_id: str,
    seconds: float,
    sent: dict[str, Any],
) -> None:
    """Too soon, trapped or without a stamp: the form comes back, and can be sent."""
    first = {**hidden(browser.get(page).text, form_id), "text": "Hi", "homepage": ""}
    wait(seconds)
    data = {k: v for k, v in {**first, **sent}.items() if v is not None}
    answer = browser.post(action, data=data)
    assert comments == []
    assert answer.text.count(REFUSED) == 1
    found = {e.get("name", ""): e for e in elements(answer.text)}
    assert found["text"]["value"] == "Hi"
    assert found["homepage"]["value"] == ""
    assert found["homepage-stamp"]["value"] not in sent.values()

    again = {**hidden(answer.text, form_id), "text": "Hi", "homepage": ""}
    wait(3)
    browser.post(action, data=again)
    assert comments == ["Hi"]


def test_the_answer_is_that_of_any_form(
    comments: list[str], browser: FlaskClient
) -> None:
    """422, as a page, in a fragment and in JSON, where the stamp is needed too."""
    assert browser.post("/-/forms/comment", data={"text": "Hi"}).status_code == 422
    answer = browser.post("/-/forms/comment", json={"text": "Hi"})
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["errors"][""][0].startswith(REFUSED)
    with browser.application.test_request_context("/"):
        stamp = stamp_of(Comment())
    wait(3)
    body = {"text": "Hi", "homepage": None, "homepage-stamp": stamp}
    assert browser.post("/-/forms/comment", json=body).status_code == 200


def test_nobody_sees_it(app: Flask, elements: Elements) -> None:
    """Neither eyes, nor screen readers, nor the Tab key, nor a form filler find it."""
    with app.test_request_context("/"):
        html = render_template_string("{{ quick_form(form) }}", form=Comment())
    found = elements(html)
    trap = next(e for e in found if e.get("name") == "homepage")
    around = found[found.index(trap) - 2]
    assert (around["class"], around["aria-hidden"]) == ("visually-hidden", "true")
    assert (trap["type"], trap["tabindex"]) == ("text", "-1")
    assert trap["autocomplete"] == "off"
    assert "style" not in html
    label = '<label for="Comment-homepage">Leave this field empty</label>'
    assert label in html


def test_html_by_hand_has_it_in_its_hidden_tag(app: Flask) -> None:
    """So it cannot be forgotten; its label can be another one."""

    class Own(FlaskForm):
        trap = HoneypotField("Nothing here", min_seconds=0)

    with app.test_request_context("/"):
        tag = Comment().hidden_tag()
        assert tag.count("homepage") == 4
        assert ">Nothing here</label>" in Own().hidden_tag()


def test_a_page_with_it_can_be_cached(
    comments: list[str], browser: FlaskClient, hidden: Any
) -> None:
    """A stamp sets no cookie, depends on nobody and never expires."""
    answer = browser.get("/named")
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")
    data = {**hidden(answer.text, "comment-form"), "text": "Hi", "homepage": ""}
    wait(10**8)
    assert browser.post("/-/forms/comment", data=data).status_code == 303


def test_it_can_do_without_time(app: Flask) -> None:
    """A trap alone has no stamp, and needs no secret."""
    app.secret_key = None

    class Bare(Form):
        homepage = HoneypotField(min_seconds=0)

    for value, valid in (("", True), ("x", False)):
        data = {"homepage": value}
        with app.test_request_context("/", method="POST", data=data):
            form: Any = Bare()
            assert form.validate_on_submit() is valid
            assert form.validate_on_submit() is valid
            assert len(form.form_errors) == (not valid)
            assert "stamp" not in form.homepage()


def test_half_a_character_is_no_stamp(app: Flask) -> None:
    """Who binds a form to something else than a request may hand one over."""
    with app.test_request_context("/"):
        assert not Comment(MultiDict({"homepage-stamp": "\ud800"})).validate()


def test_without_a_secret_there_is_no_stamp(app: Flask) -> None:
    """The message says which key is missing; without a request nobody needs one."""
    assert "stamp" not in Comment()["homepage"]()
    app.secret_key = None
    message = "HoneypotField are signed, and this app has no SECRET_KEY"
    with app.test_request_context("/"), pytest.raises(RuntimeError, match=message):
        Comment()["homepage"]()


def test_it_is_nothing_of_an_object(app: Flask) -> None:
    """``populate_obj`` leaves it out."""
    comment = SimpleNamespace()
    Comment(data={"text": "Hi"}).populate_obj(comment)
    assert vars(comment) == {"text": "Hi"}


def test_it_works_deep_in_a_form(app: Flask, hidden: Any) -> None:
    """A form within a form may have it."""

    class Thread(Form):
        comments = FieldList(FormField(Comment), "Comments", min_entries=1)

    headers = {"Sec-Fetch-Site": "same-origin"}
    with app.test_request_context("/", headers=headers):
        html = render_template_string("{{ quick_form(form) }}", form=Thread())
    assert 'id="Thread-comments-0-homepage"' in html
    data = {**hidden(html), "comments-0-text": "Hi", "comments-0-homepage": ""}
    for seconds, valid in ((1, False), (3, True)):
        wait(seconds)
        with app.test_request_context("/", method="POST", data=data, headers=headers):
            assert Thread().validate_on_submit() is valid


def test_a_test_need_not_wait(comments: list[str], app: Flask) -> None:
    """``FormClient`` takes its time; a test can still step into the trap."""
    client: Any = FormClient(app)
    client.submit_form("comment", page="/named", text="Hi")
    assert comments == ["Hi"]
    answer = client.submit_form("comment", page="/named", text="Hi", homepage="x")
    assert REFUSED in answer.text
    assert client.get("/named").status_code == 200


def test_a_refusal_is_logged(
    comments: list[str], browser: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    """At INFO, with the reason, and without what was sent."""
    caplog.set_level("INFO")
    browser.post("/-/forms/comment", data={"text": "Hi", "homepage": "spam"})
    assert caplog.messages == [
        "Honeypot: comment-homepage refused: the trap was filled in"
    ]


def test_the_clock_is_that_of_the_machine(app: Flask) -> None:
    """Unless one is given, as in tests."""

    class Real(Form):
        homepage = HoneypotField(min_seconds=1000)

    with app.test_request_context("/"):
        stamp = stamp_of(Real())
    data = {"homepage-stamp": stamp}
    with app.test_request_context("/", method="POST", data=data):
        assert not Real().validate_on_submit()
