"""What the HTML of a form depends on, apart from what is different each time.

It is all that WTForms' own input elements and our templates look at. What an input
element of the app looks at is not to be known, so such a one is printed each time.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

from wtforms import Field, widgets

from .fieldview import kind_of, own_errors
from .form import Form
from .formdata import is_file_field, walk
from .formview import Frame
from .i18n import LazyText
from .locale import current_language

_INPUTS = {
    kind
    for kind in vars(widgets).values()
    if isinstance(kind, type) and issubclass(kind, widgets.Input | widgets.TextArea)
} - {widgets.HiddenInput, widgets.RadioInput}


def key_of_form(form: Form, fields: Iterable[Field], frame: Frame) -> Hashable | None:
    """Return what the HTML of the form depends on, or ``None`` if that is not known."""
    if type(form.meta).render_field is not Form.Meta.render_field:
        return None

    keys = [_key_of_field(field, frame.scope) for field in fields]

    if None in keys:
        return None

    return (
        key_of_frame(frame),
        current_language() if speaks(form, fields, frame) else None,
        tuple(map(_said, form.form_errors)),
        *keys,
    )


def key_of_frame(frame: Frame) -> Hashable:
    """Return what the HTML depends on around the fields."""
    return (
        frame.look,
        bool(frame.action),
        frame.method,
        bool(frame.name),
        _said(frame.title),
        _said(frame.button),
        _frozen(frame.attributes),
    )


def speaks(form: Form, fields: Iterable[Field], frame: Frame) -> bool:
    """Tell whether a text of a catalog is in it, which depends on the language."""
    texts = (text for field in fields for text in texts_of(field))
    return (
        any(isinstance(text, LazyText) for text in texts)
        or any(field.flags.required or field.errors for field in fields)
        or bool(form.form_errors)
        or frame.look.mark == "optional"
        or (frame.button is None and "submit" not in map(kind_of, fields))
    )


def texts_of(field: Field) -> list[Any]:
    """Return what the field's class has written that may be said."""
    return [field.label.text, field.description, *(field.render_kw or {}).values()]


def is_plain(field: Field) -> bool:
    """Tell whether the field is an input element of WTForms, printed in its way."""
    return (
        type(field.widget) in _INPUTS
        and type(field).__call__ is Field.__call__
        and getattr(field, "_datalist", None) is None
    )


def own_id_of(field: Field, scope: str) -> str:
    """Return the end of the field's id if that begins with the scope, or nothing."""
    return field.id[len(scope) :] if field.id.startswith(scope) else ""


def _key_of_field(field: Field, scope: str) -> Hashable | None:
    kind = kind_of(field)

    if is_plain(field):
        flags = vars(field.flags)
        return (
            type(field),
            own_id_of(field, scope) or (field.id,),
            field.name,
            field.short_name,
            _said(field.label.text),
            _said(field.description),
            tuple(map(_said, field.errors)),
            type(field.widget),
            _frozen(vars(field.widget)),
            _frozen({k: v() if callable(v) else v for k, v in flags.items()}),
            _frozen(field.render_kw or {}),
            kind == "checkbox" and bool(getattr(field, "checked", field.data)),
        )
    if kind == "hidden":
        return kind, tuple(map(_said, own_errors(field)))
    if any(map(own_errors, walk([field]))):
        return None  # the summary says where in it they are

    return kind, any(map(is_file_field, walk([field])))


def _said(value: object) -> Hashable:
    """Return a text as it is said now: in another language it may be another one."""
    return value if type(value) is str else (type(value), str(value))


def _frozen(attributes: Mapping[str, Any]) -> Hashable:
    return tuple([(name, _said(value)) for name, value in attributes.items()])
