"""What takes few lines, in the programs of the READMEs as ruff formats them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PACKAGES = Path(__file__).parents[2] / "packages"


def lines_of(package: str, mark: str) -> int:
    """Count the lines, blank ones apart, of the first program that has the mark."""
    text = PACKAGES.joinpath(package, "README.md").read_text(encoding="utf-8")
    programs = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    program = next(program for program in programs if mark in program)
    return sum(bool(line.strip()) for line in program.splitlines())


@pytest.mark.parametrize(
    ("package", "mark", "most"),
    [
        ("flask-nameform", "handler=lambda form", 10),
        ("flask-nameform", '@forms.handler("name"', 11),
        ("flask-simpleauth", '@auth.login_required(role="admin")', 12),
        ("flask-simpleauth", "class User(Base)", 25),
    ],
    ids=["a form", "a form with a handler", "accounts", "accounts with an own class"],
)
def test_programs_are_short(package: str, mark: str, most: int) -> None:
    """A whole program of its kind has at most so many lines."""
    assert lines_of(package, mark) <= most


def test_a_second_form_takes_few_lines_more() -> None:
    """Six of Python and one of HTML, with its import, its class and its handler."""
    first = lines_of("flask-nameform", "handler=lambda form")
    both = lines_of("flask-nameform", "class ColourForm(Form)")
    assert both - first <= 6 + 1
