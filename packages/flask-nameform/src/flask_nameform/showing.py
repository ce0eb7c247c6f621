"""``show_form``: named forms in templates."""

from __future__ import annotations

from typing import Any

from flask import has_request_context, url_for
from markupsafe import Markup

from . import marker
from .arguments import load, with_arguments
from .form import Form
from .identity import Identity
from .marker import Marker
from .pages import is_taken_here
from .query import bind_query
from .registry import Definition, current_state, full_name_of
from .rendering import quick_form
from .submission import Submission, current_exchange, restore_errors
from .themes import checked_layout

#: The endpoint of named forms, on the app and on each blueprint that has some.
ENDPOINT = "nameform"


def show_form(
    name: str,
    /,
    key: object = None,
    layout: str = "stacked",
    **arguments: Any,
) -> Markup:
    """Return the named form as HTML; on the page after a submission that was not
    accepted, with what was posted and what was wrong.

    :param name: as registered, after the name of the blueprint: ``"blog.comment"``.
        Within the blueprint ``".comment"`` will do.
    :param key: tells copies of a form on one page apart.
    :param layout: ``"stacked"``, ``"inline"`` or ``"horizontal"``.
    :param arguments: what the form is about; its ``load`` gets them.
    :raises RuntimeError: if there is no form of that name, or no request, or if the
        form does not take the arguments.
    """
    if not has_request_context():
        raise RuntimeError(
            f"show_form({name!r}) needs a request: the form goes back to the page that"
            " showed it, and here is none."
        )

    name = full_name_of(name)
    definition = current_state().registry.require(name)
    page = marker.this_page()
    mark = Marker(name, _checked_key(key), page, layout=checked_layout(layout))
    mark = with_arguments(mark, definition, arguments)

    if definition.handler is None:
        return _show_query(definition, mark)

    exchange = current_exchange()
    submission = exchange and exchange.submission

    if exchange and submission and submission.marker.form == mark.form:
        exchange.shown = True
        return show_named(definition, mark, submission)

    return show_named(definition, mark)


def show_named(
    definition: Definition, mark: Marker, submission: Submission | None = None
) -> Markup:
    """Return a named form as HTML, with what was posted in it if it was not accepted.

    The marker has to be one that this session may load.
    """
    identity = Identity(
        mark.name,
        mark.key,
        signed=marker.sign(mark),
        sent_to_view=is_taken_here(mark.name),
    )
    form = definition.form_class(
        formdata=submission.posted if submission else None,
        obj=load(mark, definition),
        meta={"nameform": identity},
    )

    if submission is not None:
        restore_errors(form, submission.errors)

    return _print(form, definition, mark, _action(mark.name), "post")


def _show_query(definition: Definition, mark: Marker) -> Markup:
    form = bind_query(mark.name, definition, mark.key)

    if form.is_submitted():
        form.validate()

    path = marker.page_url(mark.page).partition("?")[0]
    return _print(form, definition, mark, path, "get")


def _print(
    form: Form, definition: Definition, mark: Marker, action: str, method: str
) -> Markup:
    # Landmarks of a page are told apart by their names.
    name = f"{definition.title} ({mark.key})" if mark.key else definition.title
    return quick_form(form, action, method, layout=mark.layout, **{"aria-label": name})


def _action(full_name: str) -> str:
    if is_taken_here(full_name):
        return marker.page_url(marker.this_page())

    prefix, _, name = full_name.rpartition(".")
    return url_for(f"{prefix}.{ENDPOINT}" if prefix else ENDPOINT, name=name)


def _checked_key(key: object) -> str | None:
    if key is None:
        return None

    text = str(key)

    if not text or not text.replace("-", "").replace("_", "").isalnum():
        raise RuntimeError(
            f"key={text!r} cannot be part of an id in HTML: use letters, digits, '-'"
            " and '_'."
        )

    return text
