"""Beside Flask-WTF's protection, or another in its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, render_template_string, request
from flask_nameform import Forms, NameForm, csrf
from wtforms import ValidationError

CROSS_SITE = {"Sec-Fetch-Site": "cross-site"}


@pytest.mark.parametrize("protects", [True, False])
def test_rotation_ends_tokens_of_flask_wtf(app: Flask, protects: bool) -> None:
    """Those in its forms and views too, which by themselves outlive a sign-in."""
    flask_wtf: Any = pytest.importorskip("flask_wtf")
    if protects:
        flask_wtf.CSRFProtect(app)

    @app.get("/login")
    def login() -> str:
        before = flask_wtf.csrf.generate_csrf()
        csrf.rotate()
        after = flask_wtf.csrf.generate_csrf()
        return f"{before} {after}"

    @app.get("/validate")
    def validate() -> str:
        flask_wtf.csrf.validate_csrf(request.args["token"])
        return "good"

    client = app.test_client()
    before, after = client.get("/login").text.split()
    assert client.get("/validate", query_string={"token": after}).text == "good"
    with pytest.raises(ValidationError):
        client.get("/validate", query_string={"token": before})


def test_beside_flask_wtf_only_named_forms_are_ours(app: Flask) -> None:
    """With ``CSRFProtect`` on the app, its views are left to it, whoever came first."""
    protect = pytest.importorskip("flask_wtf").CSRFProtect
    late = Flask(__name__)
    late.secret_key = "late"
    forms = Forms()
    forms.add("name", NameForm, handler=lambda form: None)

    protect(late)
    forms.init_app(late)
    protect(app)

    for one in (late, app):
        one.add_url_rule(
            "/form",
            "form",
            lambda: render_template_string("{{ quick_form(f) }}", f=NameForm()),
        )
        client = one.test_client()
        assert "csrf_token" in client.get("/form").text
        headers = {"Sec-Fetch-Site": "same-origin"}
        answer = client.post("/-/forms/name", data={"name": "Ada"}, headers=headers)
        assert answer.status_code == 303


class OtherProtection:
    """Stands in ``app.extensions["csrf"]`` as Flask-WTF's ``CSRFProtect`` does."""

    def __init__(self, app: Flask) -> None:
        self.exempted: set[str] = set()
        app.extensions["csrf"] = self
        app.jinja_env.globals["csrf_token"] = lambda: "theirs"

    def exempt(self, view: Callable[..., Any]) -> None:
        self.exempted.add(f"{view.__module__}.{view.__name__}")


@pytest.mark.parametrize("theirs_first", [True, False])
def test_another_protection_keeps_the_views_of_the_app(theirs_first: bool) -> None:
    """Its token is what forms in views get; named forms it is told to leave alone."""
    app = Flask(__name__)
    app.secret_key = "x"
    forms = Forms()
    forms.add("name", NameForm, handler=lambda form: None)
    other = OtherProtection(app) if theirs_first else None
    forms.init_app(app)
    other = other or OtherProtection(app)

    @app.route("/form", methods=["GET", "POST"])
    def form() -> str:
        form = NameForm()
        form.validate_on_submit()
        return render_template_string(
            "{{ quick_form(f) }}{{ show_form('name') }}", f=form
        )

    client = app.test_client()
    page = client.get("/form").text
    assert page.count('value="theirs"') == 1
    assert client.post("/form", headers=CROSS_SITE).status_code == 200
    assert other.exempted == {"flask_nameform.dispatch.submit"}
    answer = client.post("/-/forms/name", data={"name": "A"}, headers=CROSS_SITE)
    assert answer.status_code == 400
