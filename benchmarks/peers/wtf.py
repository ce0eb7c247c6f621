"""Flask-WTF with Bootstrap-Flask, as their documentation says.

``CSRFProtect`` on the app, a ``FlaskForm`` in a view, and ``render_form`` of
``bootstrap5/form.html``. A token is in the session and in the page, so who posts has a
session, and to this app no visitor who posts is new.
"""

from __future__ import annotations

from flask_bootstrap import Bootstrap5
from flask_wtf import (  # type: ignore[import-untyped] # it has no types
    CSRFProtect,
    FlaskForm,
)
from wtforms import StringField, SubmitField
from wtforms.validators import DataRequired, Length

from . import Site
from .ours import view_of
from .pages import make_app


class NameForm(FlaskForm):
    """The same form."""

    name = StringField(
        "What is your name?",
        filters=[lambda value: value and value.strip()],
        validators=[DataRequired("Enter your name"), Length(max=100)],
    )
    submit = SubmitField("Submit")


def form() -> Site:
    """Make the site with a form."""
    app = make_app(
        index="{% from 'bootstrap5/form.html' import render_form %}"
        "{{ render_form(form) }}"
    )
    Bootstrap5(app)
    CSRFProtect(app)
    app.add_url_rule("/", "index", view_of(NameForm), methods=["GET", "POST"])
    return Site(app)
