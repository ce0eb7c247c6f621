"""What a template prints of a field, worked out in Python.

Ids, descriptions and errors are tied together here once, for every kind of field, so
that a template has nothing to get wrong (WCAG 2.2: 1.3.1, 3.3.1, 3.3.2, 4.1.2).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from markupsafe import Markup
from wtforms import Field, FieldList, SelectFieldBase
from wtforms.widgets import ListWidget, RadioInput, Select

from .attributes import as_html, joined
from .formdata import is_list, is_nested_form, own_messages
from .purpose import purpose_of
from .rows import RowButton, list_buttons, row_buttons, row_mark
from .themes import Layout, Look, Theme


class FieldView(NamedTuple):
    """A field, or one choice of it, as a template prints it."""

    #: ``input``, ``checkbox``, ``option``, ``submit``, ``group`` or ``hidden``.
    kind: str
    id: str
    label: str
    #: The input element itself.
    control: str = ""
    hint: str = ""
    errors: tuple[str, ...] = ()
    #: What to say beside the label: ``required``, ``optional`` or nothing.
    mark: str = ""
    #: The fields or choices of a group.
    parts: tuple[FieldView, ...] = ()
    #: The attributes of a group's ``fieldset``, and more classes of it.
    attributes: str = ""
    classes: str = ""
    #: Whether it is one of many in a list, which its label tells apart.
    is_row: bool = False
    #: How the parts of this field stand to each other.
    layout: Layout = "stacked"

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
        seen = (part for part in self.parts if part.kind != "hidden")
        first = next(seen, None)
        return self.id if first is None else first.focus_id


def view_field(
    field: Field, look: Look, given: Mapping[str, Any] | None = None
) -> FieldView:
    """Return what there is to print of a field.

    :param given: more attributes of the input element, or of a group's ``fieldset``.
    """
    kind = kind_of(field)
    view = FieldView(
        kind=kind,
        id=field.id,
        label=field.label.text,
        hint=field.description,
        errors=own_errors(field),
        mark=_mark(field, kind, look),
        layout=look.layout,
    )

    if kind == "group":
        parts = tuple(_parts(field, look._replace(layout="stacked")))
        attributes = _group_attributes(field, view, given or {})
        return view._replace(
            parts=parts,
            classes=attributes.pop("class", ""),
            attributes=as_html(attributes),
        )

    return view._replace(control=_control(field, view, look.theme, given or {}))


def kind_of(field: Field) -> str:
    """Return what the field is to a template, as in ``FieldView.kind``."""
    if is_list(field) or is_nested_form(field) or _has_choices_on_show(field):
        return "group"

    element = _element(field)
    return element if element in ("checkbox", "submit", "hidden") else "input"


def view_button(text: str, look: Look) -> FieldView:
    """Return what there is to print of a button that is no field."""
    html = html_button(text, look.theme.attributes_of("submit"))
    return FieldView("submit", "", "", html, layout=look.layout)


def html_button(text: str, attributes: Mapping[str, Any]) -> Markup:
    """Return a button that sends the form."""
    html = as_html({"type": "submit", **attributes})
    return Markup("<button {}>{}</button>").format(html, text)


def is_disabled(field: Field) -> bool:
    """Return whether nobody can use the field, for now."""
    return bool(field.flags.disabled or (field.render_kw or {}).get("disabled"))


def own_errors(field: Field) -> tuple[str, ...]:
    """Return a field's messages without those of fields within it."""
    own: Sequence[Any] = (
        field.form.form_errors if is_nested_form(field) else field.errors
    )
    return tuple(own_messages(own))


def _element(field: Field) -> str:
    """Return what the element of a field is to a browser."""
    widget = field.widget
    input_type: str = getattr(widget, "input_type", "")
    return "select" if isinstance(widget, Select) else input_type


def _mark(field: Field, kind: str, look: Look) -> str:
    required = bool(field.flags.required)
    is_asked = kind == "input" or _has_choices_on_show(field)

    if look.mark == "required":
        return "required" if required else ""

    return "optional" if is_asked and not required else ""


def _has_choices_on_show(field: Field) -> bool:
    """Tell radio buttons and check boxes from a drop-down list."""
    return isinstance(field, SelectFieldBase) and isinstance(field.widget, ListWidget)


def _are_radios(field: Any) -> bool:
    return _has_choices_on_show(field) and isinstance(field.option_widget, RadioInput)


def _parts(field: Any, look: Look) -> Iterator[FieldView]:
    if is_list(field):
        yield from _rows(field, look)
    elif is_nested_form(field):
        for part in field:
            yield view_field(part, look)
    else:
        yield from _choices(field, look)


def _choices(field: Any, look: Look) -> Iterator[FieldView]:
    # A required check box has to be ticked, so a group of them may not be required:
    # each box would be. Of radio buttons one is enough.
    are_radios = _are_radios(field)
    # The group has the focus, if any has it.
    attributes: dict[str, Any] = {"autofocus": False}

    if not are_radios:
        attributes["required"] = False
    if field.errors and not are_radios:
        attributes["aria-invalid"] = "true"

    for option in field:
        looks = look.theme.attributes_of(_element(option), valid=not field.errors)
        control = option(**joined(option.render_kw or {}, attributes, looks))
        yield FieldView("option", option.id, option.label.text, control)


def _rows(field: FieldList[Field], look: Look) -> Iterator[FieldView]:
    for number, row in enumerate(field, 1):
        view = view_field(row, look)._replace(is_row=True)
        mark = FieldView("hidden", "", "", row_mark(field, row))
        buttons = row_buttons(field, row, number)
        extra = (mark, *(_row_button(button, look) for button in buttons))

        if is_nested_form(row):
            yield view._replace(parts=(*view.parts, *extra))
        else:
            yield from (view, *extra)

    for button in list_buttons(field):
        yield _row_button(button, look)


def _row_button(button: RowButton, look: Look) -> FieldView:
    attributes = {**button.attributes, **look.theme.attributes_of("row")}
    html = html_button(button.text, attributes)
    return FieldView("submit", button.id, button.text, html)


def _group_attributes(
    field: Any, view: FieldView, given: Mapping[str, Any]
) -> dict[str, Any]:
    attributes: dict[str, Any] = {"id": view.id}
    own: Mapping[str, Any] = field.render_kw or {}

    if "autofocus" in own:
        attributes |= {"tabindex": "-1", "autofocus": True}
    if not _has_choices_on_show(field):  # WTForms gives each choice what its field has
        attributes = joined(own, attributes)
        attributes["disabled"] = is_disabled(field)
    if view.described_by:
        attributes["aria-describedby"] = view.described_by

    # aria-invalid belongs to a group of radio buttons as a whole (WAI-ARIA 1.2).
    if _are_radios(field):
        attributes["role"] = "radiogroup"
        if view.errors:
            attributes["aria-invalid"] = "true"

    return joined(attributes, given)


def _control(
    field: Field, view: FieldView, theme: Theme, given: Mapping[str, Any]
) -> Markup:
    if view.kind == "hidden":
        return field()  # nobody perceives it, so nothing describes it

    own = theme.attributes_of(_element(field), valid=not view.errors)

    if view.described_by:
        own["aria-describedby"] = view.described_by
    if view.errors:
        own["aria-invalid"] = "true"

    return field(**joined(purpose_of(field), field.render_kw or {}, given, own))
