"""What a field is for, said in attributes that browsers and keyboards act on."""

from __future__ import annotations

from typing import Any

from wtforms import DecimalField, Field, FloatField, IntegerField

# WCAG 2.2, 1.3.5: what a field about the user is for, by the names in use for it.
# https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#autofill
_AUTOCOMPLETE = {
    "name": "name",
    "full_name": "name",
    "given_name": "given-name",
    "first_name": "given-name",
    "family_name": "family-name",
    "last_name": "family-name",
    "username": "username",
    "email": "email",
    "tel": "tel",
    "phone": "tel",
    "organization": "organization",
    "street_address": "street-address",
    "postal_code": "postal-code",
    "country": "country",
    "birthday": "bday",
    "password": "current-password",
    "current_password": "current-password",
    "new_password": "new-password",
    "one_time_code": "one-time-code",
}
_AUTOCOMPLETE_BY_TYPE = {"email": "email", "tel": "tel"}
_TYPES_WITHOUT_AUTOCOMPLETE = {"checkbox", "radio", "file", "submit", "hidden"}

# No words of a language, so that nobody should underline them.
_NO_WORDS = {"email", "username", "one-time-code"}

_NUMBERS = (IntegerField, DecimalField, FloatField)


def purpose_of(field: Field) -> dict[str, Any]:
    """Return the attributes that say what a field is for; those of the app go first."""
    flags: Any = field.flags
    input_type: str = getattr(field.widget, "input_type", "")
    attributes: dict[str, Any] = {}

    if input_type not in _TYPES_WITHOUT_AUTOCOMPLETE:
        token = _AUTOCOMPLETE.get(field.short_name) or _AUTOCOMPLETE_BY_TYPE.get(
            input_type
        )
        if token:
            attributes["autocomplete"] = token
        if token in _NO_WORDS or input_type in _NO_WORDS:
            attributes["spellcheck"] = "false"
        if token == "one-time-code":  # noqa: S105 # not a password
            attributes["inputmode"] = "numeric"

    # A keyboard with digits alone has no minus.
    if isinstance(field, _NUMBERS) and not _may_be_negative(flags.min):
        whole = isinstance(field, IntegerField)
        attributes["inputmode"] = "numeric" if whole else "decimal"

    # A browser would cut what is too long without a word. The message says it instead.
    if flags.maxlength is not None:
        attributes["maxlength"] = False

    return attributes


def _may_be_negative(least: Any) -> bool:
    return least is None or callable(least) or least < 0
