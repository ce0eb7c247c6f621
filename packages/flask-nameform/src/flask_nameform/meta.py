"""How WTForms makes a form of ours: from which request, and in which language."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, TypeVar

from flask import has_request_context, request
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import Field
from wtforms.form import BaseForm
from wtforms.meta import DefaultMeta

from . import marker
from .attributes import joined
from .formdata import Posted, posted_in_request, posted_text
from .i18n import wtforms_texts
from .identity import Identity
from .naming import NamedTexts
from .rows import RowChange, take_change

if TYPE_CHECKING:
    from wtforms.fields.core import UnboundField

    # What its own signatures say, by a name of its stubs alone.
    from wtforms.meta import _MultiDictLike  # pyright: ignore[reportPrivateUsage]

#: As ``Meta.locales``: WTForms' messages are in the language of the page.
PAGE_LOCALE = ("page",)

#: The methods by which a form is submitted.
SUBMIT_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})

#: Tells "take it from the request" from None, which to WTForms means "not submitted".
FROM_REQUEST: MultiDict[str, Any] = MultiDict()

FieldT = TypeVar("FieldT", bound=Field)


class BoundMeta(DefaultMeta):
    """How WTForms makes a form of ours."""

    nameform: Identity
    posted: Posted | None = None
    row_change: RowChange | None = None
    locales = PAGE_LOCALE
    named_messages = True

    def get_translations(self, form: BaseForm) -> Any:
        if self.locales is PAGE_LOCALE:
            return wtforms_texts

        return super().get_translations(form)

    def bind_field(
        self,
        form: BaseForm,
        unbound_field: UnboundField[FieldT],
        options: MutableMapping[str, Any],
    ) -> FieldT:
        # Several forms on a page need different ids. Their names may be the same: each
        # form posts only its own, and browsers fill in by name.
        if (
            "id" not in unbound_field.kwargs
            and "id" not in options
            and self.nameform.has_scoped_ids
        ):
            options["id"] = f"{self.nameform.scope}-{options['name']}"

        if options.get("translations") is not wtforms_texts or not self.named_messages:
            return super().bind_field(form, unbound_field, options)

        named = options["translations"] = NamedTexts(unbound_field.field_class)
        field = super().bind_field(form, unbound_field, options)
        named.label = field.label
        return field

    def wrap_formdata(self, form: BaseForm, formdata: _MultiDictLike | None) -> Any:
        if formdata is FROM_REQUEST:
            formdata = posted_in_request() if submits(self.nameform) else None

        formdata, self.row_change = take_change(formdata)

        if isinstance(formdata, Posted):
            formdata = self.posted = formdata.for_fields(form)

        return super().wrap_formdata(form, formdata)

    def render_field(self, field: Field, render_kw: Mapping[str, Any]) -> Markup:  # type: ignore[override] # the stub wants a SupportsItems
        # Descriptions add up: one that a template gives must not hide the field's own.
        own = joined(field.render_kw or {})
        described = {k: v for k, v in own.items() if k == "aria-describedby"}
        return super().render_field(field, joined(described, render_kw))


def submits(identity: Identity) -> bool:
    """Return whether the current request submits this form, and not another."""
    if identity.submitted:
        return True
    if not has_request_context() or request.method not in SUBMIT_METHODS:
        return False

    return posted_text(marker.FIELD, identity.name) == identity.name
