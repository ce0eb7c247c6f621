from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from flask import Flask, render_template_string, request
from flask_nameform import Form, Forms, NameForm
from flask_nameform.testing import FormClient
from wtforms import (
    BooleanField,
    FileField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)

CHOICES: list[Any] = ["a", "b", "c"]


class Everything(Form):
    text = StringField(default="text")
    area = TextAreaField(default="\n1 < 2\n& <b>")
    hidden = HiddenField(default="hidden")
    on = BooleanField(default=True)
    off = BooleanField()
    first = SelectField(choices=CHOICES)
    second = SelectField(choices=CHOICES, default="b")
    many = SelectMultipleField(choices=CHOICES, default=["a", "c"])
    radio = RadioField(choices=CHOICES, default="b")
    upload = FileField()
    disabled = StringField(default="x", render_kw={"disabled": True})
    save = SubmitField("Save")
    delete = SubmitField("Delete")


@pytest.fixture
def sent() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def client(app: Flask, forms: Forms, sent: list[dict[str, Any]]) -> FormClient:
    """A client of an app with all kinds of fields on its page ``/all``."""

    @forms.handler("all", Everything)
    def take(form: Everything) -> None:
        fields = request.form.to_dict(flat=False)
        files = {k: f.read() for k, f in request.files.items()}
        sent.append({**fields, **files})

    app.add_url_rule(
        "/all",
        view_func=lambda: render_template_string(
            "<input name=x>{{ show_form('all') }}"
        ),
    )
    return FormClient(app)


def test_a_form_is_sent_as_a_visitor_does(client: FormClient) -> None:
    """From the page it is on, with no thought of markers and tokens."""
    answer = client.submit_form("name", name="Ada")
    assert (answer.status_code, answer.location) == (303, "/")
    assert "Hello, Ada" in client.get("/").text
    assert client.submit_form("name", name="").status_code == 422


def test_what_is_not_given_stays_as_it_is(
    client: FormClient, sent: list[dict[str, Any]]
) -> None:
    """As in a browser: what is ticked, chosen and written, and the first button."""
    client.submit_form("all", page="/all")
    del sent[0]["_form"]
    assert sent[0] == {
        "text": ["text"],
        "area": ["\n1 < 2\n& <b>"],
        "hidden": ["hidden"],
        "on": ["y"],
        "first": ["a"],
        "second": ["b"],
        "many": ["a", "c"],
        "radio": ["b"],
        "save": ["Save"],
    }


def test_what_is_given_is_filled_in(
    client: FormClient, sent: list[dict[str, Any]]
) -> None:
    """A box is ticked by ``True``, left by ``False``; a button is pressed likewise."""
    client.submit_form(
        "all",
        page="/all",
        text=5,
        on=False,
        off=True,
        second=None,
        many=["b"],
        upload=(BytesIO(b"content"), "a.txt"),
        delete=True,
    )
    one = sent[0]
    assert (one["text"], one["many"], one["upload"]) == (["5"], ["b"], b"content")
    assert (one["off"], one["delete"]) == (["y"], ["Delete"])
    assert not {"on", "second", "save"} & one.keys()


def test_forms_of_a_view_are_found_too(app: Flask, forms: Forms) -> None:
    """By the name of their class; what is sent by GET goes into the URL."""

    class Search(Form):
        words = StringField()

    @app.route("/view", methods=["GET", "POST"])
    def view() -> str:
        form = NameForm()
        if form.validate_on_submit():
            return f"{form.name.data} {request.query_string.decode()}"
        html = "{{ quick_form(form) }}{{ quick_form(search, '/found?x=1', 'get') }}"
        html += "<select></select><datalist><option></datalist><button name=x></button>"
        return render_template_string(html, form=form, search=Search())

    app.add_url_rule("/found", "found", lambda: request.query_string.decode())
    client = FormClient(app)
    assert (
        client.submit_form("NameForm", page="/view?a=1", name="Ada").text == "Ada a=1"
    )
    assert client.submit_form("Search", page="/view", words="a b").text == "words=a+b"


def test_a_form_by_hand_needs_no_button(app: Flask) -> None:
    """A script may be what sends it; a button without a name sends nothing."""

    @app.route("/hand", methods=["GET", "POST"])
    def hand() -> str:
        return (
            "<form id=a-form method=post><input name=x value=1></form>"
            "<form id=b-form method=post><button>Go</button><input name=y></form>"
            + ",".join(request.form)
        )

    client: Any = FormClient(app)
    assert client.submit_form("a", page="/hand").text.endswith(">x")
    assert client.submit_form("b", page="/hand", y="1").text.endswith(">y")


@pytest.mark.parametrize("attributes", ["", "id=sign-up"])
def test_a_form_by_hand_needs_no_id(
    app: Flask, browser: FormClient, attributes: str
) -> None:
    """Its hidden tag says which it is, as that says to the app."""

    @app.route("/hand", methods=["GET", "POST"])
    def hand() -> str:
        form, other = NameForm(), NameForm(prefix="other")
        form.validate_on_submit()
        form_by_hand = (
            f"<form method=post {attributes}>{{{{ tag }}}}<input name=name></form>"
        )
        return "".join(
            render_template_string(form_by_hand, tag=f.hidden_tag()) + str(f.name.data)
            for f in (other, form)
        )

    answer = browser.submit_form("NameForm", page="/hand", name="Ada")
    assert answer.text.endswith("Ada")


def test_copies_are_told_apart_by_key(app: Flask) -> None:
    """As in ``show_form``."""
    html = "{{ show_form('name') }}{{ show_form('name', key=2) }}"
    app.add_url_rule("/copies", view_func=lambda: render_template_string(html))
    answer = FormClient(app).submit_form("name", page="/copies", key=2, name="")
    assert 'id="name-2-name-error"' in answer.text


def test_an_unknown_form_is_answered_with_what_is_there(client: FormClient) -> None:
    """With the page, its status, and what may be missing in the call."""
    with pytest.raises(
        LookupError, match=r"/ \(200 OK\).*'all-form'.*'name-form'.*page="
    ):
        client.submit_form("all")
    with pytest.raises(LookupError, match=r"/gone \(404 NOT FOUND\).*none with an id"):
        client.submit_form("name", page="/gone")


def test_an_unknown_field_is_answered_with_what_is_there(client: FormClient) -> None:
    """A misspelt field would otherwise be a test that tests nothing."""
    with pytest.raises(LookupError, match=r"no field 'nick'.*'_form', 'name', 'sub"):
        client.submit_form("name", nick="Ada")
