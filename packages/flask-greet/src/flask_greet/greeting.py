"""What is said, and to whom: no Flask in here.

A name is text from a stranger that will stand beside the site's own words. It is
cleaned for display, isolated from its surroundings, and escaped.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from itertools import dropwhile

from markupsafe import Markup, escape

# Zero-width joiners: Persian, the scripts of India and emoji are written with them.
_JOINERS = "\u200c\u200d"

# Letters and symbols by category that print as nothing.
_BLANK = "\u115f\u1160\u2800\u3164\uffa0" + _JOINERS

# First strong isolate and pop directional isolate: what <bdi> is in plain text.
_FSI, _PDI = "\u2068", "\u2069"


def clean_name(name: object, limit: int = 64) -> str | None:
    """Return a name as it may be shown, or ``None`` if nothing of it can be seen.

    White space becomes single spaces; control, format, private and unassigned
    characters go, since they are invisible or turn the line around them (Unicode
    UAX #9). Stored data is not changed by this.

    :param name: anything whose ``str()`` is how the person wants to be addressed.
    :param limit: characters kept; a longer name ends in an ellipsis.
    """
    if name is None:
        return None

    # Nothing beyond this prefix can be shown, so a megabyte costs no more than a line.
    text = "".join(filter(_is_kept, str(name)[: limit * 16]))
    text = " ".join(unicodedata.normalize("NFC", text).split())
    text = "".join(dropwhile(_needs_another, text))

    if not text:
        return None

    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _is_kept(character: str) -> bool:
    return (
        character.isspace()
        or character in _JOINERS
        or not unicodedata.category(character).startswith("C")
    )


def _needs_another(character: str) -> bool:
    # A mark at the beginning would be drawn over the word before the name.
    return character in _BLANK or unicodedata.category(character)[0] in "MZ"


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
