"""``show_form``: named forms in templates."""

from __future__ import annotations

from itertools import count
from typing import Any

from flask import has_request_context, request, url_for
from markupsafe import Markup

from . import marker
from .arguments import load, with_arguments
from .form import Form, tag_of
from .formview import Frame
from .identity import Identity
from .marker import Marker
from .pages import is_taken_here
from .plankey import key_of_frame
from .printing import fill_frame, plan_values, print_form
from .query import bind_query
from .registry import Definition, current_state, full_name_of
from .rendering import frame_of
from .submission import Submission, ask_again, current_exchange, restore_errors
from .themes import checked_layout
from .untouched import untouched

#: The endpoint of named forms, on the app and on each blueprint that has some.
ENDPOINT = "nameform"

_SHOWN = "flask_nameform.shown"


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
    :param key: tells copies of a form on one page apart. Without it they are numbered
        as they come: 2, 3 and so on.
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
    own_key = _key_of_copy(name, _checked_key(key))
    mark = Marker(name, own_key, page, layout=checked_layout(layout))
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
    sent_here = is_taken_here(mark.name)
    action = marker.page_url(marker.this_page()) if sent_here else _address(mark.name)
    identity = Identity(
        mark.name, mark.key, signed=marker.sign(mark), sent_to_view=sent_here
    )
    frame = _frame(definition, mark, identity, action)

    if submission is None and definition.load is None:
        return _show_untouched(definition.form_class, identity, frame)

    form = definition.form_class(
        formdata=submission.posted if submission else None,
        obj=load(mark, definition),
        meta={"nameform": identity},
    )

    if submission is not None:
        restore_errors(form, submission.errors)
        ask_again(form)

    return print_form(form, frame)


def _show_untouched(form_class: type[Form], identity: Identity, frame: Frame) -> Markup:
    """Return a form with nothing in it, as it was shown before where that is right."""
    shown_before = current_state().untouched
    key = form_class, key_of_frame(frame)
    kept = shown_before.get(key)

    if kept and not kept.is_as_before():
        kept = shown_before.keep(key, False)
    if kept and (plan := kept.plan()):
        return fill_frame(plan, frame, tag_of(identity), {})

    form = form_class(formdata=None, meta={"nameform": identity})

    if kept is None:
        kept = shown_before.keep(key, untouched(form, frame) or False)
    if kept and (plan := plan_values(form, frame)):
        kept.keep(plan)

    return print_form(form, frame)


def _show_query(definition: Definition, mark: Marker) -> Markup:
    form = bind_query(mark.name, definition, mark.key)

    if form.is_submitted():
        form.validate()

    path = marker.page_url(mark.page).partition("?")[0]
    frame = _frame(definition, mark, form.meta.nameform, path, method="get")
    return print_form(form, frame)


def _frame(
    definition: Definition,
    mark: Marker,
    identity: Identity,
    action: str,
    method: str = "post",
) -> Frame:
    # Landmarks of a page are told apart by their names.
    name = f"{definition.title} ({mark.key})" if mark.key else definition.title
    return frame_of(identity, mark.layout, action=action, method=method, name=name)


def _address(full_name: str) -> str:
    """Return the address of a named form itself."""
    prefix, _, name = full_name.rpartition(".")
    return url_for(f"{prefix}.{ENDPOINT}" if prefix else ENDPOINT, name=name)


def _key_of_copy(name: str, key: str | None) -> str | None:
    """Return the key of a form, made up if the page has one of its name without a key.

    Two with the same ids would have labels, and links to what is wrong, that lead from
    one into the other.
    """
    by_name: dict[str, set[str | None]] = request.environ.setdefault(_SHOWN, {})
    shown = by_name.setdefault(name, set())

    if key is None and None in shown:
        numbers = map(str, count(len(shown) + 1))
        key = next(number for number in numbers if number not in shown)

    shown.add(key)
    return key


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
