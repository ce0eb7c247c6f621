"""What each package carries because it must install alone is the same everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("patterns", "number"),
    [
        (["LICENSE", "packages/*/LICENSE"], 4),
        (["packages/*/hatch_build.py"], 3),
        (["packages/*/src/*/config.py"], 3),
        (["packages/*/src/*/layout.py"], 2),
        (["packages/flask-[ns]*/tests/test_catalogs.py"], 2),
        (["packages/*/tests/test_wording.py"], 2),
    ],
    ids=[
        "LICENSE",
        "hatch_build.py",
        "config.py",
        "layout.py",
        "test_catalogs.py",
        "test_wording.py",
    ],
)
def test_copies_are_equal(patterns: list[str], number: int) -> None:
    """All copies of a file are equal, byte for byte."""
    copies = [file.read_bytes() for pattern in patterns for file in ROOT.glob(pattern)]

    assert len(copies) == number
    assert len(set(copies)) == 1
