"""A name as it may be shown.

A name is text from a stranger that will stand beside the site's own words. It is
cleaned for display; who stores it is not concerned.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import dropwhile
from unicodedata import category, combining, normalize

# Zero-width joiners: Persian, the scripts of India and emoji are written with them.
_JOINERS = "\u200c\u200d"

# Letters and symbols by category that print as nothing.
_BLANK = "\u115f\u1160\u2800\u3164\uffa0\U00013441\U00013442\U0001d159" + _JOINERS

# The vowel "am" of Thai and Lao, which is a letter by category but no character alone.
_AM = "\u0e33\u0eb3"

# Two of these are a flag.
_HALF_FLAGS = "".join(map(chr, range(0x1F1E6, 0x1F200)))


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
    if not (text.isascii() and text.isprintable()):
        text = _without_tricks(text)
    text = " ".join(text.split())

    return (text if len(text) <= limit else _cut(text, limit - 1) + "…") or None


def _without_tricks(text: str) -> str:
    kept = dropwhile(_needs_another, normalize("NFC", "".join(filter(_is_kept, text))))
    return "".join(_without_piles(kept))


def _is_kept(character: str) -> bool:
    return category(character)[0] != "C" or character.isspace() or character in _JOINERS


def _needs_another(character: str) -> bool:
    # A mark at the beginning would be drawn over the word before the name.
    return character in _BLANK or character.isspace() or category(character)[0] == "M"


def _without_piles(text: Iterable[str]) -> Iterator[str]:
    """Leave out marks with four below them, which would stick out of the line.

    No living script piles more on a letter. Spacing marks (Mc) stand beside it, and a
    joiner, which is invisible, does not end a pile.
    """
    height = 0

    for character in text:
        if character not in _JOINERS:
            height = height + 1 if category(character) in ("Me", "Mn") else 0
        if height <= 4:
            yield character


def _cut(text: str, room: int) -> str:
    # Where there is no edge at all, it is no word of any language.
    end = next((end for end in range(room, 0, -1) if _is_edge(text, end)), room)
    return text[:end].rstrip()


def _is_edge(text: str, end: int) -> bool:
    """Whether a reader's character ends here (UAX #29, as far as the stdlib knows)."""
    before, after = text[end - 1], text[end]
    half_flags = end - len(text[:end].rstrip(_HALF_FLAGS))

    if category(after) in ("Cf", "Mc", "Me", "Mn", "Sk") or after in _AM:
        return False
    # A virama, whose class is 9, joins what is around it.
    return before not in _JOINERS and combining(before) != 9 and half_flags % 2 == 0
