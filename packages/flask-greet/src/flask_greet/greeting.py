"""What is said, and to whom: no Flask in here.

A name is text from a stranger that will stand beside the site's own words. It is
cleaned for display, isolated from its surroundings, and escaped.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from markupsafe import Markup, escape

# Explicit bidirectional controls turn the text around them, whatever isolates them
# (Unicode UAX #9); the others are invisible and only serve to fake a blank name.
# U+200C and U+200D stay: Persian, Indic scripts and emoji are written with them.
_DROPPED = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    "\u00ad\u200b\u2060\ufeff"
)
_DROPPED_CATEGORIES = frozenset({"Cc", "Cs", "Co", "Cn"})

# Letters and symbols by category that print as nothing.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0\u200c\u200d ")

# First strong isolate and pop directional isolate: what <bdi> is in plain text.
_FSI, _PDI = "\u2068", "\u2069"


def clean_name(name: object, limit: int = 64) -> str | None:
    """Return a name as it may be shown, or ``None`` if nothing of it can be seen.

    White space becomes single spaces; control, private and unassigned characters and
    those that turn the line around go. Stored data is not changed by this.

    :param name: anything whose ``str()`` is how the person wants to be addressed.
    :param limit: characters kept; a longer name ends in an ellipsis.
    """
    if name is None:
        return None

    # Nothing beyond this prefix can be shown, so a megabyte costs no more than a line.
    text = unicodedata.normalize("NFC", str(name)[: limit * 16])
    text = " ".join(text.split())
    text = "".join(filter(_is_shown, text)).strip()

    if _BLANK.issuperset(text):
        return None

    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _is_shown(character: str) -> bool:
    return (
        character not in _DROPPED
        and unicodedata.category(character) not in _DROPPED_CATEGORIES
    )


@dataclass(frozen=True)
class Greeting:
    """A greeting that is safe wherever it is put.

    In a template it is HTML: escaped, the name inside ``<bdi>``. As ``str()`` it is
    plain text for a mail or a terminal, the name between Unicode's isolates.
    """

    #: The name as shown, or ``None`` for a visitor without one.
    name: str | None = None

    @classmethod
    def to(cls, name: object, limit: int = 64) -> Greeting:
        """Return the greeting for this name, cleaned by :func:`clean_name`."""
        return cls(clean_name(name, limit))

    # Whole sentences, with and without the name: translators cannot glue parts.
    @property
    def _phrase(self) -> str:
        return "Hello there" if self.name is None else "Hello, %(name)s!"

    def __str__(self) -> str:
        return self._phrase % {"name": f"{_FSI}{self.name}{_PDI}"}

    def __html__(self) -> str:
        # Markup's % escapes what it puts in; the phrase is data too, so it is escaped.
        name = Markup("<bdi>{}</bdi>").format(self.name)
        return escape(self._phrase) % {"name": name}
