"""What visitors read of us, in the language of the page: the catalog, and errors."""

from __future__ import annotations

from flask_nameform.i18n import Catalog

from .errors import AuthError

texts = Catalog("flask_simpleauth")


def say(error: AuthError) -> str:
    """Return what to tell the person about an error."""
    if error.plural is None:
        return texts.gettext(error.message, **error.values)

    return texts.ngettext(error.message, error.plural, error.number, **error.values)
