"""WTForms' messages, with the name of the field in them.

"This field is required." says nothing in a list of problems, such as the summary on top
of a form, or where it is read out; GOV.UK's guidance is to name the field. So what
WTForms says by default is said in other words; what a validator was given to say stays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from markupsafe import Markup
from wtforms import BooleanField, Field, Label, SelectFieldBase

from .formdata import is_file_field
from .i18n import texts, wtforms_texts

#: What WTForms says of a field that has to be filled in.
REQUIRED = "This field is required."

# By WTForms' text, without the full stop, which depends on its version.
_NAMED: Mapping[str, str] = {
    "'%(value)s' is not a valid choice for this field": texts.lazy(
        "Choose from the options for “%(label)s”."
    ),
    "Date must be at least %(min)s": texts.lazy(
        "“%(label)s” must be %(min)s or later."
    ),
    "Date must be at most %(max)s": texts.lazy(
        "“%(label)s” must be %(max)s or earlier."
    ),
    "Date must be between %(min)s and %(max)s": texts.lazy(
        "“%(label)s” must be between %(min)s and %(max)s."
    ),
    "Field must be between %(min)d and %(max)d characters long": texts.lazy(
        "“%(label)s” must be between %(min)d and %(max)d characters long."
    ),
    "Field must be equal to %(other_name)s": texts.lazy(
        "“%(label)s” is not the same as “%(other_label)s”."
    ),
    "Invalid Choice: could not coerce": texts.lazy(
        "Choose one of the options for “%(label)s”."
    ),
    "Invalid IP address": texts.lazy("“%(label)s” must be an IP address."),
    "Invalid Mac address": texts.lazy("“%(label)s” must be a MAC address."),
    "Invalid URL": texts.lazy(
        "“%(label)s” must be a web address, like https://example.org."
    ),
    "Invalid UUID": texts.lazy("“%(label)s” must be a UUID."),
    "Invalid choice(s): one or more data inputs could not be coerced": texts.lazy(
        "Choose from the options for “%(label)s”."
    ),
    "Invalid email address": texts.lazy(
        "“%(label)s” must be an e-mail address, like name@example.org."
    ),
    "Invalid input": texts.lazy("“%(label)s” is not in the expected format."),
    "Invalid value, can't be any of: %(values)s": texts.lazy(
        "“%(label)s” must not be any of: %(values)s."
    ),
    "Invalid value, must be one of: %(values)s": texts.lazy(
        "“%(label)s” must be one of: %(values)s."
    ),
    "Not a valid choice": texts.lazy("Choose one of the options for “%(label)s”."),
    "Not a valid date value": texts.lazy("“%(label)s” must be a date."),
    "Not a valid datetime value": texts.lazy("“%(label)s” must be a date and a time."),
    "Not a valid decimal value": texts.lazy("“%(label)s” must be a number."),
    "Not a valid float value": texts.lazy("“%(label)s” must be a number."),
    "Not a valid integer value": texts.lazy("“%(label)s” must be a whole number."),
    "Not a valid time value": texts.lazy("“%(label)s” must be a time."),
    "Not a valid week value": texts.lazy("“%(label)s” must be a week."),
    "Number must be at least %(min)s": texts.lazy(
        "“%(label)s” must be at least %(min)s."
    ),
    "Number must be at most %(max)s": texts.lazy(
        "“%(label)s” must be at most %(max)s."
    ),
    "Number must be between %(min)s and %(max)s": texts.lazy(
        "“%(label)s” must be between %(min)s and %(max)s."
    ),
    "This field cannot be edited": texts.lazy("“%(label)s” cannot be changed."),
    "This field is disabled and cannot have a value": texts.lazy(
        "“%(label)s” cannot be filled in."
    ),
}

# By WTForms' singular, likewise.
_NAMED_PLURALS: Mapping[str, Callable[[int], str]] = {
    "Field must be at least %(min)d character long": lambda number: texts.ngettext(
        "“%(label)s” must be at least %(min)d character long.",
        "“%(label)s” must be at least %(min)d characters long.",
        number,
    ),
    "Field cannot be longer than %(max)d character": lambda number: texts.ngettext(
        "“%(label)s” must be at most %(max)d character long.",
        "“%(label)s” must be at most %(max)d characters long.",
        number,
    ),
    "Field must be exactly %(max)d character long": lambda number: texts.ngettext(
        "“%(label)s” must be exactly %(max)d character long.",
        "“%(label)s” must be exactly %(max)d characters long.",
        number,
    ),
}


class NamedTexts:
    """What a field says by default, as WTForms asks for it."""

    #: That of the field, as soon as there is one.
    label: Label | None = None

    def __init__(self, field_class: type[Field]) -> None:
        self._field_class = field_class

    def gettext(self, message: str) -> str:
        """Return what WTForms says here, in our words if we have any."""
        if self.label is None:
            return message  # a label that WTForms makes of the name of the field

        if message == REQUIRED:
            named: str | None = _required(self._field_class)
        else:
            named = _NAMED.get(message.rstrip("."))

        return self._named(named, message) or wtforms_texts.gettext(message)

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """Return what WTForms says here of a number."""
        key = singular.rstrip(".")
        say = _NAMED_PLURALS.get(key)
        named = say(number) if say else _NAMED.get(key)
        own = self._named(named, singular)
        return own or wtforms_texts.ngettext(singular, plural, number)

    def _named(self, text: str | None, message: str) -> str | None:
        """Return the text with the name of the field in it, if both can be said."""
        label: object = self.label.text if self.label else ""
        name = label.striptags() if isinstance(label, Markup) else str(label)

        if text is None or not name or not texts.are_spoken():
            return None
        if "%(" in message:
            name = name.replace("%", "%%")  # WTForms will put values into it

        return str(text).replace("%(label)s", name.rstrip(":"))


def _required(field_class: type[Field]) -> str:
    if is_file_field(field_class):
        return texts.gettext("Choose a file for “%(label)s”.")
    if issubclass(field_class, SelectFieldBase):
        return texts.gettext("Choose an option for “%(label)s”.")
    if issubclass(field_class, BooleanField):
        return texts.gettext("Tick “%(label)s”.")

    return texts.gettext("Fill in “%(label)s”.")
