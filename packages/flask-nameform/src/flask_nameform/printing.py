"""Forms and fields as HTML: printed by templates, or from a plan made by these."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from flask import current_app
from markupsafe import Markup, escape
from wtforms import Field

from .fieldview import FieldView, kind_of, view_field
from .focus import take_focus
from .form import Form
from .formview import FormView, Frame, hidden_of, view_form
from .plan import Plan, slot
from .plankey import is_plain, key_of_form, own_id_of
from .registry import current_state
from .themes import Look, Theme

_PACKAGE = str(Path(__file__).parent)

# The slots of a plan; those of the fields follow.
_ACTION, _HIDDEN, _NAME, _SCOPE, _FIRST_FIELD = range(5)


def print_form(form: Form, frame: Frame) -> Markup:
    """Return a form as HTML."""
    fields = list(form)
    plan = _plan_of(form, fields, frame)
    hidden = hidden_of(form, frame)

    if plan is not None:
        return fill_frame(plan, frame, hidden, _contents_of(fields, frame.look))

    views = [view_field(field, frame.look) for field in form]
    return _print_view(view_form(form, frame, hidden, views), frame.look)


def print_field(
    field: Field, look: Look, given: Mapping[str, Any] | None = None
) -> Markup:
    """Return a field as HTML, with its label, hint and errors.

    :param given: more attributes of the input element, or of a group's ``fieldset``.
    """
    macros = _macros(look.theme.field_template)
    html: Markup = macros.field(view_field(field, look, given))
    return html


def print_problems(form: Form, frame: Frame) -> Markup:
    """Return the error summary of a form, or nothing if it has no problems."""
    views = [view_field(field, frame.look) for field in form]
    view = view_form(form, frame, Markup(), views)

    if not view.problems:
        return Markup()

    macros = _macros(frame.look.theme.form_template)
    html: Markup = macros.summary(view._replace(has_focus=take_focus()))
    return html


def plan_values(form: Form, frame: Frame) -> Plan | None:
    """Return a plan of the form with these values, for any frame of its kind.

    There is none if it has to be printed by templates each time.
    """
    fields = list(form)
    plan = _plan_of(form, fields, frame)
    return plan and plan.fill_some(_contents_of(fields, frame.look))


def fill_frame(
    plan: Plan, frame: Frame, hidden: Markup, contents: Mapping[int, str]
) -> Markup:
    """Return a form as its plan has it, within this frame.

    :param hidden: what is in the form without being seen.
    :param contents: what is in the slots of the fields.
    """
    return plan.fill(
        {
            _ACTION: escape(frame.action),
            _HIDDEN: hidden,
            _NAME: escape(frame.name),
            _SCOPE: frame.scope,
            **contents,
        }
    )


def _contents_of(fields: Iterable[Field], look: Look) -> dict[int, str]:
    return {
        number: _value_of(field) if is_plain(field) else print_field(field, look)
        for number, field in enumerate(fields, _FIRST_FIELD)
        if kind_of(field) != "hidden"
    }


def _value_of(field: Any) -> Markup:
    """Return the value of an input element as WTForms' widgets write it."""
    value: object = field._value()
    html = escape(value)
    return html if type(value) is str else html.replace('"', "&quot;")


def _plan_of(form: Form, fields: Iterable[Field], frame: Frame) -> Plan | None:
    """Return the plan for a form, if it can have one."""
    key = None if _are_in_the_making() else key_of_form(form, fields, frame)

    if key is None:
        return None

    plans = current_state().plans
    plan = plans.get(key)

    if plan is None and _are_ours(frame.look.theme):
        plan = plans.keep(key, _make_plan(form, fields, frame))

    return plan


def _make_plan(form: Form, fields: Iterable[Field], frame: Frame) -> Plan:
    """Print a form with slots for what may differ under the same key."""
    views = [
        _view_with_slot(field, number, frame)
        for number, field in enumerate(fields, _FIRST_FIELD)
    ]
    slotted = frame._replace(
        scope=slot(_SCOPE),
        action=slot(_ACTION) if frame.action else "",
        name=slot(_NAME) if frame.name else "",
    )
    view = view_form(form, slotted, slot(_HIDDEN), views)
    return Plan(_print_view(view, frame.look))


def _view_with_slot(field: Field, number: int, frame: Frame) -> FieldView:
    if not is_plain(field):
        if kind_of(field) == "hidden":
            return view_field(field, frame.look)
        return FieldView("ready", field.id, "", slot(number))

    # Not by 'copy', since a field that is made without a form is unbound.
    stand_in = object.__new__(type(field))
    vars(stand_in).update(vars(field), _value=lambda: slot(number))

    if own_id := own_id_of(field, frame.scope):
        stand_in.id = slot(_SCOPE) + own_id

    return view_field(stand_in, frame.look)


def _print_view(view: FormView, look: Look) -> Markup:
    html: Markup = _macros(look.theme.form_template).quick_form(view)
    return html


def _macros(name: str) -> Any:
    template = current_app.jinja_env.get_template(name)
    return template.make_module() if _are_in_the_making() else template.module


def _are_in_the_making() -> bool:
    """Tell whether templates may change while the app runs."""
    return bool(current_app.jinja_env.auto_reload)


def _are_ours(theme: Theme) -> bool:
    """Tell whether the templates are our own, which look at nothing but their views."""
    return all(
        (current_app.jinja_env.get_template(name).filename or "").startswith(_PACKAGE)
        for name in (theme.form_template, theme.field_template)
    )
