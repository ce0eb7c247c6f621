"""The site's languages: Flask-Babel's selector, and a named form that switches."""

from __future__ import annotations

from typing import Any

from flask import Flask, request, session
from flask_nameform import Form
from wtforms import SelectField, SubmitField

from .extensions import forms
from .texts import current_language, lazy_gettext

#: What the site speaks: each language by its own name, and as a tag.
LANGUAGES = {"English": "en", "Deutsch": "de"}

# WTForms takes plain names too, which its type stubs do not know.
_CHOICES: Any = list(LANGUAGES)


def init_app(app: Flask) -> None:
    """Let templates say which language they are in."""
    app.add_template_global(current_language)


def selected() -> str | None:
    """Return the visitor's choice, or what suits their browser."""
    return session.get("language") or request.accept_languages.best_match(
        LANGUAGES.values()
    )


def _current_name() -> str | None:
    tag = current_language()
    return next((name for name, known in LANGUAGES.items() if known == tag), None)


class LanguageForm(Form):
    """Choose the language of the site."""

    language = SelectField(
        lazy_gettext("Language"), choices=_CHOICES, default=_current_name
    )
    submit = SubmitField(lazy_gettext("Change"))


@forms.handler("language", LanguageForm)
def switch(form: LanguageForm) -> None:
    """Remember the choice, and go back to the page."""
    session["language"] = LANGUAGES[form.language.data]
