"""Forms that htmx and Turbo send, in a page that is not loaded anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import flask_nameform
import pytest
from flask import Flask, Response, render_template_string, session
from flask_nameform import Forms, NameForm
from jinja2 import ChoiceLoader, DictLoader
from playwright.sync_api import Browser, Page, expect

from .axe import complaints, from_npm
from .serving import serving

PAGE = """<!doctype html>
<html lang="en"><title>Hello</title>
<script src="/script.js" defer></script>
<main><h1>Hello, {{ session.name }}</h1>
<turbo-frame id="frame">{{ show_form("name") }}</turbo-frame>
</main>
"""

# What the README says: a copy of our template, with where htmx sends it.
FOR_HTMX = """
<form {{ form.attributes }} hx-post="{{ form.action }}" hx-swap="outerHTML">
"""
OURS = Path(flask_nameform.__file__).with_name("templates") / "nameform/quick_form.html"

SCRIPTS = {
    "htmx": "htmx.org/dist/htmx.min.js",
    "Turbo": "@hotwired/turbo/dist/turbo.es2017-umd.js",
}


def create_app(script: str) -> Flask:
    app = Flask(__name__)
    app.config["SECRET_KEY"] = "a secret for the tests"
    app.config["NAMEFORM_FRAGMENT_STATUS"] = 200
    forms = Forms(app)

    @forms.handler("name", NameForm)
    def save_name(form: NameForm) -> None:
        session["name"] = form.name.data

    app.add_url_rule("/", "index", lambda: render_template_string(PAGE))
    app.add_url_rule(
        "/script.js",
        "script",
        lambda: Response(from_npm(SCRIPTS[script]), mimetype="text/javascript"),
    )

    if script == "htmx":
        own = OURS.read_text().replace("<form {{ form.attributes }}>", FOR_HTMX)
        own_templates = DictLoader({"nameform/quick_form.html": own})
        app.jinja_env.loader = ChoiceLoader([own_templates, app.jinja_env.loader])

    return app


@pytest.fixture(params=SCRIPTS)
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A browser at the page, with one of the scripts in it."""
    with serving(create_app(request.param)) as url:
        context = browser.new_context(base_url=url)
        yield context.new_page()
        context.close()


def test_a_form_comes_back_in_its_place(page: Page) -> None:
    """What was wrong is read out and has the focus; then the form is accepted."""
    page.goto("/")
    page.evaluate("window.sameDocument = true")
    page.locator("form").evaluate("form => form.noValidate = true")
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter your name")
    expect(page.get_by_role("group", name="There is a problem")).to_be_focused()
    assert page.evaluate("window.sameDocument")
    assert complaints(page) == []

    page.get_by_label("What is your name?").fill("Ada")
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    page.reload()
    expect(page.get_by_role("heading")).to_have_text("Hello, Ada")
