"""JSON in a form has to be of the form's shape.

WTForms reads text. From a list it would take the first value, and leave an object out,
where somebody who sends such a thing wants to hear about it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import Field, SelectMultipleField
from wtforms.form import BaseForm

from .formdata import is_list, is_nested_form
from .jsonbody import UnreadableError, json_object

_SCALARS = (str, int, float, bool, type(None))


def check_shape(form: BaseForm) -> None:
    """Refuse a JSON body in which a field of a bound form gets what it cannot take.

    :raises UnreadableError: with the name of the field and what it takes.
    """
    if request.is_json:
        _check_object(form, json_object())


def _check_object(fields: BaseForm | Iterable[Field], body: dict[str, Any]) -> None:
    for field in fields:
        if field.short_name in body:
            _check_value(field, body[field.short_name])


def _check_value(field: Field, value: Any) -> None:
    if value is None:
        if _takes_many(field):
            field.process(MultiDict[str, str]())  # no choice at all, not one of nothing
        return

    if is_nested_form(field):
        _require(field, value, dict, "an object")
        _check_object(field.form, value)
    elif is_list(field):
        _require(field, value, list, "a list")
        for entry, item in zip(field.entries, value, strict=False):
            _check_value(entry, item)
    elif _takes_many(field) and isinstance(value, list):
        for item in cast("list[object]", value):
            _require(field, item, _SCALARS, "a list of values")
    else:
        _require(field, value, _SCALARS, "one value")


def _require(
    field: Field, value: object, kinds: type | tuple[type, ...], what: str
) -> None:
    if not isinstance(value, kinds):
        raise UnreadableError(f"The field {field.name!r} takes {what}.")


def _takes_many(field: Field) -> bool:
    return isinstance(field, SelectMultipleField) or getattr(
        field.widget, "multiple", False
    )
