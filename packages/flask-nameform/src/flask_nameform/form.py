"""``Form``: WTForms' form, bound to the request that submits it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import wtforms
from markupsafe import Markup
from wtforms import Field, StringField, SubmitField
from wtforms.validators import DataRequired, Length, ValidationError

from . import csrf
from .formdata import (
    Posted,
    is_file_field,
    is_hidden,
    is_nested_form,
    walk,
)
from .i18n import LazyText, texts
from .identity import Identity
from .ids import tell_apart
from .meta import FROM_REQUEST, BoundMeta, submits
from .mistakes import refuse_mistakes
from .oddnumbers import refuse_odd_numbers
from .rows import RowChange, show_change
from .shape import check_shape

if TYPE_CHECKING:
    # What its own signatures say, by a name of its stubs alone.
    from wtforms.meta import _MultiDictLike  # pyright: ignore[reportPrivateUsage]

#: What a form says if its token is wanting.
EXPIRED = texts.lazy(
    "This form was open for too long. Nothing is lost: please send it again."
)


class FormError(ValidationError):
    """What a handler raises to show the form again with a message of the form's own.

    :param message: shown with the form; it belongs to no field.
    :param status: the HTTP status of the answer, such as 429.
    :param headers: more headers of the answer, such as ``Retry-After``.
    """

    def __init__(
        self,
        message: str = "",
        *,
        status: int = 422,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = dict(headers or {})


class Form(wtforms.Form):
    """A form that binds itself to the request that submits it.

    .. code-block:: python

        form = NameForm()

        if form.validate_on_submit():
            ...

    Outside a request, and in one that does not submit this very form, it is unbound.
    Give ``formdata`` to bind it to something else; whether to act on that is then
    yours to decide, CSRF included.

    :raises RuntimeError: when a class is made that has a field named like a part of
        WTForms' interface or ours, such as ``data`` or ``errors``, or a validator that
        is a coroutine function.
    """

    Meta = BoundMeta

    #: Whether the ids of its fields begin with its name.
    _has_scoped_ids = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        refuse_mistakes(cls, _TAKEN)

    def __init__(
        self,
        formdata: _MultiDictLike | None = FROM_REQUEST,
        obj: object | None = None,
        prefix: str = "",
        data: Mapping[str, Any] | None = None,
        meta: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        if meta is None or "nameform" not in meta:
            own_name = f"{type(self).__name__}-{prefix}".rstrip("-_;:/.")
            identity = Identity(own_name, has_scoped_ids=self._has_scoped_ids)
            meta = {"nameform": identity, **(meta or {})}

        super().__init__(formdata, obj, prefix, data, meta, **kwargs)

        self._binds_itself = formdata is FROM_REQUEST

        if self.row_change:
            show_change(self, self.row_change)
        if self.meta.nameform.has_scoped_ids:
            tell_apart(self)
        if formdata is not None:
            refuse_odd_numbers(self)

        if self._is_bound():
            check_shape(self)

    @property
    def row_change(self) -> RowChange | None:
        """Which row somebody wants to add or remove, if that is why it was sent.

        The form shows itself with the change, and is not valid yet.
        """
        change: RowChange | None = self.meta.row_change
        return change

    def is_submitted(self) -> bool:
        """Return whether the current request submits this form, and not another.

        The hidden field of :meth:`hidden_tag` tells. A request without it submits
        every form, as hand-written HTML and scripts expect.
        """
        return submits(self.meta.nameform)

    def validate(
        self, extra_validators: Mapping[str, Sequence[Any]] | None = None
    ) -> bool:
        """Validate each field, and whether it was the visitor who sent the form.

        :raises flask_nameform.csrf.CSRFError: if it was another site.
        """
        if not self._is_allowed():
            self.form_errors = [str(EXPIRED)]
            return False
        if self.row_change:
            return False

        valid = super().validate(extra_validators)
        _settle(self)
        return valid

    def validate_on_submit(
        self, extra_validators: Mapping[str, Sequence[Any]] | None = None
    ) -> bool:
        """Return whether the form was submitted and is valid.

        :raises flask_nameform.csrf.CSRFError: if another site sent it.
        """
        return self.is_submitted() and self.validate(extra_validators)

    def lost_files(self) -> list[Field]:
        """Return the fields that were sent a file, which no page can show again."""
        posted: Posted | None = self.meta.posted

        if posted is None:
            return []

        return [f for f in walk(self) if is_file_field(f) and posted.had_file(f.name)]

    def hidden_tag(self) -> Markup:
        """Return all that is in the form without being seen.

        These are the marker that tells forms on a page apart, the CSRF token if the
        browser needs one, and the form's own hidden fields.
        """
        html = tag_of(self.meta.nameform)

        for field in self:
            if is_hidden(field):
                html += field()

        return html

    def _is_bound(self) -> bool:
        """Tell whether it has taken what the current request sent."""
        # Not is_submitted(): a subclass may ask more there, of fields that are not yet.
        return self._binds_itself and submits(self.meta.nameform)

    def _is_allowed(self) -> bool:
        identity: Identity = self.meta.nameform
        return not self._is_bound() or csrf.allows(identity.name)


_TAKEN = frozenset(name for name in dir(Form) if not name.startswith("_")) | {
    "form_errors",
    "meta",
    csrf.FIELD,
}


class NameForm(Form):
    """The form everybody starts with: it asks for a name."""

    name = StringField(
        texts.lazy("What is your name?"),
        filters=[lambda value: value and value.strip()],
        validators=[
            DataRequired(texts.lazy("Enter your name")),
            Length(
                max=100,
                message=texts.lazy("Your name must be at most 100 characters long"),
            ),
        ],
    )
    submit = SubmitField(texts.lazy("Submit"))


def tag_of(identity: Identity) -> Markup:
    """Return what each form has in it without being seen: its marker and a token."""
    own_form = identity.has_own_address
    return identity.tag() + csrf.hidden_field(identity.name, own_form=own_form)


def _settle(form: Form) -> None:
    """Say lazy messages now, so that whoever takes them has texts."""
    for field in walk(form):
        if field.errors and not is_nested_form(field):
            errors: Any = field.errors  # a list, whose object a list of fields has too
            errors[:] = [str(e) if isinstance(e, LazyText) else e for e in errors]
