"""Makes the list of passwords that everybody who guesses tries first.

Run by ``tox -e common-passwords``. Takes the passwords of Django and of zxcvbn, as the
installed packages carry them, that are long enough to be one here, and the words of
zxcvbn's dictionaries that are as long as a password has to be by default: beyond twelve
characters there are few well-known passwords, and the words are what is tried. What
fingers find by running along the keys or the alphabet is added.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Iterator
from importlib.metadata import files, version
from pathlib import Path
from string import ascii_lowercase, digits

from zxcvbn.frequency_lists import FREQUENCY_LISTS

PACKAGE = Path(__file__).parents[1] / "src" / "flask_simpleauth"

#: Below it no setting lets a password be, and by default none is.
SHORTEST, DEFAULT = 8, 12

#: English, German and French keyboards, row after row.
ROWS = (
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
)

DICTIONARIES = ("english_wikipedia", "us_tv_and_film", "surnames")

NOTICE = """\
The passwords in common_passwords.txt.gz are from Django {django} and from zxcvbn for
Python {zxcvbn}, a port of zxcvbn by Dan Wheeler and Dropbox, Inc.; the words in it are
from the latter. Their licences, that of Django first:

{licences}"""


def main() -> None:
    """Write the list and its notice."""
    words = sorted(long_enough(passwords(), SHORTEST) | long_words() | set(runs()))
    text = "\n".join(words).encode()
    # No time stamp, so that the same list is the same file.
    packed = gzip.compress(text, compresslevel=9, mtime=0)
    (PACKAGE / "common_passwords.txt.gz").write_bytes(packed)

    licences = [licence("django", "LICENSE"), licence("zxcvbn", "LICENSE.txt")]
    notice = NOTICE.format(
        django=version("django"),
        zxcvbn=version("zxcvbn"),
        licences="\n".join(licences),
    )
    (PACKAGE / "common_passwords.txt.gz.license").write_text(notice, encoding="utf-8")


def passwords() -> Iterable[str]:
    """Yield the passwords of both lists."""
    name = "django/contrib/auth/common-passwords.txt.gz"
    path = next(file for file in files("django") or () if str(file) == name)
    yield from gzip.decompress(path.read_binary()).decode().split("\n")
    yield from FREQUENCY_LISTS["passwords"]


def long_words() -> set[str]:
    """Return the words of all dictionaries that are long enough."""
    lists = (FREQUENCY_LISTS[name] for name in DICTIONARIES)
    return long_enough((word for words in lists for word in words), DEFAULT)


def runs() -> Iterator[str]:
    """Yield the runs of up to 26 keys, letters or digits, forwards and backwards."""
    for row in (*ROWS, ascii_lowercase, (digits[1:] + "0") * 4):
        for line in (row, row[::-1]):
            for length in range(SHORTEST, 27):
                yield from (line[i : i + length] for i in range(len(line) - length + 1))


def long_enough(words: Iterable[str], shortest: int) -> set[str]:
    """Return the words of so many characters, without what broke on its way there."""
    whole = re.compile(rf"[!#-~]{{{shortest},}}")
    return {word.casefold() for word in words if whole.fullmatch(word)}


def licence(package: str, name: str) -> str:
    """Return the text of a package's licence."""
    path = next(file for file in files(package) or () if file.name == name)
    return path.read_text(encoding="utf-8")


if __name__ == "__main__":
    main()
