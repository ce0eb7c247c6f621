"""The languages: which one somebody reads, its parts of the day, its phrases."""

from __future__ import annotations

import gettext
import json
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

_HERE = Path(__file__).parent
_DATA = json.loads((_HERE / "languages.json").read_text(encoding="utf-8"))

#: The languages there are phrases of, by tag (BCP 47): of each the direction, the other
#: tags that mean it, and a letter per hour that stands for a part of the day.
LANGUAGES: dict[str, dict[str, Any]] = _DATA["languages"]


@lru_cache
def find_language(asked: str, offered: tuple[str, ...]) -> str | None:
    """Return the offered language that serves best, or ``None``.

    :param asked: a language tag, or a list of them as in ``Accept-Language``.
    :param offered: the tags to choose from.
    """
    accepted = parse_accept_header(asked, LanguageAccept)
    found = (_look_up(tag, offered) for tag, quality in accepted if quality > 0)
    return next(filter(None, found), None)


def _look_up(tag: str, offered: tuple[str, ...]) -> str | None:
    """Look a tag up by truncating it (RFC 4647, section 3.4).

    At last any variety of the language is nearer than another language.
    """
    offers = {offer.partition("-")[0]: offer for offer in offered}
    offers |= {tag: offer for offer in offered for tag in LANGUAGES[offer]["tags"]}
    tag = tag.replace("_", "-").lower()

    while tag and tag not in offers:
        tag = tag.rpartition("-")[0]

    return offers.get(tag)


def find_period(language: str, hour: int) -> str:
    """Return the id (CLDR) of the part of the day that an hour belongs to.

    An id means other hours in each language: Spanish ``evening1`` begins at noon.
    """
    return str(_DATA["periods"][LANGUAGES[language]["hours"][hour]])


@cache
def find_phrase(language: str, period: str | None, message: str) -> str:
    """Return a message as it is said in this part of the day.

    Where the language has no phrase for the period, its phrase for any time is said:
    never another language's.
    """
    catalog = _catalog(language)
    phrase = catalog.pgettext(period, message) if period else message
    return catalog.gettext(message) if phrase == message else phrase


@cache
def _catalog(language: str) -> gettext.NullTranslations:
    names = [language.replace("-", "_")]
    return gettext.translation("flask_greet", _HERE / "translations", names)
