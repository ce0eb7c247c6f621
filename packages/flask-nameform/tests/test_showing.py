from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from flask_nameform import Form, Forms, NameForm
from flask_nameform.showing import show_form
from flask_nameform.testing import FormClient
from jinja2 import DictLoader
from wtforms import StringField

Elements = Callable[[str], list[dict[str, str]]]


def test_a_named_form_is_called_by_its_title(
    app: Flask, forms: Forms, client: FlaskClient, elements: Elements
) -> None:
    """Screen readers list forms by title: that of the app, or one made of the name."""
    forms.add("sign-up_now", NameForm, handler=lambda form: None)
    forms.add("b", NameForm, handler=lambda form: None, title="Join <us>")

    @app.get("/titles")
    def titles() -> str:
        return render_template_string(
            "{{ show_form('sign-up_now') }}{{ show_form('b') }}"
        )

    found = [e for e in elements(client.get("/titles").text) if e[""] == "form"]
    assert [form["aria-label"] for form in found] == ["Sign up now", "Join <us>"]


def test_copies_have_ids_of_their_own(
    app: Flask, client: FlaskClient, elements: Elements
) -> None:
    """A form can be on a page any number of times, by keys."""

    @app.get("/copies")
    def copies() -> str:
        return render_template_string(
            "{{ show_form('name') }}{% for key in (1, 'a-b_c', '2') %}"
            "{{ show_form('name', key=key) }}{% endfor %}"
        )

    found = elements(client.get("/copies").text)
    ids = [element["id"] for element in found if "id" in element]
    assert len(ids) == len(set(ids)) == 4 * 3
    assert {"name-form", "name-1-form", "name-a-b_c-form"} <= set(ids)


def test_copies_without_keys_are_numbered(
    app: Flask, browser: FormClient, elements: Elements
) -> None:
    """Labels and links to what is wrong lead to their own fields, by any keys."""

    @app.get("/rows")
    def rows() -> str:
        return render_template_string(
            "{{ show_form('name', key=3) }}"
            "{% for row in range(3) %}{{ show_form('name') }}{% endfor %}"
        )

    answer = browser.submit_form("name", page="/rows", key=4, name="")
    found = elements(answer.text)
    ids = [element["id"] for element in found if "id" in element]
    forms = [element["id"] for element in found if element[""] == "form"]
    labels = [element["for"] for element in found if element[""] == "label"]
    assert forms == ["name-3-form", "name-form", "name-4-form", "name-5-form"]
    assert len(ids) == len(set(ids))
    assert set(labels) <= set(ids)
    assert [e["href"] for e in found if e[""] == "a"] == ["#name-4-name"]


@pytest.mark.parametrize("key", ["", "a b", "<", "a.b", "ü "])
def test_a_key_fits_into_an_id(app: Flask, key: str) -> None:
    """What cannot be part of an id is refused where it is written."""
    with app.test_request_context("/"), pytest.raises(RuntimeError, match="key="):
        show_form("name", key)


def test_an_unknown_name_is_a_mistake(app: Flask) -> None:
    """The template that asks for it fails, with the names there are."""
    with app.test_request_context("/"), pytest.raises(RuntimeError, match="'name'"):
        render_template_string("{{ show_form('nmae') }}")


def test_a_relative_name_needs_no_blueprint(app: Flask) -> None:
    """Outside blueprints a leading dot means nothing, as in ``url_for``."""
    with app.test_request_context("/"):
        assert 'action="/-/forms/name"' in show_form(".name")


def test_a_named_form_needs_a_request(app: Flask) -> None:
    """In a mail there is no page to go back to."""
    with app.app_context(), pytest.raises(RuntimeError, match="needs a request"):
        render_template_string("{{ show_form('name') }}")


def test_a_form_needs_an_app_with_forms() -> None:
    """Without ``init_app`` the message says so."""
    app = Flask(__name__)
    with app.test_request_context("/"), pytest.raises(RuntimeError, match="init_app"):
        show_form("name")


def test_a_form_of_a_view_posts_to_its_page(app: Flask, browser: FlaskClient) -> None:
    """As in every tutorial: the form in the view, the form in the template."""

    @app.route("/classic", methods=["GET", "POST"])
    def classic() -> str:
        form = NameForm()
        if form.validate_on_submit():
            return f"Hello, {form.name.data}"
        return render_template_string("{{ quick_form(form) }}", form=form)

    assert "action" not in browser.get("/classic").text
    assert "Enter your name" in browser.post("/classic", data={"name": ""}).text
    answer = browser.post("/classic", data={"name": "Ada", "_form": "NameForm"})
    assert answer.text == "Hello, Ada"
    assert "<form" in browser.post("/classic", data={"_form": "Other"}).text


def test_defaults_of_a_named_form_are_shown(
    app: Flask, forms: Forms, client: FlaskClient
) -> None:
    """A fresh form looks as its class says."""

    class Greeting(Form):
        text = StringField(default="Hello")

    forms.add("greeting", Greeting, handler=lambda form: None)
    app.add_url_rule(
        "/g", "g", lambda: render_template_string("{{ show_form('greeting') }}")
    )
    assert 'value="Hello"' in client.get("/g").text


@pytest.mark.parametrize(
    ("base", "message"),
    [
        ("bad.html", "_BASE_TEMPLATE is 'bad.html', a template without a block"),
        ("no.html", "NAMEFORM_BASE_TEMPLATE: there is no template"),
    ],
)
def test_a_base_template_without_the_block_is_refused(
    app: Flask, browser: FlaskClient, base: str, message: str
) -> None:
    """The page would be blank; the message has the key."""
    app.jinja_loader = DictLoader({"bad.html": "no block"})
    app.config["NAMEFORM_BASE_TEMPLATE"] = base
    with pytest.raises(RuntimeError, match=message):
        browser.post("/-/forms/name")


def test_the_page_of_a_form_can_be_extended(app: Flask, browser: FlaskClient) -> None:
    """A file of the app's own may replace it and keep the rest."""
    mine = (
        "{% extends 'nameform/_form.html' %}"
        "{% block page_content %}<b>Mine</b>{{ super() }}{% endblock %}"
    )
    app.jinja_loader = DictLoader({"nameform/form.html": mine})
    html = browser.post("/-/forms/name").text
    assert "<b>Mine</b><h1>Name</h1>" in html
    assert '<meta name="color-scheme" content="light dark">' in html
