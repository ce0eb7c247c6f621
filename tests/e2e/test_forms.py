"""What only a browser knows of Flask-NameForm's forms: keys, focus, files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, render_template_string, request
from flask_nameform import Form, Forms
from flask_nameform.files import FileAllowed, FileField
from flask_nameform.honeypot import HoneypotField
from playwright.sync_api import Browser, Page, expect
from wtforms import FieldList, FormField, StringField, SubmitField
from wtforms.validators import InputRequired

from .serving import serving

PAGE = """<!doctype html>
<html lang="en"><title>Party</title>
<style>
.visually-hidden {
  position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden;
}
</style>
{{ show_form("party") }}
"""

BY_HAND = """<!doctype html>
<html lang="en"><title>Guest</title>
<form method="post" novalidate>
{{ form.hidden_tag() }}{{ render_field(form.mail) }}{{ render_field(form.name) }}
<button>Send</button>
</form>
"""


class Guest(Form):
    name = StringField("Name", [InputRequired()])


class Reply(Guest):
    mail = StringField("Mail", [InputRequired()])


class Party(Form):
    title = StringField("Title", [InputRequired()])
    guests = FieldList(FormField(Guest, "Guest"), "Guests", min_entries=1)
    plan = FileField("Plan", [FileAllowed(["txt"])])
    homepage = HoneypotField(min_seconds=0)
    send = SubmitField("Invite")


def create_app() -> Flask:
    app = Flask(__name__)
    app.config["SECRET_KEY"] = "a secret for the tests"
    forms = Forms(app)

    @forms.handler("party", Party)
    def invite(form: Party) -> str:
        names = ",".join(guest["name"] for guest in form.guests.data)
        plan = form.plan.data.filename if form.plan.data else ""
        return f"/invited?names={names}&plan={plan}&send={form.send.data}"

    @app.route("/by-hand", methods=["GET", "POST"])
    def by_hand() -> str:
        form = Reply()
        form.validate_on_submit()
        return render_template_string(BY_HAND, form=form)

    app.add_url_rule("/", "index", lambda: render_template_string(PAGE))
    app.add_url_rule("/invited", "invited", lambda: request.query_string.decode())
    return app


@pytest.fixture
def party(browser: Browser) -> Iterator[Page]:
    """The page with the form, on a phone without JavaScript."""
    with serving(create_app()) as url:
        context = browser.new_context(
            viewport={"width": 375, "height": 800}, java_script_enabled=False
        )
        page = context.new_page()
        page.goto(url)
        yield page
        context.close()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def test_rows_come_and_go(party: Page) -> None:
    """A new row has the focus, and what was typed stays; browsers ask for nothing."""
    party.get_by_label("Name").fill("Ada")
    press(party, "Add another guest")
    expect(party.get_by_label("Name").nth(1)).to_be_focused()
    party.get_by_label("Name").nth(1).fill("Bob")
    press(party, "Add another guest")
    press(party, "Remove guest 1")
    expect(party.get_by_role("group", name="Guests")).to_be_focused()
    expect(party.get_by_label("Name").nth(0)).to_have_value("Bob")
    expect(party.get_by_role("alert")).to_have_count(0)


def test_the_enter_key_sends_the_form(party: Page) -> None:
    """It does not press the first button for rows."""
    party.get_by_label("Name").fill("Ada")
    press(party, "Add another guest")
    party.get_by_label("Name").nth(1).fill("Bob")
    party.get_by_label("Title").fill("Party")
    party.get_by_label("Title").press("Enter")
    expect(party.locator("body")).to_have_text("names=Ada,Bob&plan=&send=True")


def test_a_file_has_to_be_chosen_again(party: Page, tmp_path: Path) -> None:
    """A form that comes back has none, and says so where the file was."""
    plan = tmp_path / "plan.txt"
    plan.write_text("Dance")
    party.get_by_label("Title").fill("Party")
    party.get_by_label("Name").fill("Ada")
    party.get_by_label("Plan").set_input_files(plan)
    party.locator("form").evaluate("form => form.noValidate = true")
    party.get_by_label("Name").fill("")
    press(party, "Invite")
    again = party.get_by_role("link", name="Choose the file again")
    expect(again).to_be_visible()
    again.click()
    expect(party.get_by_label("Plan")).to_be_focused()
    party.get_by_label("Plan").set_input_files(plan)
    party.get_by_label("Name").fill("Ada")
    press(party, "Invite")
    expect(party.locator("body")).to_have_text("names=Ada&plan=plan.txt&send=True")


def test_a_form_without_a_summary_goes_to_what_is_wrong(party: Page) -> None:
    """Laid out by hand, it comes back with the focus on the first wrong field."""
    party.goto(f"{party.url}by-hand")
    expect(party.locator("body")).to_be_focused()
    party.get_by_label("Mail").fill("ada@example.org")
    press(party, "Send")
    expect(party.get_by_label("Name")).to_be_focused()
    party.get_by_label("Mail").fill("")
    press(party, "Send")
    expect(party.get_by_label("Mail")).to_be_focused()


def test_nobody_gets_into_the_trap(party: Page) -> None:
    """The Tab key goes from one field that people see to the next."""
    party.get_by_label("Title").focus()
    names = []
    for _ in range(5):
        focused = party.locator(":focus")
        names.append(focused.get_attribute("name"))
        party.keyboard.press("Tab")
    assert names == ["title", "guests-0-name", "_rows", "plan", "send"]
