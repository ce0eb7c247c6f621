"""A9 of WCAG 2.2, 2.4.3: where the focus is when a form comes back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask, render_template_string
from flask_nameform import Form
from wtforms import FieldList, FormField, HiddenField, RadioField, StringField
from wtforms.validators import InputRequired

Elements = Callable[[str], list[dict[str, str]]]
Focused = Callable[..., list[dict[str, str]]]


class Guest(Form):
    name = StringField(validators=[InputRequired()])


class Party(Form):
    token = HiddenField(validators=[InputRequired()])
    text = StringField(validators=[InputRequired()])
    radio = RadioField(choices=["a", "b"], validators=[InputRequired()])  # type: ignore[list-item] # in 3.3
    guests = FieldList(FormField(Guest), min_entries=2)


FIELDS = "{{ render_field(form.token) }}{{ render_field(form.text) }}"
GROUPS = "{{ render_field(form.radio) }}{{ render_field(form.guests) }}"
SUMMARY = "{{ error_summary(form) }}"


@pytest.fixture
def focused(app: Flask, elements: Elements) -> Focused:
    """Give what has the focus on a page, whose form comes back with what was sent."""

    def focused(template: str, **sent: str) -> list[dict[str, str]]:
        with app.test_request_context(method="POST", data=sent):
            form = Party()
            form.validate()
            found = elements(render_template_string(template, form=form))
        return [element for element in found if "autofocus" in element]

    return focused


@pytest.mark.parametrize("theme", ["plain", "bootstrap5"])
def test_the_summary_has_the_focus(app: Flask, focused: Focused, theme: str) -> None:
    """It says all that is wrong, so no field takes the focus from it."""
    app.config["NAMEFORM_THEME"] = theme
    found = focused(SUMMARY + FIELDS + GROUPS)
    assert [element["aria-labelledby"] for element in found] == ["Party-form-problems"]


def test_without_a_summary_the_first_wrong_field_has_it(focused: Focused) -> None:
    """The first one of the page, whatever the order in the class."""
    found = focused(FIELDS + GROUPS)
    assert [element["id"] for element in found] == ["Party-text"]
    found = focused(GROUPS + FIELDS)
    assert [element["id"] for element in found] == ["Party-radio"]
    assert found[0]["tabindex"] == "-1"


def test_what_is_right_is_passed_over(focused: Focused) -> None:
    """Of a list of forms it is the field in a row that is wrong."""
    sent = {"text": "x", "radio": "a", "guests-0-name": "Ada", "guests-1-name": ""}
    found = focused(FIELDS + GROUPS, **sent)
    assert [element["id"] for element in found] == ["Party-guests-1-name"]


@pytest.mark.parametrize("theme", ["plain", "bootstrap5"])
def test_only_one_element_has_it(app: Flask, focused: Focused, theme: str) -> None:
    """A summary below a wrong field leaves the focus there."""
    app.config["NAMEFORM_THEME"] = theme
    found = focused(FIELDS + SUMMARY)
    assert [element["id"] for element in found] == ["Party-text"]


def test_nothing_has_it_before_the_form_was_sent(
    app: Flask, elements: Elements
) -> None:
    """Who opens a page begins at its top; a mail has no focus at all."""
    with app.test_request_context():
        html = render_template_string(FIELDS + GROUPS, form=Party())
        form = Party(data={})
        form.validate()
    assert not any("autofocus" in element for element in elements(html))
    with app.app_context():
        html = render_template_string(FIELDS + SUMMARY, form=form)
    assert "Party-text-error" in html
    assert not any("autofocus" in element for element in elements(html))
