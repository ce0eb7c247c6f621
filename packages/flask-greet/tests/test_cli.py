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
