"""Each kind of field in each state and theme, as a browser shows it (WCAG 2.2, AA)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import flask_nameform
import pytest
import wtforms
from flask import Flask, render_template_string
from flask_nameform import Form, Forms
from flask_nameform.files import FileAllowed, FileField, MultipleFileField
from flask_nameform.honeypot import HoneypotField
from playwright.sync_api import Browser, Page, expect
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from .axe import complaints, from_npm
from .serving import serving

PAGE = """<!doctype html>
<html lang="en" data-bs-theme="{{ look }}"><title>Forms</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="{{ look }}">
<style>
body { background: Canvas; color: CanvasText; }
{{ style|safe }}
</style>
<main><h1>Forms</h1>
{% for n in range(copies) %}{{ show_form(name, n or None, layout) }}{% endfor %}
</main>
"""
README = Path(flask_nameform.__file__).parents[2] / "README.md"

# The contrast of the border of each field with the page, by the formula of WCAG 2.2. A
# slider has no border, and what a colour field shows is a colour.
CONTRASTS = """
() => {
    const canvas = document.createElement("canvas").getContext("2d");
    const light = (...colours) => {
        for (const colour of colours) {
            canvas.fillStyle = colour;
            canvas.fillRect(0, 0, 1, 1);
        }
        const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data]
            .map((c) => c / 255)
            .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
    };
    const page = ["Canvas", getComputedStyle(document.body).backgroundColor];
    const seen = [...document.querySelectorAll("input, select, textarea")].filter(
        (e) => !["hidden", "submit", "range", "color", "file"].includes(e.type)
            && getComputedStyle(e).borderStyle != "none" && e.offsetParent
    );
    return Object.fromEntries(seen.map((e) => {
        const edge = light(...page, getComputedStyle(e).borderTopColor);
        const [low, high] = [edge, light(...page)].sort((a, b) => a - b);
        return [e.id, high / low];
    }));
}
"""

CHOICES: Any = ["tea", "coffee"]
GROUPS: Any = [
    wtforms.SelectChoice("tea", optgroup="Hot"),
    wtforms.SelectChoice("juice", optgroup="Cold"),
]
BOXES: Any = {
    "widget": ListWidget(prefix_label=False),
    "option_widget": CheckboxInput(),
}
ASKED: Any = {"validators": [InputRequired()], "description": "As you like it"}


class Guest(Form):
    name = wtforms.StringField("Name", [InputRequired()])
    comes = wtforms.BooleanField("Comes")


def fields(**more: Any) -> dict[str, Any]:
    """Give a field of each class."""
    asked = {**ASKED, **more}
    return {
        "text": wtforms.StringField("Text", **asked),
        "email": wtforms.EmailField("E-mail address", **asked),
        "password": wtforms.PasswordField("Password", **asked),
        "phone": wtforms.TelField("Telephone", **asked),
        "site": wtforms.URLField("Website", **asked),
        "words": wtforms.SearchField("Words", **asked),
        "whole": wtforms.IntegerField("Whole number", **asked),
        "decimal": wtforms.DecimalField("Decimal number", **asked),
        "float": wtforms.FloatField("Number", **asked),
        "loud": wtforms.IntegerRangeField("Loudness", **asked),
        "bright": wtforms.DecimalRangeField("Brightness", **asked),
        "colour": wtforms.ColorField("Colour", **asked),
        "day": wtforms.DateField("Day", **asked),
        "time": wtforms.TimeField("Time", **asked),
        "moment": wtforms.DateTimeLocalField("Moment", **asked),
        "month": wtforms.MonthField("Month", **asked),
        "week": wtforms.WeekField("Week", **asked),
        "select": wtforms.SelectField("Drink", choices=CHOICES, **asked),
        "grouped": wtforms.SelectField("Menu", choices=GROUPS, **asked),
        "several": wtforms.SelectMultipleField("Drinks", choices=CHOICES, **asked),
        "radio": wtforms.RadioField("One drink", choices=CHOICES, **asked),
        "boxes": wtforms.SelectMultipleField(
            "Some drinks", choices=CHOICES, **BOXES, **asked
        ),
        "agree": wtforms.BooleanField("I agree", **asked),
        "area": wtforms.TextAreaField("Story", **asked),
        "file": FileField("Photo", **asked),
        "files": MultipleFileField("Photos", [FileAllowed(["png"])], **more),
        "names": wtforms.FieldList(
            wtforms.StringField("Name", [InputRequired()]),
            "Names",
            min_entries=1,
            **more,
        ),
        "guests": wtforms.FieldList(
            wtforms.FormField(Guest, "Guest"), "Guests", min_entries=1, **more
        ),
        "host": wtforms.FormField(Guest, "Host", description="You, maybe", **more),
        "token": wtforms.HiddenField(),
        "trap": HoneypotField(min_seconds=0),
        "submit": wtforms.SubmitField("Send it", **more),
    }


Everything: Any = type("Everything", (Form,), fields())
Closed: Any = type("Closed", (Form,), fields(render_kw={"disabled": True}))
FILLED = SimpleNamespace(
    text="Ada", email="ada@example.org", whole=3, select="tea", several=["tea"],
    radio="tea", boxes=["tea", "coffee"], agree=True, area="Once", names=["Bob", "Eve"],
    guests=[SimpleNamespace(name="Bob", comes=True), SimpleNamespace(name="Eve")],
)  # fmt: skip


def create_app(theme: str) -> Flask:
    app = Flask(__name__)
    app.config |= {"SECRET_KEY": "a secret for the tests", "NAMEFORM_THEME": theme}
    forms = Forms(app)
    forms.add("empty", Everything, handler=lambda form: None)
    forms.add("filled", Everything, handler=lambda form, o: None, load=lambda: FILLED)
    forms.add("disabled", Closed, handler=lambda form: None)

    @app.get("/<name>/<int:copies>/<layout>/<look>")
    def show(**chosen: Any) -> str:
        return render_template_string(PAGE, style=style_of(theme), **chosen)

    return app


def style_of(theme: str) -> str:
    """Give the style sheet that the README asks for."""
    if theme == "bootstrap5":
        # axe-core does not see what is behind a picture. These stand beside the text.
        unseen = "input, select, textarea { background-image: none !important; }"
        return from_npm("bootstrap/dist/css/bootstrap.min.css") + unseen

    return README.read_text("utf-8").partition("```css\n")[2].partition("```")[0]


@pytest.fixture(params=["plain", "bootstrap5"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A browser at a page with forms of the theme."""
    with serving(create_app(request.param)) as url:
        # Bootstrap scrolls smoothly, and we have not the time.
        context = browser.new_context(base_url=url, reduced_motion="reduce")
        yield context.new_page()
        context.close()


