"""What Flask-Greet's README says is shown in a file, by a test, is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
GREET = ROOT / "packages" / "flask-greet"
ROW = re.compile(r"^\|.*\| `([\w.]+)` \| `(test_\w+)` \|$", re.MULTILINE)


def test_files_and_tests_of_the_guide_exist() -> None:
    """Each line about Flask's guide names a file and a test that there are."""
    rows = ROW.findall((GREET / "README.md").read_text(encoding="utf-8"))
    tests = [*ROOT.glob("tests/*/test_*.py"), *GREET.glob("tests/test_*.py")]
    written = "\n".join(test.read_text(encoding="utf-8") for test in tests)

    assert len(rows) >= 20
    for file, test in rows:
        assert (GREET / file).exists() or (GREET / "src/flask_greet" / file).exists()
        assert f"def {test}(" in written
