"""Rows of a list of fields, added and removed by buttons that need no JavaScript.

Such a button sends the form as any other button does. What was posted is changed before
the form takes it, so that the form has a row more or less, and it is not validated.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import Field, FieldList, FormField
from wtforms.form import BaseForm

from .formdata import ROW, Posted, is_hidden, is_list, is_nested_form, walk
from .i18n import current_locale, texts

#: The name of the buttons.
FIELD = "_rows"

# In these a noun within a sentence begins with a capital.
_WITH_CAPITAL_NOUNS = ("de", "lb")


class RowButton(NamedTuple):
    """A button that adds or removes a row."""

    id: str
    value: str
    text: str

    @property
    def attributes(self) -> dict[str, Any]:
        """Those of the element; what is not filled in yet may stay so."""
        return {
            "id": self.id,
            "name": FIELD,
            "value": self.value,
            "formnovalidate": True,
        }


class RowChange(NamedTuple):
    """What a button asks for; its value is both with a space between them."""

    #: ``add`` or ``remove``; another one changes nothing.
    action: str
    #: The name in HTML of the list to add to, or of the row to remove.
    name: str

    def rename(self, key: str) -> str | None:
        """Return a posted key for the form with the change, or ``None`` to drop it."""
        start = self.name.rstrip("0123456789")
        index = self.name[len(start) :]
        match = re.fullmatch(
            rf"{re.escape(start)}([0-9]{{1,9}})(\D.*)?", key, re.DOTALL
        )

        if key == FIELD:
            return None
        if self.action != "remove" or not index or match is None:
            return key

        before, place = int(index[:9]), int(match[1])

        if place == before:
            return None

        return f"{start}{place - (place > before)}{match[2] or ''}"

    def concerns(self, field: Field) -> bool:
        """Return whether the field is the list, or one that it is in."""
        if self.action == "add":
            return field.name == self.name

        return self.name.startswith(field.name)


def take_change(formdata: Any) -> tuple[Any, RowChange | None]:
    """Return what a form has to take, and what a button for rows asked for."""
    if formdata is None or not isinstance(value := formdata.get(FIELD), str):
        return formdata, None

    if not isinstance(formdata, Posted):
        items = [(key, v) for key in formdata for v in formdata.getlist(key)]
        formdata = Posted(MultiDict(items), MultiDict())

    action, _, name = value.partition(" ")
    change = RowChange(action, name)
    return formdata.renamed(change.rename), change


def show_change(form: BaseForm, change: RowChange) -> None:
    """Add the row that was asked for, and give what has changed the focus."""
    found = [f for f in walk(form) if is_list(f) and change.concerns(f)]
    field = max(found, key=lambda f: len(f.name), default=None)

    if field is None:
        return

    changed: Field = field

    if change.action == "add" and can_grow(field):
        changed = _first_input(field.append_entry())

    changed.render_kw = {**(changed.render_kw or {}), "autofocus": True}


def can_grow(field: FieldList[Field]) -> bool:
    """Return whether the list may have another row."""
    return field.max_entries is None or len(field) < field.max_entries


def row_label(field: FieldList[Field], number: int | None = None) -> str:
    """Return what a row is called: "Guest 2", or "Guest" without a number."""
    unbound = field.unbound_field
    place = int(issubclass(unbound.field_class, FormField | FieldList))
    given = unbound.kwargs.get("label") or [*unbound.args, None, None][place]
    label = str(given or texts.gettext("Row"))
    return label if number is None else f"{label} {number}"


def row_buttons(field: FieldList[Field], row: Field, number: int) -> list[RowButton]:
    """Return the button that removes a row, if there may be one row less."""
    if len(field) <= field.min_entries:
        return []

    label = _within_sentence(row_label(field, number))
    text = texts.gettext("Remove %(row)s", row=label)
    return [RowButton(f"{row.id}--remove", f"remove {row.name}", text)]


def list_buttons(field: FieldList[Field]) -> list[RowButton]:
    """Return the button that adds a row, if there may be another."""
    if not can_grow(field):
        return []

    label = _within_sentence(row_label(field))
    text = texts.gettext("Add another %(row)s", row=label)
    return [RowButton(f"{field.id}--add", f"add {field.name}", text)]


def row_mark(field: FieldList[Field], row: Field) -> Markup:
    """Return the hidden field that says that there is such a row.

    A box that is not ticked says nothing, nor does a file that was not chosen.
    """
    separator = field.unbound_field.kwargs.get("separator", "-")
    return Markup('<input type="hidden" name="{}" value="">').format(
        f"{row.name}{separator}{ROW}"
    )


def _within_sentence(label: str) -> str:
    """Return a label with a small letter, but not a name such as ISBN."""
    language = current_locale().partition("-")[0]

    if language in _WITH_CAPITAL_NOUNS or not label[1:2].islower():
        return label

    return label[0].lower() + label[1:]


def _first_input(row: Field) -> Field:
    """Return the first field in a row that somebody can fill in."""
    if is_nested_form(row) or is_list(row):
        inner = next((field for field in row if not is_hidden(field)), None)
        return row if inner is None else _first_input(inner)

    return row
