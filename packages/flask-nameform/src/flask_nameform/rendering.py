"""``show_form`` and ``quick_form``: forms in templates."""

from __future__ import annotations

from typing import Any

from flask import current_app, has_request_context, url_for
from markupsafe import Markup

from . import marker
from .arguments import load, with_arguments
from .files import ask_again
from .form import Form
from .identity import Identity
from .marker import Marker
from .pages import is_taken_here
from .query import bind_query
from .registry import Definition, current_state, full_name_of
from .submission import Submission, current_exchange, restore_errors
from .view import view_form

#: The endpoint of named forms, on the app and on each blueprint that has some.
ENDPOINT = "nameform"

_TEMPLATE = "nameform/quick_form.html"


def show_form(name: str, /, key: object = None, **arguments: Any) -> Markup:
    """Return the named form as HTML; on the page after a submission that was not
    accepted, with what was posted and what was wrong.

    :param name: as registered, after the name of the blueprint: ``"blog.comment"``.
        Within the blueprint ``".comment"`` will do.
    :param key: tells copies of a form on one page apart.
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
    mark = Marker(name, _checked_key(key), marker.this_page())
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

    return quick_form(form, _action(mark.name), **{"aria-label": definition.title})


def _show_query(definition: Definition, mark: Marker) -> Markup:
    form = bind_query(mark.name, definition, mark.key)

    if form.is_submitted():
        form.validate()

    path = marker.page_url(mark.page).partition("?")[0]
    return quick_form(form, path, "get", **{"aria-label": definition.title})


def quick_form(
    form: Form,
    action: str = "",
    method: str = "post",
    *,
    title: str | None = None,
    button: str | None = None,
    **attributes: Any,
) -> Markup:
    """Return a form as HTML.

    :param action: the URL to send it to; by default that of the page.
    :param title: a heading, which names the form to screen readers too.
    :param button: the text of the button, for a form that has no ``SubmitField``; by
        default "Send".
    :param attributes: more attributes of the ``form`` element, such as ``id``.
    """
    attributes = {"method": method.lower(), **attributes}
    action = action or _address_of_this_page()

    if action:
        attributes["action"] = action

    # The module of a template is made once; macros are looked up in it.
    template = current_app.jinja_env.get_template(_TEMPLATE)
    macro: Any = template.module
    ask_again(form)
    view = view_form(form, attributes, title=title, button=button)
    html: Markup = macro.quick_form(view)
    return html


def _action(full_name: str) -> str:
    if is_taken_here(full_name):
        return marker.page_url(marker.this_page())

    prefix, _, name = full_name.rpartition(".")
    return url_for(f"{prefix}.{ENDPOINT}" if prefix else ENDPOINT, name=name)


def _address_of_this_page() -> str:
    """Return the page's address if the browser has another one in its address bar."""
    exchange = current_exchange() if has_request_context() else None

    if exchange is None or exchange.submission is None:
        return ""

    return marker.page_url(marker.this_page())


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
