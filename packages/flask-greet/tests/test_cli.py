from __future__ import annotations

import pytest
from flask import Flask


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
