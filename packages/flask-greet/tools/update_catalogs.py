"""Brings the hours of all languages and the questions to their translators up to date.

Run by ``tox -e i18n``. Writes ``languages.json`` from the day periods of CLDR, as the
installed Babel carries them, and gives each ``.po`` file one entry for each part of the
day its language knows. Phrases are kept. To add a language, make its folder in
``translations`` (``pt_BR``, ``zh_Hant``) with an empty ``flask_greet.po``, and run it.
"""

from __future__ import annotations

import json
import re
from datetime import time
from itertools import groupby
from pathlib import Path

from babel import Locale
from babel.dates import get_period_id
from babel.messages.pofile import normalize, read_po

PACKAGE = Path(__file__).parents[1] / "src" / "flask_greet"

PERIODS = {
    "m": "morning1",
    "M": "morning2",
    "a": "afternoon1",
    "A": "afternoon2",
    "e": "evening1",
    "E": "evening2",
    "n": "night1",
    "N": "night2",
}

# The tags that mean a language where truncating them does not say so (CLDR: aliases,
# likely subtags and parent locales).
OTHER_TAGS = {
    "he": ["iw"],
    "nb": ["no", "nn"],
    "pt-BR": ["pt"],
    "pt-PT": [f"pt-{land}" for land in ("ao", "ch", "cv", "gq", "gw", "lu", "mo")]
    + [f"pt-{land}" for land in ("mz", "st", "tl")],
    "zh-Hans": ["zh"],
    "zh-Hant": ["zh-hk", "zh-mo", "zh-tw"],
}

MESSAGES = ("Hello there", "Hello, %(name)s!")

HEADER = """\
# {language}
#
# Each phrase is one that people say on meeting, and to anybody. Where not everybody
# would agree on one it is left empty, and the one for any time is said instead.
msgid ""
msgstr ""
"Project-Id-Version: Flask-Greet\\n"
"Language: {locale}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Reviewed-By: {reviewer}\\n"
"""


def find_periods(locale: str) -> list[str]:
    """Return the part of the day of each hour, not the points noon, midnight."""
    return [get_period_id(time(h), locale=locale, type="selection") for h in range(24)]


def find_times(periods: list[str]) -> dict[str, str]:
    """Say of each part of the day when it is."""
    times: dict[str, list[str]] = {}

    for period, group in groupby(range(24), key=lambda hour: periods[hour]):
        hours = list(group)
        times.setdefault(period, []).append(f"{hours[0]}:00 to {hours[-1]}:59")

    return {period: ", ".join(spans) for period, spans in times.items()}


def update(po: Path, locale: str, periods: list[str]) -> None:
    """Write the file again: the entries it should have, the phrases it has."""
    old = read_po(po.open("rb"))
    reviewer = re.search(r'"Reviewed-By: (.*)\\n"', po.read_text(encoding="utf-8"))
    text = HEADER.format(
        language=Locale.parse(locale).english_name,
        locale=locale,
        reviewer=reviewer[1] if reviewer else "none",
    )

    for context, when in {"": "At any time.", **find_times(periods)}.items():
        for message in MESSAGES:
            known = old.get(message, context or None)
            text += f"\n#. {when}\n"
            text += "#, python-format\n" if "%" in message else ""
            text += f"msgctxt {normalize(context)}\n" if context else ""
            text += f"msgid {normalize(message)}\n"
            text += f"msgstr {normalize(known.string if known else '')}\n"

    po.write_text(text, encoding="utf-8")


def main() -> None:
    """Update all files."""
    letters = {period: letter for letter, period in PERIODS.items()}
    languages: dict[str, dict[str, object]] = {}

    for po in sorted(PACKAGE.glob("translations/*/LC_MESSAGES/flask_greet.po")):
        locale = po.parts[-3]
        periods = find_periods(locale)
        update(po, locale, periods)
        tag = locale.replace("_", "-")
        languages[tag] = {
            "dir": Locale.parse(locale).text_direction,
            "hours": "".join(letters[period] for period in periods),
            "tags": [tag.lower(), *OTHER_TAGS.get(tag, [])],
        }

    data = {"languages": languages, "periods": PERIODS}
    (PACKAGE / "languages.json").write_text(json.dumps(data, indent=2) + "\n")


if __name__ == "__main__":
    main()
