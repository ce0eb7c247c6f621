"""All the languages of Flask-Greet, which the site's own two do not limit."""

from __future__ import annotations

from babel import Locale
from flask import Blueprint, render_template
from flask_greet import LANGUAGES

from .extensions import greet

blueprint = Blueprint("greetings", __name__)


@blueprint.get("/greetings")
def index() -> str:
    """Greet the visitor in each language, by its own name for itself."""
    greetings = {_name(tag): greet.greet(locale=tag) for tag in LANGUAGES}
    return render_template("greetings.html", greetings=greetings)


def _name(tag: str) -> str:
    return Locale.parse(tag, sep="-").get_display_name() or tag
