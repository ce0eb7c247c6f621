"""What cannot work in a form class, said when the class is made."""

from __future__ import annotations

import inspect
from collections.abc import Collection, Iterator
from typing import Any, TypeGuard

from wtforms.fields.core import UnboundField


def refuse_mistakes(form_class: type, taken: Collection[str]) -> None:
    """Refuse a class that would break, or not validate, far from where it is written.

    :param taken: names that no field may have.
    :raises RuntimeError: for the first mistake, with its cure.
    """
    for name in dir(form_class):
        value = getattr(form_class, name, None)

        if _is_field(value):
            if name in taken:
                raise _hides(form_class, name)
            for validator in _validators(value):
                _refuse_async(validator, f"A validator of {form_class.__name__}.{name}")
        elif name.startswith("validate"):
            _refuse_async(value, f"{form_class.__name__}.{name}")


def _hides(form_class: type, name: str) -> RuntimeError:
    return RuntimeError(
        f"The field '{name}' of {form_class.__name__} hides a part of WTForms by"
        f" that name. Call it '{name}_', and give it name={name!r} if it"
        " must keep that name in HTML."
    )


def _is_field(value: object) -> TypeGuard[UnboundField[Any]]:
    return isinstance(value, UnboundField)


def _validators(field: UnboundField[Any]) -> Iterator[Any]:
    """Yield those of the field, and of the one that it is a list of."""
    first, second = (*field.args[:2], None, None)[:2]

    if _is_field(first):
        yield from _validators(first)

    yield from field.kwargs.get("validators") or second or ()


def _refuse_async(validator: object, what: str) -> None:
    if inspect.iscoroutinefunction(validator):
        raise RuntimeError(
            f"{what} is a coroutine function, and WTForms does not wait for it: it"
            " would let everything pass. Make it 'def', or check in the handler, which"
            " may be 'async def', and raise ValidationError there."
        )
