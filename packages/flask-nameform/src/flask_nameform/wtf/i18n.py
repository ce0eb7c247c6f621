"""WTForms' own messages in the language of the page, under Flask-WTF's names."""

from __future__ import annotations

from gettext import NullTranslations

from flask import has_request_context

from ..i18n import wtforms_texts

__all__ = ["Translations", "translations"]


class Translations:
    """What WTForms asks for a translation of its messages.

    The language is that of Flask-Babel, if the app has it, or one of
    ``NAMEFORM_LOCALES``. Outside a request it is English.
    """

    def gettext(self, string: str) -> str:
        """Return a message."""
        return _catalog().gettext(string)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Return the form of a message that goes with a number."""
        return _catalog().ngettext(singular, plural, n)


#: The object that forms use.
translations = Translations()


def _catalog() -> NullTranslations:
    return wtforms_texts.translations() if has_request_context() else NullTranslations()
