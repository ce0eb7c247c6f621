"""Forms in templates: ``quick_form``, and the pieces of one laid out by hand."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from flask import has_request_context
from jinja2 import Undefined
from markupsafe import Markup
from wtforms import Field

from . import marker
from .focus import focus_problem
from .form import Form
from .formview import Frame
from .i18n import texts
from .identity import Identity
from .printing import print_field, print_form, print_problems
from .registry import current_state
from .settings import Settings
from .submission import Submission, ask_again, current_exchange, messages
from .themes import THEMES, Look, checked_layout


def quick_form(
    form: Form,
    action: str = "",
    method: str = "post",
    *,
    title: str | None = None,
    button: str | None = None,
    layout: str = "stacked",
    **attributes: Any,
) -> Markup:
    """Return a form as HTML.

    :param action: the URL to send it to; by default that of the page.
    :param title: a heading, which names the form to screen readers too.
    :param button: the text of the button, for a form that has no ``SubmitField``; by
        default "Send".
    :param layout: ``"stacked"``, ``"inline"`` or ``"horizontal"``.
    :param attributes: more attributes of the ``form`` element, such as ``id``.
    :raises RuntimeError: if it is a form of another make, or no form.
    :raises jinja2.UndefinedError: if the template was not given it.
    """
    _require_ours(form)
    ask_again(form)
    frame = frame_of(
        form.meta.nameform,
        layout,
        action=action or _address_of_this_page(),
        method=method.lower(),
        title=title,
        button=button,
        attributes=attributes,
    )
    return print_form(form, frame)


def render_field(field: Field, layout: str = "stacked", **attributes: Any) -> Markup:
    """Return a field as HTML: label, hint, errors and input, tied to each other.

    The first one that has errors gets the focus, unless an :func:`error_summary` above
    it has it.

    :param layout: ``"stacked"``, ``"inline"`` or ``"horizontal"``.
    :param attributes: more attributes of the input element, such as ``placeholder``; of
        several elements, those of the ``fieldset`` around them.
    :raises RuntimeError: if it is no field, or one of a class instead of a form.
    """
    _require_field(field)
    focus_problem(field)
    return print_field(field, _look(layout, _settings()), attributes)


def error_summary(form: Form) -> Markup:
    """Return what is wrong with a form as a list of links, or nothing.

    It takes the focus and is read out; it belongs to the top of a form that is laid out
    by hand. :func:`quick_form` has it in it.

    :raises RuntimeError: if it is a form of another make, or no form.
    """
    _require_ours(form)
    ask_again(form)
    return print_problems(form, frame_of(form.meta.nameform, "stacked"))


def error_title(title: str, form: Form | None = None) -> str:
    """Return the title of a page, with "Error:" before it if a form has problems.

    The title is the first that a screen reader says of a page (WCAG 2.2, 2.4.2).

    :param form: the form that the view made; named forms are known.
    """
    submission = _submission_on_this_page()
    errors = messages(submission.errors) if submission else {}

    if errors or (form and form.errors):
        return texts.gettext("Error: %(title)s", title=title)

    return title


def frame_of(
    identity: Identity,
    layout: str,
    *,
    attributes: Mapping[str, Any] = MappingProxyType({}),
    **around: Any,
) -> Frame:
    """Return what is around the fields of a form, as the site wants it.

    :param around: what else a :class:`~flask_nameform.formview.Frame` has.
    """
    settings = _settings()

    if settings.novalidate:
        attributes = {"novalidate": True, **attributes}

    look = _look(layout, settings)
    return Frame(look, identity.scope, attributes=attributes, **around)


def _require_ours(form: object) -> None:
    if isinstance(form, Undefined):
        form()  # which says what the template was not given
    if not isinstance(form, Form):
        kind = type(form)
        raise RuntimeError(
            f"This is a {kind.__module__}.{kind.__qualname__}, and no form of ours."
            " Derive the class of the form from flask_nameform.Form."
        )


def _require_field(field: object) -> None:
    if not isinstance(field, Field | Undefined):
        raise RuntimeError(
            f"render_field got a {type(field).__qualname__}, and no field of a form."
            " Write render_field(form.name)."
        )


def _look(layout: str, settings: Settings) -> Look:
    return Look(THEMES[settings.theme], checked_layout(layout), settings.mark)


def _settings() -> Settings:
    return current_state().settings.get(serving=has_request_context())


def _address_of_this_page() -> str:
    """Return the page's address if the browser has another one in its address bar."""
    if _submission_on_this_page() is None:
        return ""

    return marker.page_url(marker.this_page())


def _submission_on_this_page() -> Submission | None:
    """Return what was not accepted, if this page is the answer to it."""
    exchange = current_exchange() if has_request_context() else None
    return None if exchange is None else exchange.submission
