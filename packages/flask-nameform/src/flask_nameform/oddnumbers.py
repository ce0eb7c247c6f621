"""Numbers that WTForms reads but cannot compare or show, such as ``sNaN``."""

from __future__ import annotations

from decimal import Decimal, getcontext

from wtforms import Field
from wtforms.form import BaseForm

from .formdata import walk

_NO_NUMBER = "Not a valid decimal value."  # as WTForms has it

# Beyond this a number does not fit into a float, as which validators compare it.
_NUMBER_BITS = 1000


def refuse_odd_numbers(form: BaseForm) -> None:
    """Make each of them that was sent an error of its field."""
    for field in walk(form):
        if field.raw_data and (_is_odd(field.data) or _is_too_long(field)):
            field.data = None
            message = field.gettext(_NO_NUMBER)
            field.process_errors = [*field.process_errors, message]


def _is_odd(value: object) -> bool:
    if isinstance(value, Decimal):
        return not value.is_finite() or abs(value.adjusted()) > _NUMBER_BITS // 4
    return isinstance(value, int) and value.bit_length() > _NUMBER_BITS


def _is_too_long(field: Field) -> bool:
    """Tell whether it has more digits than WTForms can round, to show it again."""
    places: int | None = getattr(field, "places", None)

    if places is None or not isinstance(field.data, Decimal):
        return False

    return field.data.adjusted() + places >= getcontext().prec
