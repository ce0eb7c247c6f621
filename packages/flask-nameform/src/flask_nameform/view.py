"""What a template prints of a form, worked out in Python.

Ids, descriptions and errors are tied together here once, for every kind of field, so
that a template has nothing to get wrong (WCAG 2.2: 1.3.1, 3.3.1, 3.3.2, 4.1.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup
from wtforms import Field, SelectFieldBase
from wtforms.widgets import ListWidget, RadioInput, html_params

from .form import Form
from .formdata import is_file_field, is_list, is_nested_form, own_messages, walk
from .i18n import texts
from .identity import Identity

# WCAG 2.2, 1.3.5: what a field about the user is for, by the names in use for it.
# https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#autofill
_AUTOCOMPLETE = {
    "name": "name",
    "full_name": "name",
    "given_name": "given-name",
    "first_name": "given-name",
    "family_name": "family-name",
    "last_name": "family-name",
    "username": "username",
    "email": "email",
    "tel": "tel",
    "phone": "tel",
    "organization": "organization",
    "street_address": "street-address",
    "postal_code": "postal-code",
    "country": "country",
    "birthday": "bday",
    "password": "current-password",
    "current_password": "current-password",
    "new_password": "new-password",
    "one_time_code": "one-time-code",
}
_AUTOCOMPLETE_BY_TYPE = {"email": "email", "tel": "tel"}
_TYPES_WITHOUT_AUTOCOMPLETE = {"checkbox", "radio", "file", "submit", "hidden"}


@dataclass(frozen=True)
class FieldView:
    """A field, or one choice of it, as a template prints it."""

    #: ``input``, ``checkbox``, ``option``, ``submit``, ``group`` or ``hidden``.
    kind: str
    id: str
    label: str
    #: The input element itself.
    control: str = ""
    hint: str = ""
    errors: tuple[str, ...] = ()
    required: bool = False
    #: The fields or choices of a group.
    parts: tuple[FieldView, ...] = ()
    #: The attributes of a group's ``fieldset``.
    attributes: str = ""

    @property
    def hint_id(self) -> str:
        """The id of the element with the hint."""
        return f"{self.id}-hint"

    @property
    def error_id(self) -> str:
        """The id of the element with the errors."""
        return f"{self.id}-error"

    @property
    def described_by(self) -> str:
        """The ids of all that describes the field, in the order it is read."""
        ids = [(self.hint, self.hint_id), (self.errors, self.error_id)]
        return " ".join(id for text, id in ids if text)

    @property
    def focus_id(self) -> str:
        """The id of the element that a link to this field leads to."""
        return self.parts[0].focus_id if self.parts else self.id


@dataclass(frozen=True)
class Problem:
    """A line of the error summary; without an id it is about the form as a whole."""

    text: str
    focus_id: str = ""


@dataclass(frozen=True)
class FormView:
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
    #: The text of a button for a form whose class has none, or nothing.
    button: str | None


def view_form(
    form: Form,
    attributes: dict[str, Any],
    *,
    title: str | None = None,
    button: str | None = None,
) -> FormView:
    """Return what there is to print of a form."""
    identity: Identity = form.meta.nameform
    views = tuple(map(view_field, form))
    shown = tuple(view for view in views if view.kind != "hidden")
    attributes = {"id": f"{identity.scope}-form", "method": "post", **attributes}

    if any(map(is_file_field, walk(form))):
        attributes.setdefault("enctype", "multipart/form-data")
    if title is not None:
        attributes.setdefault("aria-labelledby", f"{attributes['id']}-title")

    return FormView(
        id=attributes["id"],
        action=attributes.get("action", ""),
        attributes=_html_attributes(attributes),
        hidden=(
            form.hidden_tag()
            if attributes["method"] == "post"
            else _hidden_of_query(identity, views)
        ),
        fields=shown,
        problems=tuple(_problems(form, views)),
        title=title,
        button=_button(shown, button),
    )


def _button(fields: Iterable[FieldView], text: str | None) -> str | None:
    if any(field.kind == "submit" for field in fields):
        return None

    return texts.gettext("Send") if text is None else text


def _hidden_of_query(identity: Identity, views: Iterable[FieldView]) -> Markup:
    """Return what a GET form puts into the URL unseen; no token belongs there."""
    own = [identity.tag()] if identity.signed else []
    return Markup().join([*own, *(v.control for v in views if v.kind == "hidden")])


def view_field(field: Field) -> FieldView:
    """Return what there is to print of a field."""
    view = FieldView(
        kind=_kind(field),
        id=field.id,
        label=field.label.text,
        hint=field.description,
        errors=_own_errors(field),
        required=bool(field.flags.required),
    )

    if view.kind == "group":
        parts = tuple(_parts(field))
        return replace(view, parts=parts, attributes=_group_attributes(field, view))

    return replace(view, control=_control(field, view))


def _kind(field: Field) -> str:
    if is_list(field) or is_nested_form(field) or _has_choices_on_show(field):
        return "group"

    input_type: str = getattr(field.widget, "input_type", "")
    return input_type if input_type in ("checkbox", "submit", "hidden") else "input"


def _has_choices_on_show(field: Field) -> bool:
    """Tell radio buttons and check boxes from a drop-down list."""
    return isinstance(field, SelectFieldBase) and isinstance(field.widget, ListWidget)


def _are_radios(field: Any) -> bool:
    return _has_choices_on_show(field) and isinstance(field.option_widget, RadioInput)


def _parts(field: Any) -> Iterator[FieldView]:
    if not _has_choices_on_show(field):
        yield from map(view_field, field)
        return

    # A required check box has to be ticked, so a group of them may not be required:
    # each box would be. Of radio buttons one is enough.
    are_radios = _are_radios(field)
    attributes: dict[str, Any] = {} if are_radios else {"required": False}

    if field.errors and not are_radios:
        attributes["aria-invalid"] = "true"

    for option in field:
        control = option(**attributes)
        yield FieldView("option", option.id, option.label.text, control)


def _group_attributes(field: Any, view: FieldView) -> Markup:
    attributes = {"id": view.id}

    if view.described_by:
        attributes["aria-describedby"] = view.described_by

    # aria-invalid belongs to a group of radio buttons as a whole (WAI-ARIA 1.2).
    if _are_radios(field):
        attributes["role"] = "radiogroup"
        if view.errors:
            attributes["aria-invalid"] = "true"

    return _html_attributes(attributes)


def _html_attributes(attributes: dict[str, Any]) -> Markup:
    return Markup(html_params(**attributes))  # noqa: S704 # it escapes the values


def _control(field: Field, view: FieldView) -> Markup:
    if view.kind == "hidden":
        return field()  # nobody perceives it, so nothing describes it

    attributes: dict[str, Any] = {}
    token = _autocomplete(field)

    if token and "autocomplete" not in (field.render_kw or {}):
        attributes["autocomplete"] = token
    if view.described_by:
        attributes["aria-describedby"] = view.described_by
    if view.errors:
        attributes["aria-invalid"] = "true"

    return field(**attributes)


def _autocomplete(field: Field) -> str | None:
    input_type = getattr(field.widget, "input_type", "")

    if input_type in _TYPES_WITHOUT_AUTOCOMPLETE:
        return None

    return _AUTOCOMPLETE.get(field.short_name) or _AUTOCOMPLETE_BY_TYPE.get(input_type)


def _own_errors(field: Field) -> tuple[str, ...]:
    """Return a field's messages without those of fields within it."""
    own: Sequence[Any] = (
        field.form.form_errors if is_nested_form(field) else field.errors
    )
    return tuple(own_messages(own))


def _problems(form: Form, views: Iterable[FieldView]) -> Iterator[Problem]:
    for message in form.form_errors:
        yield Problem(message)

    for view in views:
        yield from _problems_of(view)


def _problems_of(view: FieldView) -> Iterator[Problem]:
    for message in view.errors:
        yield Problem(message, "" if view.kind == "hidden" else view.focus_id)

    for part in view.parts:
        yield from _problems_of(part)
