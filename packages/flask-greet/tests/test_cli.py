from __future__ import annotations

import pytest
from flask import Flask

# What a phrasebook says at seven in the evening.
PHRASES = {
    "ar": "مساء الخير، Ada!",
    "cs": "Dobrý večer, Ada!",
    "da": "Godaften Ada!",
    "de": "Guten Abend, Ada!",
    "el": "Καλησπέρα, Ada!",
    "en": "Good evening, Ada!",
    "es": "¡Buenas tardes, Ada!",
    "fi": "Hyvää iltaa, Ada!",
    "fr": "Bonsoir Ada\u202f!",
    "he": "ערב טוב, Ada!",
    "it": "Buonasera, Ada!",
    "ja": "Adaさん、こんばんは！",
    "ko": "안녕하세요, Ada님!",
    "nb": "God kveld, Ada!",
    "nl": "Goedenavond, Ada!",
    "pl": "Dobry wieczór, Ada!",
    "pt-BR": "Boa noite, Ada!",
    "pt-PT": "Boa noite, Ada!",
    "ro": "Bună seara, Ada!",
    "ru": "Добрый вечер, Ada!",
    "sv": "God kväll Ada!",
    "tr": "İyi akşamlar, Ada!",
    "uk": "Добрий вечір, Ada!",
    "vi": "Chào buổi tối Ada!",
    "zh-Hans": "Ada，晚上好！",
    "zh-Hant": "Ada，晚上好！",
}


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        (["Ada"], "Hello, \u2068Ada\u2069!\n"),
        ([], "Hello there\n"),
        (["\x1b[2J"], "Hello, \u2068[2J\u2069!\n"),
    ],
)
def test_say(app: Flask, arguments: list[str], printed: str) -> None:
    """``flask greet say`` prints plain text that no name can turn into a command."""
    result = app.test_cli_runner().invoke(args=["greet", "say", *arguments])

    assert result.exit_code == 0
    assert result.output == printed


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        (["Ada", "--locale", "cs", "--at", "08:00"], "Dobré ráno, \u2068Ada\u2069!\n"),
        (["Ada", "--locale", "zh-TW", "--at", "20:15"], "\u2068Ada\u2069，晚上好！\n"),
        (["--locale", "de"], "Hallo\n"),
    ],
)
def test_say_in_a_language_at_a_time(
    app: Flask, arguments: list[str], printed: str
) -> None:
    """Language and time of day can be given."""
    result = app.test_cli_runner().invoke(args=["greet", "say", *arguments])

    assert result.output == printed


def test_say_what_a_phrasebook_says(app: Flask) -> None:
    """Each language of the package greets in the evening as its phrasebooks do."""
    runner = app.test_cli_runner()
    heard = {
        language: runner.invoke(
            args=["greet", "say", "Ada", "--locale", language, "--at", "19:00"]
        ).output
        for language in PHRASES
    }

    assert heard == {
        language: said.replace("Ada", "\u2068Ada\u2069") + "\n"
        for language, said in PHRASES.items()
    }


def test_languages(app: Flask) -> None:
    """``flask greet languages`` lists those of the app."""
    app.config["GREET_LANGUAGES"] = ["en", "zh-Hant"]
    result = app.test_cli_runner().invoke(args=["greet", "languages"])

    assert result.output == "en       Hello there\nzh-Hant  你好\n"


def test_help(app: Flask) -> None:
    """``flask greet`` says what it can do."""
    result = app.test_cli_runner().invoke(args=["greet", "--help"])

    assert "Greet people." in result.output
    assert "Print the greeting for NAME" in result.output
    assert "List the languages of this app" in result.output
