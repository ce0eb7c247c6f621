"""What the first ``Forms`` of an app add to it."""

from __future__ import annotations

from flask import Blueprint, Flask, current_app, request
from werkzeug.wrappers import Response

from . import csrf
from .answers import refused
from .cli import forms_command
from .dispatch import submit
from .i18n import current_locale, texts
from .pages import posted_here
from .policy import SAFE_METHODS
from .registry import State
from .rendering import error_summary, error_title, quick_form, render_field
from .rerender import Rerender
from .settings import KEY, read_settings
from .showing import show_form


def state_of(app: Flask) -> State:
    """Return what belongs to the app; with the first ``Forms``, wire it up."""
    state: State | None = app.extensions.get(KEY)

    if state is None:
        state = app.extensions[KEY] = State(read_settings(app.config))
        _wire(app)

    return state


def _wire(app: Flask) -> None:
    app.register_blueprint(Blueprint(KEY, __name__, template_folder="templates"))
    for helper in (show_form, quick_form, render_field, error_summary, error_title):
        app.add_template_global(helper)

    app.add_template_global(texts.gettext, "form_text")
    app.add_template_global(current_locale, "form_locale")
    app.cli.add_command(forms_command)
    app.before_request(_protect)
    app.wsgi_app = Rerender(app.wsgi_app)  # type: ignore[method-assign] # Flask's way

    if "csrf" in app.extensions:
        app.extensions["csrf"].exempt(submit)
    else:
        app.add_template_global(csrf.token, csrf.FIELD)


def _protect() -> Response | None:
    # First of all, since most requests are: nothing will run that changes anything.
    if request.method in SAFE_METHODS:
        return None

    other = current_app.extensions.get("csrf")

    if other is not None:
        other.exempt(submit)  # it may have come after us

    # The endpoint of forms asks by itself.
    if current_app.view_functions.get(request.endpoint or "") is submit:
        return None

    form = posted_here()

    if form is None:
        csrf.protect()
        return None

    try:
        # A veto comes before all else; the page shows what lacks a token again.
        csrf.allows(form, own_form=True)
    except csrf.CSRFError as error:
        return refused(error)

    return None
