"""The site's texts: Flask-Babel's functions, with the types that it does not have."""

from __future__ import annotations

from typing import Any, cast

import flask_babel  # type: ignore[import-untyped] # it has no types

_babel: Any = flask_babel


def make_babel() -> Any:
    """Return the extension object."""
    return _babel.Babel()


def current_language() -> str:
    """Return the language of this request, a tag as in ``<html lang>``."""
    return str(_babel.get_locale())


def gettext(message: str, **values: object) -> str:
    """Return the text in the language of this request."""
    return str(_babel.gettext(message, **values))


def lazy_gettext(message: str) -> str:
    """Return a text that is said when it is used, such as a label.

    To a type checker it is a string, since that is what labels are.
    """
    return cast(str, _babel.lazy_gettext(message))
