"""``FlaskForm``: Flask-WTF's form, as a :class:`flask_nameform.Form`."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from copy import copy
from functools import cached_property, partial
from typing import Any, TypeVar

from flask import current_app, has_app_context, has_request_context, session
from markupsafe import Markup
from wtforms import Field, Form
from wtforms.fields.core import UnboundField
from wtforms.form import BaseForm

from .. import form as nameform
from ..formdata import is_hidden, is_list, is_nested_form
from ..identity import Identity
from ..meta import PAGE_LOCALE, SUBMIT_METHODS, BoundMeta
from .config import configured
from .csrf import FormCSRF, TokenField, form_is_proven
from .i18n import translations

__all__ = ["SUBMIT_METHODS", "FlaskForm", "Form"]

FieldT = TypeVar("FieldT", bound=Field)


class _Meta(BoundMeta):
    # WTForms' messages as they are.
    named_messages = False

    csrf_class = FormCSRF
    # For another csrf_class; ours looks there by itself.
    csrf_context = session

    @cached_property
    def csrf(self) -> bool:  # type: ignore[override] # an attribute in WTForms
        # Nobody can send what was made outside a request.
        return has_request_context() and bool(configured("WTF_CSRF_ENABLED"))

    @cached_property
    def csrf_secret(self) -> str | bytes | None:  # type: ignore[override] # as above
        secret: str | bytes | None = configured("WTF_CSRF_SECRET_KEY")
        return secret or current_app.secret_key

    @cached_property
    def csrf_field_name(self) -> str:  # type: ignore[override] # as above
        return str(configured("WTF_CSRF_FIELD_NAME"))

    @cached_property
    def csrf_time_limit(self) -> int | None:
        limit: int | None = configured("WTF_CSRF_TIME_LIMIT")
        return limit

    def get_translations(self, form: BaseForm) -> Any:
        if has_app_context() and not configured("WTF_I18N_ENABLED"):
            is_chosen = self.locales is not PAGE_LOCALE
            return super().get_translations(form) if is_chosen else None
        if has_app_context() and "babel" in current_app.extensions:
            return translations

        return super().get_translations(form)

    def bind_field(
        self,
        form: BaseForm,
        unbound_field: UnboundField[FieldT],
        options: MutableMapping[str, Any],
    ) -> FieldT:
        return _without_tokens(super().bind_field(form, unbound_field, options))


class FlaskForm(nameform.Form):
    """A form as Flask-WTF has it: bound to the request, with a token of its own.

    All that :class:`flask_nameform.Form` does it does too. Its ids are the names of its
    fields, as ever.
    """

    Meta = _Meta

    #: Not there if the form has no protection.
    csrf_token: TokenField

    _has_scoped_ids = False

    def hidden_tag(self, *fields: Field | str) -> Markup:
        """Return the hidden fields, or of those given the ones that are hidden.

        :param fields: fields of this form, or their names; by default all, and the
            marker that tells forms on a page apart.
        """
        if fields:
            chosen = (self._fields.get(f) if isinstance(f, str) else f for f in fields)
            return Markup("\n").join(f() for f in chosen if f and is_hidden(f))

        identity: Identity = self.meta.nameform
        has_marker = any(isinstance(field, TokenField) for field in self)
        marker = Markup() if has_marker else identity.tag()
        return Markup("\n").join([marker, *(f() for f in self if is_hidden(f))])

    def _is_allowed(self) -> bool:
        # A veto comes before any validator runs; a token is a field like others.
        if self.meta.csrf:
            form_is_proven()

        return True


def _without_tokens(field: FieldT) -> FieldT:
    """Leave the token out of forms within the form: they are sent with it."""
    if is_nested_form(field):
        field.form_class = partial(_make_part, field.form_class)  # type: ignore[assignment] # all that is done with it is to call it
    elif is_list(field):
        # The class has one for all forms, so this form gets its own.
        entries = copy(field.unbound_field)
        entries.bind = partial(_bind_entry, field.unbound_field)  # type: ignore[method-assign] # as above
        field.unbound_field = entries

    return field


def _bind_entry(entries: UnboundField[FieldT], **options: Any) -> FieldT:
    return _without_tokens(entries.bind(**options))


def _make_part(
    form_class: Callable[..., BaseForm],
    *args: Any,
    meta: dict[str, Any] | None = None,
    **kwargs: Any,
) -> BaseForm:
    return form_class(*args, meta={**(meta or {}), "csrf": False}, **kwargs)
