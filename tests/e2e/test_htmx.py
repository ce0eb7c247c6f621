"""The guest book's handlers under htmx 4, as npm has it, with no script of ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import flask_nameform
import pytest
from flask import Flask, Response, render_template_string
from jinja2 import ChoiceLoader, DictLoader
from playwright.sync_api import Page, expect

from example_app import create_app
from example_app.extensions import db

from .axe import from_npm
from .conftest import Site
from .serving import serving

if TYPE_CHECKING:
    from .conftest import Visit

PAGE = """<!doctype html>
<html lang="en"><head><title>htmx</title><script src="/htmx.js"></script></head>
<body>
  {{ show_form("entry") }}
  {{ show_form("name") }}
  {% if entry_id %}{{ show_form("edit", entry_id=entry_id) }}{% endif %}
</body></html>"""

# The one override there is: htmx posts what the form would post.
TEMPLATE = Path(flask_nameform.__file__).parent / "templates/nameform/quick_form.html"
OPENING = "<form {{ form.attributes }}"
WITH_HTMX = f'{OPENING} hx-post="{{{{ form.action }}}}" hx-swap="outerHTML"'


def make_app(folder: Path, script: str) -> Flask:
    app = create_app(
        {
            "SECRET_KEY": "for tests",
            "SQLALCHEMY_DATABASE_URI": f"sqlite:///{folder}/book.sqlite3",
        }
    )
    changed = TEMPLATE.read_text("utf-8").replace(OPENING, WITH_HTMX)
    own: Any = DictLoader({"nameform/quick_form.html": changed})
    app.jinja_loader = ChoiceLoader([own, app.jinja_loader])  # type: ignore[list-item] # which is there

    def page(entry_id: int | None = None) -> str:
        return render_template_string(PAGE, entry_id=entry_id)

    app.add_url_rule(
        "/htmx.js", "htmx", lambda: Response(script, mimetype="text/javascript")
    )
    app.add_url_rule("/htmx", "page", page)
    app.add_url_rule("/htmx/<int:entry_id>", "page", page)
    return app


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The example app with a page for htmx beside its own."""
    site = Site(tmp_path_factory.mktemp("site"))
    app = make_app(site.folder, from_npm("htmx4/dist/htmx.min.js"))
    with serving(app) as site.url:
        yield site
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def page(visit: Visit, site: Site, name: str) -> Page:
    """The page for htmx, seen by who is signed in."""
    page = visit()
    site.sign_up(page, name)
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    page.goto("/htmx")
    page.evaluate("window.stayed = true")
    return page


def test_accepted(page: Page) -> None:
    """Of what is accepted, the handler's own piece of HTML takes the form's place."""
    page.get_by_label("Your entry").fill("Written by htmx")
    page.get_by_role("button", name="Sign the book").click()
    expect(page.get_by_role("article")).to_contain_text("Written by htmx")
    expect(page.get_by_label("Your entry")).to_have_count(0)
    assert page.evaluate("window.stayed") is True

    change = page.get_by_role("link", name="Change the entry").get_attribute("href")
    page.goto(f"/htmx/{(change or '').rpartition('/')[2]}")
    page.get_by_label("Your entry").last.fill("Changed by htmx")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("article")).to_contain_text("Changed by htmx")


def test_not_accepted(page: Page) -> None:
    """What is not accepted comes back as the form, which can be sent again."""
    page.get_by_label("Your entry").fill("   ")
    page.get_by_role("button", name="Sign the book").click()
    expect(page.get_by_role("link", name="Write something first.")).to_be_visible()
    expect(page.get_by_role("form", name="Entry")).to_have_count(1)
    page.get_by_label("Your entry").fill("Better")
    page.get_by_role("button", name="Sign the book").click()
    expect(page.get_by_role("article")).to_contain_text("Better")
    assert page.evaluate("window.stayed") is True


def test_a_handler_that_leads_elsewhere(page: Page) -> None:
    """A handler that says no more than that it is done has the page loaded anew."""
    page.get_by_label("What is your name?").fill("Grace")
    with page.expect_event("load"):
        page.get_by_role("button", name="Submit").click()
    assert page.evaluate("window.stayed") is None
    expect(page).to_have_title("htmx")