def show(
    page: Page,
    state: str,
    copies: int = 1,
    layout: str = "stacked",
    look: str = "light",
) -> None:
    """Go to a page with forms in this state; of invalid ones the last was sent."""
    name = "empty" if state == "invalid" else state
    page.goto(f"/{name}/{copies}/{layout}/{look}")

    if state == "invalid":
        page.locator("form").last.evaluate("form => form.noValidate = true")
        page.get_by_role("button", name="Send it").last.click()
        expect(page.get_by_role("alert")).to_be_visible()


@pytest.mark.parametrize("state", ["empty", "filled", "invalid", "disabled"])
def test_axe_finds_nothing(page: Page, state: str) -> None:
    """Neither wrong nor in doubt: alone, or three times, or narrow and dark."""
    show(page, state)
    assert complaints(page) == []
    show(page, state, copies=3)
    assert complaints(page) == []
    page.set_viewport_size({"width": 320, "height": 640})
    show(page, state, look="dark")
    assert complaints(page) == []


@pytest.mark.parametrize("layout", ["inline", "horizontal"])
def test_axe_finds_nothing_in_other_layouts(page: Page, layout: str) -> None:
    """Where labels stand beside their fields, and fields beside each other."""
    show(page, "invalid", layout=layout)
    assert complaints(page) == []


def test_the_summary_leads_to_each_field(page: Page) -> None:
    """It has the focus, and its links give that to what is to be filled in."""
    show(page, "invalid")
    summary = page.get_by_role("group", name="There is a problem")
    expect(summary).to_be_focused()
    links = summary.get_by_role("link")
    assert links.count() > 20

    for link in links.all():
        link.click()
        focused = page.locator(":focus")
        expect(focused).to_have_id((link.get_attribute("href") or "")[1:])
        assert focused.evaluate("e => e.labels.length") == 1
        assert focused.get_attribute("type") != "hidden"


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("state", ["empty", "invalid"])
def test_fields_can_be_seen(page: Page, state: str, look: str) -> None:
    """Their edges have a contrast of three to one with the page (WCAG 2.2, 1.4.11)."""
    show(page, state, look=look)
    edges: dict[str, float] = page.evaluate(CONTRASTS)
    assert len(edges) > 20
    assert {name: edge for name, edge in edges.items() if edge < 3} == {}
