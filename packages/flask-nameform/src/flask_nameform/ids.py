"""Ids and labels of the fields within fields, which WTForms gives to several alike."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import Field
from wtforms.form import BaseForm

from .formdata import is_list, is_nested_form
from .rows import row_label


def tell_apart(fields: BaseForm | Iterable[Field]) -> None:
    """Put the ids of fields in nested forms under that of the field holding the form.

    WTForms makes such a form without telling it where it is, and calls all rows of a
    list by one name.
    """
    for field in fields:
        if is_nested_form(field):
            for inner in field.form:
                _set_id(inner, f"{field.id}-{inner.short_name}")
            tell_apart(field.form)
        elif is_list(field):
            for index, entry in enumerate(field.entries):
                _set_id(entry, f"{field.id}-{index}")
                entry.label.text = row_label(field, index + 1)
            tell_apart(field.entries)


def _set_id(field: Field, new_id: str) -> None:
    if field.label.field_id == field.id:
        field.label.field_id = new_id
    field.id = new_id
