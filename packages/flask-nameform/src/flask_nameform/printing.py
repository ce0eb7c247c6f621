"""Forms and fields as HTML: printed by templates, or from a plan made by these."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import current_app
from markupsafe import Markup, escape
from wtforms import Field, widgets

from .fieldview import FieldView, kind_of, own_errors, view_field
from .form import Form
from .formdata import is_file_field, walk
from .formview import FormView, Frame, hidden_of, view_form
from .identity import Identity
from .locale import current_language
from .plan import Plan, slot
from .registry import current_state
from .themes import Look, Theme

_PACKAGE = str(Path(__file__).parent)

# The slots of a plan; those of the fields follow.
_ACTION, _HIDDEN, _FIRST_FIELD = range(3)

# WTForms' own input elements. They look at nothing of a field but what is in the key of
# a plan, and its value. What a widget of the app looks at is not to be known.
_INPUTS = {
    kind
    for kind in vars(widgets).values()
    if isinstance(kind, type) and issubclass(kind, widgets.Input | widgets.TextArea)
} - {widgets.HiddenInput, widgets.RadioInput}


def print_form(form: Form, frame: Frame) -> Markup:
    """Return a form as HTML."""
    fields = list(form)
    key = _key_of_form(form, fields, frame)
    plans = current_state().plans
    plan = None if key is None else plans.get(key)

    def fill_in(number: int) -> str:
        if number == _HIDDEN:
            return hidden_of(form, frame)

        if number == _ACTION:
            return escape(frame.action)

        field = fields[number - _FIRST_FIELD]
        return _value_of(field) if _is_plain(field) else print_field(field, frame.look)

    if plan is None:
        if key is None or not _is_printed_by_us(frame.look.theme):
            return _print(form, frame)
        plan = _make_plan(form, fields, frame)
        plans.keep(key, plan)

    return plan.fill(fill_in)


def print_field(
    field: Field, look: Look, given: Mapping[str, Any] | None = None
) -> Markup:
    """Return a field as HTML, with its label, hint and errors.

    :param given: more attributes of the input element, or of a group's ``fieldset``.
    """
    macros = _macros(look.theme.field_template)
    html: Markup = macros.field(view_field(field, look, given))
    return html


def print_problems(form: Form, look: Look) -> Markup:
    """Return the error summary of a form, or nothing if it has no problems."""
    view = _view(form, Frame(look))
    macros = _macros(look.theme.form_template)
    html: Markup = macros.summary(view) if view.problems else Markup()
    return html


def _print(form: Form, frame: Frame) -> Markup:
    macros = _macros(frame.look.theme.form_template)
    html: Markup = macros.quick_form(_view(form, frame))
    return html


def _view(form: Form, frame: Frame) -> FormView:
    views = [view_field(field, frame.look) for field in form]
    return view_form(form, frame, hidden_of(form, frame), views)


def _macros(name: str) -> Any:
    template = current_app.jinja_env.get_template(name)
    return template.make_module() if _is_in_the_making() else template.module


def _is_in_the_making() -> bool:
    """Tell whether templates may change while the app runs."""
    return current_app.jinja_env.auto_reload


def _is_printed_by_us(theme: Theme) -> bool:
    """Tell whether the templates are our own, which look at nothing but their views."""
    return all(
        (current_app.jinja_env.get_template(name).filename or "").startswith(_PACKAGE)
        for name in (theme.form_template, theme.field_template)
    )


def _make_plan(form: Form, fields: Iterable[Field], frame: Frame) -> Plan:
    """Print a form with slots for what may differ under the same key."""
    views = [
        _view_with_slot(field, number, frame.look)
        for number, field in enumerate(fields, _FIRST_FIELD)
    ]
    action = slot(_ACTION) if frame.action else ""
    view = view_form(form, replace(frame, action=action), slot(_HIDDEN), views)
    return Plan(_macros(frame.look.theme.form_template).quick_form(view))


def _view_with_slot(field: Field, number: int, look: Look) -> FieldView:
    if _is_plain(field):
        # Not by 'copy', since a field that is made without a form is unbound.
        stand_in = object.__new__(type(field))
        vars(stand_in).update(vars(field), _value=lambda: slot(number))
        return view_field(stand_in, look)
    if kind_of(field) == "hidden":
        return view_field(field, look)

    return FieldView("ready", field.id, "", slot(number))


def _is_plain(field: Field) -> bool:
    return (
        type(field.widget) in _INPUTS
        and type(field).__call__ is Field.__call__
        and getattr(field, "_datalist", None) is None
    )


def _value_of(field: Any) -> Markup:
    """Return the value of an input element as WTForms' widgets write it."""
    value: object = field._value()
    html = escape(value)
    return html if type(value) is str else html.replace('"', "&quot;")


def _key_of_form(form: Form, fields: Iterable[Field], frame: Frame) -> Hashable | None:
    """Return all that the HTML of a form depends on, apart from what fills slots."""
    if _is_in_the_making() or not _renders_as_ours(form):
        return None

    keys = [_key_of_field(field) for field in fields]

    if None in keys:
        return None

    identity: Identity = form.meta.nameform
    return (
        identity.scope,
        current_language() if _speaks(form, fields, frame) else None,
        frame.look,
        frame.method,
        bool(frame.action),
        _said(frame.title),
        _said(frame.button),
        _frozen(frame.attributes),
        tuple(map(_said, form.form_errors)),
        *keys,
    )


def _renders_as_ours(form: Form) -> bool:
    return type(form.meta).render_field is Form.Meta.render_field


def _speaks(form: Form, fields: Iterable[Field], frame: Frame) -> bool:
    """Tell whether a text of ours is in it, which may be in another language then."""
    return (
        any(f.flags.required or f.errors for f in fields)
        or bool(form.form_errors)
        or frame.look.mark == "optional"
        or (frame.button is None and "submit" not in map(kind_of, fields))
    )


def _key_of_field(field: Field) -> Hashable | None:
    kind = kind_of(field)

    if _is_plain(field):
        flags = vars(field.flags)
        return (
            type(field),
            field.id,
            field.name,
            field.short_name,
            _said(field.label.text),
            _said(field.description),
            tuple(map(_said, own_errors(field))),
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
    return tuple((name, _said(value)) for name, value in attributes.items())
