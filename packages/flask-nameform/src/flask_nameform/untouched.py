"""Forms that nobody has filled in yet, shown without being made.

Most form classes say nothing but what is written in them, so that a form of theirs with
nothing in it is the same for everybody. Where code of the app has a say, such as a
method of the class, a field of its own or a default that is a function, a form is made
each time. Filters are code of the app too: they run each time, and as long as they give
what they gave before, so does the form.
"""

from __future__ import annotations

from copy import copy
from inspect import isroutine
from typing import Any

from markupsafe import Markup
from wtforms import Field

from .form import Form
from .formview import Frame
from .i18n import LazyText
from .locale import Language, current_language
from .meta import BoundMeta
from .plan import Plan
from .plankey import is_plain, speaks, texts_of

# What is the same each time it is said in a language.
_TEXTS = (str, Markup, LazyText, bool, int, float, type(None))


def untouched(form: Form, frame: Frame) -> Untouched | None:
    """Return what a form is that depends on nothing but what its class has written."""
    has_code = _has_code(type(form), Form) or _has_code(type(form.meta), BoundMeta)

    if has_code or not all(_is_constant(field) for field in form):
        return None

    return Untouched(form, speaks=speaks(form, list(form), frame))


class Untouched:
    """What a form class has written, as it was when a form of it was printed."""

    def __init__(self, form: Form, *, speaks: bool) -> None:
        form_class: Any = type(form)
        self._form_class = form_class
        self._fields: Any = form_class._unbound_fields
        self._written = [(unbound, _copy_of(unbound)) for _, unbound in self._fields]
        self._filtered = [(field, field.data) for field in form if field.filters]
        self._speaks = speaks
        self._plans: dict[Language | None, Plan] = {}

    def is_as_before(self) -> bool:
        """Tell whether a form that is made now would be the same."""
        # WTForms makes another list of them if a field comes or goes.
        return (
            self._form_class._unbound_fields is self._fields
            and all(
                (unbound.field_class, unbound.args, unbound.kwargs) == written
                for unbound, written in self._written
            )
            and all(_has_by_default(field, data) for field, data in self._filtered)
        )

    def plan(self) -> Plan | None:
        """Return its HTML in the language of the page, if it was in that before."""
        return self._plans.get(self._language())

    def keep(self, plan: Plan) -> None:
        """Keep its HTML in the language of the page."""
        self._plans[self._language()] = plan

    def _language(self) -> Language | None:
        return current_language() if self._speaks else None


def _has_code(own: type, base: type) -> bool:
    """Tell whether a class has more methods than its base, but to validate."""
    between = own.__mro__[: own.__mro__.index(base)]
    return any(
        (isroutine(value) or isinstance(value, property))
        and not name.startswith(("validate", "__annot"))
        for kind in between
        for name, value in vars(kind).items()
    )


def _is_constant(field: Field) -> bool:
    return (
        is_plain(field)
        and type(field).__module__.startswith("wtforms.")
        and not callable(field.default)
        and not any(map(callable, vars(field.flags).values()))
        and all(type(text) in _TEXTS for text in texts_of(field))
        and (not field.filters or type(field).process_data is Field.process_data)
    )


def _copy_of(unbound: Any) -> tuple[Any, ...]:
    """Return what a field is made of, apart from what may be changed in its place."""
    args = tuple(map(_copied, unbound.args))
    kwargs = {name: _copied(value) for name, value in unbound.kwargs.items()}
    return unbound.field_class, args, kwargs


def _copied(value: Any) -> Any:
    return copy(value) if type(value) in (dict, list, set) else value


def _has_by_default(field: Field, data: object) -> bool:
    value: Any = field.default

    try:
        for change in field.filters:
            value = change(value)
    except ValueError:
        return False  # of which WTForms makes an error

    return type(value) is type(data) and bool(value == data)
