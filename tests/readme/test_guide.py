"""What is said to be shown in a file of Flask-Greet, or by a test, is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
GREET = ROOT / "packages" / "flask-greet"
ROW = re.compile(r"^\|.*\| `([\w.]+)` \| `(test_\w+)` \|$", re.MULTILINE)


def written_tests() -> str:
    """Return all tests of Flask-Greet, and of what crosses packages."""
    tests = [*ROOT.glob("tests/*/test_*.py"), *GREET.glob("tests/test_*.py")]
    return "\n".join(test.read_text(encoding="utf-8") for test in tests)


def test_files_and_tests_of_the_guide_exist() -> None:
    """Each line about Flask's guide names a file and a test that there are."""
    rows = ROW.findall((GREET / "README.md").read_text(encoding="utf-8"))
    written = written_tests()

    assert len(rows) >= 20
    for file, test in rows:
        assert (GREET / file).exists() or (GREET / "src/flask_greet" / file).exists()
        assert f"def {test}(" in written


def test_each_mistake_has_a_test() -> None:
    """The tutorial names no test that is not there."""
    page = (ROOT / "docs" / "extension.md").read_text(encoding="utf-8")
    named = re.findall(r"`(test_\w+)`", page)
    written = written_tests()

    assert len(named) >= 10
    assert [name for name in named if f"def {name}(" not in written] == []
