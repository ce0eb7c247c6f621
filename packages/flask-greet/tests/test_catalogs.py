from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import flask_greet
import pytest
from flask_greet import Greeting
from flask_greet.language import LANGUAGES, find_period, find_phrase

TRANSLATIONS = Path(flask_greet.__file__).parent / "translations"
NAME = "%(name)s"
HOURS = [None, *range(24)]

# What a phrase with a name begins and ends with, where that is not "" and "!".
MARKS = {"es": ("¡", "!"), "fr": ("", "\u202f!")}
MARKS |= dict.fromkeys(["ja", "zh-Hans", "zh-Hant"], ("", "！"))


def phrases(language: str, message: str) -> set[str]:
    """All that is said in a language for a message, at any hour."""
    return {
        find_phrase(
            language, None if hour is None else find_period(language, hour), message
        )
        for hour in HOURS
    }


def folder(language: str) -> Path:
    return TRANSLATIONS / language.replace("-", "_") / "LC_MESSAGES"


SPOKEN = "ar cs da de el en es fi fr he it ja ko nb nl pl pt-BR pt-PT ro ru sv tr uk vi"
SPOKEN += " zh-Hans zh-Hant"


def test_languages_have_catalogs() -> None:
    """Each language has a catalog, compiled, and each catalog is a language."""
    assert list(LANGUAGES) == SPOKEN.split()
    assert {path.name.replace("_", "-") for path in TRANSLATIONS.iterdir()} == set(
        LANGUAGES
    )
    for language in LANGUAGES:
        assert (folder(language) / "flask_greet.mo").is_file()


@pytest.mark.parametrize("language", LANGUAGES)
def test_language_speaks_for_itself(language: str) -> None:
    """Each language has its own phrase for any time, with and without a name."""
    english = {"Hello there", "Hello, %(name)s!"}
    own = {find_phrase(language, None, message) for message in english}

    assert len(own) == 2
    assert language == "en" or not own & english


@pytest.mark.parametrize("language", LANGUAGES)
def test_people_with_and_without_a_name_hear_the_same(language: str) -> None:
    """At no hour is one of them greeted by the hour and the other as at any time."""
    for hour in range(24):
        period = find_period(language, hour)
        timed = [
            find_phrase(language, period, message)
            != find_phrase(language, None, message)
            for message in ("Hello there", "Hello, %(name)s!")
        ]
        assert len(set(timed)) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_entries_are_those_of_the_hours(language: str) -> None:
    """A catalog asks for the parts of the day that its language has, and no others."""
    text = (folder(language) / "flask_greet.po").read_text(encoding="utf-8")
    contexts = re.findall(r'msgctxt "(.*)"', text)

    assert {*contexts} == {find_period(language, hour) for hour in range(24)}
    assert len(contexts) == 2 * len({*contexts})


@pytest.mark.parametrize("language", LANGUAGES)
def test_header_says_who_has_read_it(language: str) -> None:
    """A catalog names its reviewer, or says that there is none."""
    text = (folder(language) / "flask_greet.po").read_text(encoding="utf-8")

    assert re.search(r'^"Reviewed-By: .+\\n"$', text, re.MULTILINE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_phrases_are_plain_text(language: str) -> None:
    """The name is kept once where there is one, and nothing looks like markup."""
    for phrase in phrases(language, "Hello, %(name)s!"):
        assert phrase.count(NAME) == 1
        assert not set(phrase.replace(NAME, "")) & set("%<>&{}\"'")
    for phrase in phrases(language, "Hello there"):
        assert not set(phrase) & set("%<>&{}\"'!！¡.。")


@pytest.mark.parametrize("language", LANGUAGES)
def test_punctuation_is_the_languages_own(language: str) -> None:
    """A phrase with a name is punctuated as its language does it."""
    begin, end = MARKS.get(language, ("", "!"))

    for phrase in phrases(language, "Hello, %(name)s!"):
        rest = phrase.removeprefix(begin).removesuffix(end)

        assert phrase == f"{begin}{rest}{end}"
        assert not set(rest) & set("!！¡\u202f")
        if language in ("ja", "zh-Hans", "zh-Hant", "ar"):
            assert "," not in rest


@pytest.mark.parametrize("language", LANGUAGES)
def test_direction_is_that_of_the_letters(language: str) -> None:
    """The direction is the one that the phrase's own letters have."""
    said = str(Greeting(locale=language))
    strong = {unicodedata.bidirectional(character) for character in said} & {
        "L",
        "R",
        "AL",
    }

    assert strong == (
        {"L"} if Greeting(locale=language).dir == "ltr" else strong - {"L"}
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_sent_to_bed(language: str) -> None:
    """What is said on parting at night is no greeting."""
    farewells = {"Good night", "Gute Nacht", "God natt", "Godnat", "Dobrou noc"}
    farewells |= {"Dobranoc", "Buonanotte", "Buona notte", "Bonne nuit", "Welterusten"}
    farewells |= {"Hyvää yötä", "Noapte bună", "Спокойной ночи", "На добраніч"}
    farewells |= {
        "Καληνύχτα",
        "İyi geceler",
        "おやすみなさい",
        "晚安",
        "안녕히 주무세요",
    }
    farewells |= {"Chúc ngủ ngon", "تصبح على خير", "לילה טוב", "Goedenacht"}

    assert not phrases(language, "Hello there") & farewells
