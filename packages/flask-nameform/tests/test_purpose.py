from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask_nameform import Form
from flask_nameform.rendering import render_field
from wtforms import (
    DecimalField,
    EmailField,
    Field,
    FloatField,
    IntegerField,
    PasswordField,
    StringField,
    TextAreaField,
    URLField,
)
from wtforms.validators import Length, NumberRange

POSITIVE = [NumberRange(min=0)]


def html_of(app: Flask, field: Any, name: str = "nonsense") -> str:
    """Give the HTML of a field of this name."""
    form_class: Any = type("About", (Form,), {name: field})

    with app.test_request_context():
        return str(render_field(form_class()[name]))


@pytest.mark.parametrize(
    ("field", "keyboard"),
    [
        (IntegerField(validators=POSITIVE), "numeric"),
        (DecimalField(validators=POSITIVE), "decimal"),
        (FloatField(validators=POSITIVE), "decimal"),
        (IntegerField(validators=[NumberRange(min=-1)]), None),
        (IntegerField(validators=[NumberRange(max=5)]), None),
        (IntegerField(), None),
        (StringField(), None),
    ],
)
def test_numbers_have_a_keyboard_of_digits(
    app: Flask, field: Field, keyboard: str | None
) -> None:
    """If they cannot be negative: many such keyboards have no minus."""
    html = html_of(app, field)
    assert ("inputmode" in html) == (keyboard is not None)
    assert f'inputmode="{keyboard}"' in html or keyboard is None


def test_a_number_can_be_a_text(app: Flask) -> None:
    """The arrows of number fields change numbers unasked, so some go without."""
    field = IntegerField(validators=POSITIVE, render_kw={"type": "text"})
    html = html_of(app, field)
    assert 'inputmode="numeric"' in html
    assert 'type="text"' in html


def test_what_is_no_word_is_not_spelt(app: Flask) -> None:
    """Nobody wants their address underlined."""
    assert 'spellcheck="false"' in html_of(app, EmailField())
    assert 'spellcheck="false"' in html_of(app, StringField(), "username")
    assert "spellcheck" not in html_of(app, StringField(), "name")
    assert 'spellcheck="true"' in html_of(
        app, EmailField(render_kw={"spellcheck": "true"})
    )


def test_a_code_has_digits(app: Flask) -> None:
    """Phones offer the one that came by message, and a keyboard for it."""
    html = html_of(app, StringField(), "one_time_code")
    assert 'autocomplete="one-time-code"' in html
    assert 'inputmode="numeric"' in html
    assert 'spellcheck="false"' in html


@pytest.mark.parametrize("kind", [StringField, PasswordField, TextAreaField, URLField])
def test_nothing_is_cut_off(app: Flask, kind: type[Field]) -> None:
    """A browser would cut what is pasted, and say nothing; the message says it."""
    assert "maxlength" not in html_of(app, kind(validators=[Length(max=5)]))
    wanted = kind(validators=[Length(max=5)], render_kw={"maxlength": 5})
    assert 'maxlength="5"' in html_of(app, wanted)
