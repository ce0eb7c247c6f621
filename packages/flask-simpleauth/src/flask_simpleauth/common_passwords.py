"""The passwords that everybody who guesses tries first.

OWASP ASVS 6.2.4 asks for 3000 that are as long as a password has to be; the list has
21,000 of 8 characters or more, 5,000 of them of 12. Of the passwords in public lists
some 340 are that long, so most of these are words, and runs of keys. ``tools`` makes
it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from string import digits, punctuation

_LIST = Path(__file__).with_name("common_passwords.txt.gz")

#: What people add to a password that is not enough by itself.
_SIGNS = punctuation + " "


def is_common(password: str) -> bool:
    """Tell whether a password is known to all, be it in capitals or with a year."""
    text = password.casefold()
    plain = {text, text.strip(_SIGNS), text.strip(_SIGNS + digits)}
    return not plain.isdisjoint(_known())


def as_long_as(length: int) -> frozenset[str]:
    """Return those of the list that are no shorter."""
    return frozenset(word for word in _known() if len(word) >= length)


@cache
def _known() -> frozenset[str]:
    # Read when first asked for: most processes never make a password.
    import gzip

    return frozenset(gzip.decompress(_LIST.read_bytes()).decode("ascii").split("\n"))
