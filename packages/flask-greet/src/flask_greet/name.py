"""A name as it may be shown.

A name is text from a stranger that will stand beside the site's own words. It is
cleaned for display; who stores it is not concerned.
"""

from __future__ import annotations

import re
from itertools import dropwhile
from unicodedata import category, combining, normalize

# Zero-width joiners: Persian, the scripts of India and emoji are written with them.
_JOINERS = "\u200c\u200d"

# Letters and symbols by category that print as nothing.
_BLANK = "\u115f\u1160\u2800\u3164\uffa0" + _JOINERS

# No living script piles more on a letter; more would cover the lines above and below.
_MARKS_AT_MOST = 4

# What a reader takes for one character (UAX #29, as far as the stdlib knows), spelt in
# kinds: a letter, symbol or flag with its marks and joiners, and what those join to it.
_KINDS = {"Cf": "j", "Lo": "o", "Mc": "m", "Me": "m", "Mn": "m", "Sk": "m", "So": "s"}
_CLUSTER = re.compile(r"(?:ff|.)(?:[jmv]|(?<=v)o|(?<=j)s)*")


def clean_name(name: object, limit: int = 64) -> str | None:
    """Return a name as it may be shown, or ``None`` if nothing of it can be seen.

    White space becomes single spaces; control, format, private and unassigned
    characters go, since they are invisible or turn the line around them (Unicode
    UAX #9), and so do marks piled higher than any script does. Stored data is not
    changed by this.

    :param name: anything whose ``str()`` is how the person wants to be addressed.
    :param limit: code points kept; a longer name ends in an ellipsis, and is cut
        between what a reader takes for characters.
    """
    # Nothing beyond this prefix can be shown, so a megabyte costs no more than a line.
    text = str("" if name is None else name)[: limit * 16]
    text = "".join(filter(_is_kept, text))
    text = " ".join(normalize("NFC", text).split())
    text = "".join(dropwhile(_needs_another, text))
    text = "".join(text[i] for i in range(len(text)) if not _is_piled(text, i))

    shown = text if len(text) <= limit else _cut(text, limit - 1) + "…"
    return shown or None


def _is_kept(character: str) -> bool:
    return category(character)[0] != "C" or character.isspace() or character in _JOINERS


def _needs_another(character: str) -> bool:
    # A mark at the beginning would be drawn over the word before the name.
    return character in _BLANK or category(character)[0] in "MZ"


def _is_piled(text: str, index: int) -> bool:
    """Whether so many marks come before this one that it would stick out."""
    pile = text[max(index - _MARKS_AT_MOST, 0) : index + 1]
    # Spacing marks (Mc) stand beside a letter and pile up nowhere.
    return all(category(character) in ("Me", "Mn") for character in pile)


def _cut(text: str, room: int) -> str:
    kinds = "".join(map(_kind, text))
    ends = [cluster.end() for cluster in _CLUSTER.finditer(kinds)]
    # A single cluster too long for the room is no word of any language.
    return text[: max((end for end in ends if end <= room), default=room)].rstrip()


def _kind(character: str) -> str:
    if combining(character) == 9:
        return "v"  # a virama joins two letters
    if "\U0001f1e6" <= character <= "\U0001f1ff":
        return "f"  # half a flag
    return _KINDS.get(category(character), "-")
