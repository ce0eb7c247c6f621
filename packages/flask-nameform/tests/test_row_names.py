"""What rows of any list are called, and where what leads to them leads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import wtforms
from flask import Flask, render_template_string
from flask_nameform import Form
from flask_nameform.i18n import use_locale
from flask_nameform.wtf import FlaskForm
from markupsafe import Markup
from werkzeug.datastructures import ImmutableMultiDict
from wtforms import FieldList, FormField, HiddenField, RadioField, StringField
from wtforms.validators import InputRequired

Element = dict[str, str]
Elements = Callable[[str], list[Element]]
KINDS: Any = ["adult", "child"]


class Guest(Form):
    name = StringField("Name", [InputRequired("Enter the name")])
    songs = FieldList(StringField("Song"), "Songs")


def test_a_form_without_a_button_has_an_unseen_one_too(app: Flask) -> None:
    """It says what the other one says, and sends nothing more."""

    class Bare(Form):
        names = FieldList(StringField("Name"), "Names")

    with app.test_request_context("/"):
        html = render_template_string("{{ quick_form(f, button='Go') }}", f=Bare())

    unseen = '<button aria-hidden="true" class="visually-hidden" tabindex="-1"'
    assert html.count(f'{unseen} type="submit">Go</button>') == 1
    assert "visually-hidden" not in render(app, type("No", (Form,), {}))


def render(app: Flask, form_class: type[Form], **kwargs: Any) -> str:
    with app.test_request_context("/"):
        form = form_class(**kwargs)
        return render_template_string("{{ quick_form(form) }}", form=form)


@pytest.mark.parametrize(
    ("field", "row", "add", "remove"),
    [
        (StringField("Name"), "Name 1", "Add another name", "Remove name 1"),
        (StringField(label="URL"), "URL 1", "Add another URL", "Remove URL 1"),
        (StringField(), "Row 1", "Add another row", "Remove row 1"),
        (StringField("E-mail"), "E-mail 1", "Add another E-mail", "Remove E-mail 1"),
        (FormField(Guest), "Row 1", "Add another row", "Remove row 1"),
        (FormField(Guest, label="Guest"), "Guest 1", "Add another guest", ""),
        (FieldList(StringField("x"), "Line"), "Line 1", "Add another line", ""),
        (RadioField("Kind", choices=KINDS), "Kind 1", "Add another kind", ""),
    ],
)
def test_a_row_has_a_name(
    app: Flask, field: Any, row: str, add: str, remove: str
) -> None:
    """That of the field in the list, with a number; within a sentence it is small."""
    form_class = type("Named", (Form,), {"rows": FieldList(field, "Rows")})
    html = render(app, form_class, data={"rows": [{}]})
    assert f">{row}</l" in html
    assert f">{add}</button>" in html
    assert f"{remove}</button>" in html


def test_german_keeps_its_capitals(app: Flask, catalogs: Any) -> None:
    """A noun within a sentence has one there."""
    app.config["NAMEFORM_LOCALES"] = ["de"]
    names = FieldList(StringField("Gast"), "Gäste", min_entries=1)
    with app.test_request_context("/"), use_locale("de"):
        form = type("Names", (Form,), {"names": names})()
        html = render_template_string("{{ quick_form(form) }}", form=form)
    assert ">Gast hinzufügen</button>" in html


def test_flask_wtf_forms_have_rows_too(app: Flask, elements: Elements) -> None:
    """Their labels stay what they were, the buttons work."""

    class Names(FlaskForm):
        names = FieldList(StringField("Name"), "Names")

    data = {"names-0": "Ada", "_rows": "add names"}
    headers = {"Sec-Fetch-Site": "same-origin"}
    with app.test_request_context("/", method="POST", data=data, headers=headers):
        form = Names()
        assert not form.validate_on_submit()
        assert form.names.data == ["Ada", None]
        assert form.names[0].label.text == "Name"
        found = elements(render_template_string("{{ quick_form(f) }}", f=form))
        assert [e["id"] for e in found if "autofocus" in e] == ["names-1"]


def test_the_focus_is_where_something_can_be_done(
    app: Flask, elements: Elements
) -> None:
    """In a group of choices on the group; in a row without any input on the row."""

    class Nothing(Form):
        key = HiddenField()

    class Kinds(Form):
        kinds = FieldList(RadioField("Kind", choices=KINDS), "Kinds")
        nothing = FieldList(FormField(Nothing, "Nothing"), "Nothing")
        plain = FieldList(FormField(PlainRow, "Row"), "Plain")

    for name, focus in {
        "kinds": "Kinds-kinds-0",
        "nothing": "Kinds-nothing-0",
        "plain": "Kinds-plain-0-text",
    }.items():
        with app.test_request_context("/"):
            form = Kinds(ImmutableMultiDict({"_rows": f"add {name}"}))
            html = render_template_string("{{ quick_form(form) }}", form=form)
        found = elements(html)
        assert [e["id"] for e in found if "autofocus" in e] == [focus]


class PlainRow(wtforms.Form):
    text = StringField("Text", render_kw={"class": "x"})


def test_what_leads_to_a_list_leads_to_something(
    app: Flask, elements: Elements
) -> None:
    """A problem of a list leads to its first input, of an empty one to its button."""

    class Lists(Form):
        empty = FieldList(StringField("Name"), "Empty")
        rows = FieldList(FormField(Guest, "Guest"), "Rows", min_entries=1)

    form: Any = Lists()
    form.empty.errors = ["Too few"]
    form.rows.errors = ["Too short"]
    with app.test_request_context("/"):
        html = render_template_string("{{ quick_form(form) }}", form=form)
    found = elements(html)
    links = [e["href"] for e in found if e[""] == "a"]
    assert links == ["#Lists-empty--add", "#Lists-rows-0-name"]
    assert {e["id"] for e in found if "id" in e} >= {"Lists-empty--add"}


def test_problems_say_in_which_row_they_are(app: Flask) -> None:
    """In the summary, where links of one text would lead to several places."""

    class Nested(Form):
        guests = FieldList(FormField(Guest, "Guest"), "Guests")

    data = {"guests-0-name": "Ada", "guests-1-name": "", "guests-1-songs-0": "x" * 9}
    form: Any = Nested(ImmutableMultiDict(data))
    assert not form.validate()
    form.guests[1].form.songs[0].errors = [Markup("Too <b>long</b>"), "<Too> long"]
    with app.test_request_context("/"):
        html = render_template_string("{{ quick_form(form) }}", form=form)
    assert ">Guest 2: Enter the name</a>" in html
    assert "</span> Enter the name</p>" in html
    assert ">Guest 2: Song 1: Too <b>long</b></a>" in html
    assert ">Guest 2: Song 1: &lt;Too&gt; long</a>" in html


def test_a_row_may_have_a_field_of_any_name(app: Flask, elements: Elements) -> None:
    """Ids of buttons are those of no field."""

    class Row(Form):
        remove = StringField("Remove")
        add = StringField("Add")

    class Rows(Form):
        rows = FieldList(FormField(Row, "Row"), "Rows")

    html = render(app, Rows, data={"rows": [{}]})
    ids = [e["id"] for e in elements(html) if "id" in e]
    assert len(ids) == len(set(ids))


def test_another_separator_works(app: Flask, elements: Elements) -> None:
    """WTForms lets a list have one of its own, as before the index of a row."""

    class Names(Form):
        names = FieldList(StringField("Name"), "Names", separator="_")

    data = [("names_0", "Ada"), ("names_1", "Bob"), ("_rows", "remove names_0")]
    form: Any = Names(ImmutableMultiDict(data))
    assert form.names.data == ["Bob"]
    assert form.names.render_kw == {"autofocus": True}
