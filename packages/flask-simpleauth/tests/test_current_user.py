"""Templates that were written for Flask-Login go on working."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from flask_simpleauth import SimpleAuth
from jinja2 import DictLoader

PASSWORD = "correct horse battery"


@pytest.fixture
def client(app: Flask, auth: SimpleAuth) -> FlaskClient:
    """A client; ``POST /in`` signs Ada in, ``POST /`` renders what is posted."""
    with app.app_context():
        ada = auth.create_user("ada@example.org", PASSWORD, name="<Ada>")

    @app.post("/in")
    def sign_in() -> str:
        auth.login(ada)
        return ""

    @app.post("/")
    def show() -> str:
        from flask import request

        return render_template_string(
            request.get_data(as_text=True), ada=ada, same=auth.user, other=object()
        )

    return app.test_client()


def render(client: FlaskClient, template: str) -> str:
    headers = {"Sec-Fetch-Site": "same-origin"}
    return client.post(
        "/", data=template, content_type="text/plain", headers=headers
    ).text


def test_answers(client: FlaskClient) -> None:
    """It answers for itself, and for the user, whether somebody is there or not."""
    cases = [
        ("current_user.is_authenticated", "False", "True"),
        ("current_user.is_anonymous", "True", "False"),
        ("current_user.is_active", "False", "True"),
        ("current_user.get_id()", "None", "1"),
        ("current_user.name", "", "&lt;Ada&gt;"),
        ("current_user.nonsense", "", ""),
        ("'in' if current_user else 'out'", "out", "in"),
        ("current_user == same", "True", "True"),
        ("same == current_user", "True", "True"),
        ("current_user == other", "False", "False"),
        ("{current_user: 1}[same]", "1", "1"),
        ("(current_user|string) == (same|string)", "True", "True"),
    ]
    template = "|".join("{{ " + case[0] + " }}" for case in cases)
    assert render(client, template).split("|") == [nobody for _, nobody, _ in cases]
    client.post("/in")
    assert render(client, template).split("|") == [ada for _, _, ada in cases]


def test_imported_macros(app: Flask, client: FlaskClient) -> None:
    """A macro that a template imports knows who is there, without being told."""
    macro = (
        "{% macro who() %}{{ auth.user.name }} {{ current_user.name }}{% endmacro %}"
    )
    app.jinja_loader = DictLoader({"macros.html": macro})
    client.post("/in")
    page = render(client, "{% from 'macros.html' import who %}{{ who() }}")
    assert page == "&lt;Ada&gt; &lt;Ada&gt;"


def test_outside_a_request(app: Flask, auth: SimpleAuth) -> None:
    """In a mail that a command writes, nobody is there."""
    with app.app_context():
        text = render_template_string("{{ current_user.is_authenticated }}")
    assert text == "False"


def test_a_page_that_does_not_ask(app: Flask, auth: SimpleAuth) -> None:
    """A template that does not ask who is there has nobody looked up."""

    @app.get("/")
    def show() -> Any:
        return render_template_string("Hello!")

    assert "Vary" not in app.test_client().get("/").headers
