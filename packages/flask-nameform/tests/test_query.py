from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Blueprint, Flask, render_template_string
from flask.testing import FlaskClient
from flask_nameform import Form, Forms, NameForm
from wtforms import HiddenField, SearchField
from wtforms.validators import Length

Element = dict[str, str]
Elements = Callable[[str], list[Element]]


class SearchForm(Form):
    words = SearchField("Search", [Length(max=9, message="Too long")])
    sort = HiddenField(default="new")


@pytest.fixture
def app() -> Flask:
    """An app without a secret, with a search box that takes any number of words."""
    app = Flask(__name__)
    forms = Forms(app)
    forms.add_query("search", SearchForm)

    @app.get("/find me")
    def find() -> str:
        form = forms.query("search", SearchForm)
        found = form.words.data if form.validate_on_submit() else "nothing"
        html = "{{ found }}: {{ show_form('search') }}"
        return render_template_string(html, found=found)

    @app.get("/odd")
    def odd() -> str:
        return str(forms.query("search", NameForm))

    return app


def test_a_query_goes_to_the_page_it_is_on(
    client: FlaskClient, elements: Elements
) -> None:
    """By GET, with its plain name and its hidden fields, and without a token."""
    answer = client.get("/find me?page=2")
    form, *rest = elements(answer.text)
    assert (form["method"], form["action"]) == ("get", "/find%20me")
    hidden = {e["name"]: e["value"] for e in rest if e.get("type") == "hidden"}
    assert hidden == {"_form": "search", "sort": "new"}
    assert "Set-Cookie" not in answer.headers
    assert not answer.vary


def test_a_query_is_bound_by_its_name(client: FlaskClient, elements: Elements) -> None:
    """What was asked is in the view and in the box."""
    html = client.get("/find me?_form=search&words=a+b").text
    assert html.startswith("a b:")
    assert 'value="a b"' in html
    for other in ("words=a", "_form=other&words=a", "_form=&words=a"):
        html = client.get(f"/find me?{other}").text
        assert html.startswith("nothing:")
        assert 'value=""' in html


def test_an_invalid_query_says_why(client: FlaskClient) -> None:
    """At the field, with what was asked; the page is as good as any (200)."""
    answer = client.get("/find me?_form=search&words=0123456789")
    assert answer.status_code == 200
    assert answer.text.startswith("nothing:")
    assert "Too long" in answer.text
    assert 'value="0123456789"' in answer.text


def test_a_query_takes_no_posts(client: FlaskClient) -> None:
    """It has no address of its own."""
    answer = client.post("/-/forms/search", headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 404


def test_a_query_of_a_blueprint_has_its_name() -> None:
    """Relative names work in the view as in the template."""
    app = Flask(__name__)
    blog = Blueprint("blog", __name__)
    forms = Forms(blueprint=blog)
    forms.add_query("search", SearchForm)

    @blog.get("/")
    def index() -> str:
        form = forms.query(".search", SearchForm)
        return f"{form.is_submitted()} " + render_template_string(
            "{{ show_form('.search') }}"
        )

    app.register_blueprint(blog)
    html = app.test_client().get("/?_form=blog.search&words=x").text
    assert html.startswith("True")
    assert 'value="x"' in html


def test_a_query_of_another_class_is_a_mistake(client: FlaskClient) -> None:
    """The message has what was asked for, and what there is."""
    client.application.testing = True
    with pytest.raises(RuntimeError, match=r"add_query\('search', NameForm\).*Search"):
        client.get("/odd")
