"""What a template prints of a form: its fields, its problems, and what goes unseen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from markupsafe import Markup

from .attributes import as_html, joined
from .fieldview import FieldView, html_button, is_disabled, kind_of, view_button
from .form import Form
from .formdata import is_file_field, is_list, walk
from .i18n import texts
from .identity import Identity
from .themes import Look


class Frame(NamedTuple):
    """What is around the fields of a form, as a template asks for it."""

    look: Look
    #: What the ids in it begin with.
    scope: str
    #: Where it is sent; empty for the address of the page.
    action: str = ""
    #: ``post`` or ``get``.
    method: str = "post"
    #: What the form is called where no heading says it, or nothing.
    name: str = ""
    #: A visible heading, or nothing.
    title: str | None = None
    #: The text of the button, for a form whose class has none; by default "Send".
    button: str | None = None
    #: More attributes of the ``form`` element.
    attributes: Mapping[str, Any] = MappingProxyType({})


class Problem(NamedTuple):
    """A line of the error summary; without an id it is about the form as a whole."""

    text: str
    focus_id: str = ""


class FormView(NamedTuple):
    """A form as a template prints it."""

    id: str
    #: Where it is sent; empty for the address of the page.
    action: str
    #: All attributes of the ``form`` element, with this one.
    attributes: Markup
    #: What is in the form without being seen.
    hidden: Markup
    fields: tuple[FieldView, ...]
    problems: tuple[Problem, ...]
    #: A visible heading, or nothing.
    title: str | None
    #: Whether the summary of the problems gets the focus.
    has_focus: bool = True


def view_form(
    form: Form, frame: Frame, hidden: Markup, views: Sequence[FieldView]
) -> FormView:
    """Return what there is to print of a form.

    :param hidden: what :func:`hidden_of` gives.
    :param views: those of all its fields.
    """
    attributes = _attributes(frame, multipart=any(map(is_file_field, walk(form))))
    fields = [view for view in views if view.kind != "hidden"]

    if not any(kind_of(own) == "submit" for own in form):
        fields.append(view_button(_text_of_button(frame), frame.look))

    return FormView(
        id=attributes["id"],
        action=frame.action,
        attributes=as_html(attributes),
        hidden=hidden,
        fields=tuple(fields),
        problems=tuple(problems_of(form, views)),
        title=frame.title,
    )


def hidden_of(form: Form, frame: Frame) -> Markup:
    """Return what is in the form without being seen."""
    if frame.method == "post":
        return form.hidden_tag() + _first_button(form, frame)

    # All of it would stand in the URL; no token belongs there.
    identity: Identity = form.meta.nameform
    own = [identity.tag()] if identity.signed else []
    fields = (f() for f in form if kind_of(f) == "hidden")
    return Markup().join([*own, *fields, _first_button(form, frame)])


def _first_button(form: Form, frame: Frame) -> Markup:
    """Return a copy of the button that sends a form, to stand before those for rows.

    The Enter key presses the first button of a form (HTML, "implicit submission").
    """
    if not any(map(is_list, walk(form))):
        return Markup()

    unseen = {"class": "visually-hidden", "tabindex": "-1", "aria-hidden": "true"}
    submit = next((field for field in form if kind_of(field) == "submit"), None)

    if submit is None:
        return html_button(_text_of_button(frame), unseen)

    text = submit.label.text
    own = {"name": submit.name, "value": text, "disabled": is_disabled(submit)}
    return html_button(text, {**unseen, **own})


def _text_of_button(frame: Frame) -> str:
    return texts.gettext("Send") if frame.button is None else frame.button


def problems_of(form: Form, views: Iterable[FieldView]) -> Iterator[Problem]:
    """Yield the lines of the error summary."""
    for message in form.form_errors:
        yield Problem(message)

    for view in views:
        yield from _problems_of(view)


def _attributes(frame: Frame, *, multipart: bool) -> dict[str, Any]:
    own = {
        "action": frame.action,
        "aria-label": frame.name,
        "class": frame.look.theme.layouts.get(frame.look.layout, ""),
        "enctype": "multipart/form-data" if multipart else "",
        "id": f"{frame.scope}-form",
        "method": frame.method,
    }
    given = {name: value for name, value in own.items() if value}
    attributes = joined(given, frame.attributes)

    if frame.title is not None:
        attributes.setdefault("aria-labelledby", f"{attributes['id']}-title")

    return attributes


def _problems_of(view: FieldView) -> Iterator[Problem]:
    for message in view.errors:
        yield Problem(message, "" if view.kind == "hidden" else view.focus_id)

    for part in view.parts:
        for problem in _problems_of(part):
            yield _of_row(part, problem) if part.is_row else problem


def _of_row(row: FieldView, problem: Problem) -> Problem:
    """Say in which row it is, since links of one text may not lead to several places.

    See WCAG 2.2, 2.4.4.
    """
    text = Markup(texts.gettext("%(row)s: %(message)s"))  # noqa: S704 # ours
    return problem._replace(text=text % {"row": row.label, "message": problem.text})
