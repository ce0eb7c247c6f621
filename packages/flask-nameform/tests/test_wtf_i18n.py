from __future__ import annotations

import pytest
from flask import Flask, request
from flask_nameform.wtf import FlaskForm
from flask_nameform.wtf.i18n import translations
from wtforms import StringField
from wtforms.validators import DataRequired, Length

ENGLISH = "This field is required."
SPANISH = "Este campo es obligatorio."
FRENCH = "Ce champ est requis."


class NameForm(FlaskForm):
    name = StringField(validators=[DataRequired(), Length(8)])


class FrenchForm(NameForm):
    class Meta:
        locales = ("fr",)


def message(
    app: Flask, form_class: type[NameForm] = NameForm, language: str = "es"
) -> str:
    """Return what is said of a name that is missing."""
    headers = {"Sec-Fetch-Site": "same-origin", "Accept-Language": language}
    with app.test_request_context(method="POST", headers=headers):
        form = form_class()
        form.validate()
        return str(form.name.errors[0])


def test_without_settings_it_is_english(bare_app: Flask) -> None:
    """Whatever the browser asks for, as in Flask-WTF."""
    assert message(bare_app) == ENGLISH


def test_flask_babel_is_not_needed(bare_app: Flask) -> None:
    """The languages of the site do; in Flask-WTF nothing is translated then."""
    bare_app.config["NAMEFORM_LOCALES"] = ["en", "es"]
    assert message(bare_app) == SPANISH
    assert message(bare_app, FrenchForm) == FRENCH


def test_flask_babel_decides(bare_app: Flask) -> None:
    """If the app has it, and for a form that names languages too."""
    flask_babel = pytest.importorskip("flask_babel")
    flask_babel.Babel(
        bare_app,
        locale_selector=lambda: request.accept_languages.best_match(["en", "es"]),
    )
    assert message(bare_app) == SPANISH
    assert message(bare_app, FrenchForm) == SPANISH
    assert message(bare_app, language="en") == ENGLISH


def test_it_can_be_switched_off(bare_app: Flask) -> None:
    """Then only a form that names languages speaks them."""
    bare_app.config["NAMEFORM_LOCALES"] = ["es"]
    bare_app.config["WTF_I18N_ENABLED"] = False
    assert message(bare_app) == ENGLISH
    assert message(bare_app, FrenchForm) == FRENCH


def test_the_object_speaks_too(bare_app: Flask) -> None:
    """Of one and of several; outside a request it says what it is given."""
    one, many = "Field must be at least %(min)d character long.", "Other."
    assert translations.gettext(ENGLISH) == ENGLISH
    assert translations.ngettext(one, many, 1) == one
    assert translations.ngettext(one, many, 2) == many

    bare_app.config["NAMEFORM_LOCALES"] = ["es"]
    with bare_app.test_request_context():
        assert translations.gettext(ENGLISH) == SPANISH
        assert "al menos" in translations.ngettext(one, many, 2)


def test_a_form_outside_an_app_is_english() -> None:
    """As in a shell."""
    form = NameForm()
    form.validate()
    assert form.name.errors[0] == ENGLISH
