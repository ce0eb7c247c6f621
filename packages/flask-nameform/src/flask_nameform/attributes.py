"""Attributes of an element in HTML, from all who have something to say about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape
from wtforms.widgets import html_params

# Lists of words, of which none should hide another.
_LISTS = ("aria-describedby", "class")


def joined(*sources: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes of all, spelt as in HTML.

    What comes later goes first, except that ids in ``aria-describedby`` and classes
    add up.
    """
    result: dict[str, Any] = {}

    for key, value in (item for source in sources for item in source.items()):
        name: str = _spelt(key)
        before = result.get(name)

        if name in _LISTS and isinstance(before, str) and isinstance(value, str):
            words = f"{before} {value}".split()
            result[name] = " ".join(dict.fromkeys(words))
        else:
            result[name] = value

    return result


def as_html(attributes: Mapping[str, Any]) -> Markup:
    """Return attributes as HTML; ``True`` is one without a value, ``False`` is none."""
    return Markup(html_params(**attributes))  # noqa: S704 # it escapes the values


def hidden_input(name: str, value: str) -> Markup:
    """Return a hidden field."""
    html = f'<input type="hidden" name="{name}" value="{escape(value)}">'
    return Markup(html)  # noqa: S704 # the value is escaped, and the name is ours


def _spelt(name: str) -> str:
    """Return the name of an attribute as WTForms spells it in HTML."""
    name = name.rstrip("_")
    return name.replace("_", "-") if name.startswith(("aria_", "data_")) else name
