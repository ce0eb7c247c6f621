"""Each program in a README and in the documentation runs as it stands, and is typed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("README.md"), *ROOT.glob("packages/*/README.md")])
PAGES += sorted(ROOT.glob("docs/**/*.md"))
PROGRAM = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def find_programs() -> Iterator[tuple[str, str]]:
    """Find each program, and name it after its place."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        place = re.sub(r"\W", "_", str(page.relative_to(ROOT).with_suffix("")))
        for program in PROGRAM.finditer(text):
            line = text.count("\n", 0, program.start(1)) + 1
            yield f"{place}_line_{line}", program[1]


PROGRAMS = dict(find_programs())

VISIT = """
import pytest

# A program closes no connections at its end, which the process does.
unclosed = "ignore::pytest.PytestUnraisableExceptionWarning"
options = ["--quiet", "-p", "no:cacheprovider", "-W", "error", "-W", unclosed]
code = pytest.main([*options, "{name}.py"])
assert code in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED), code

import {name} as program

app = program.create_app() if hasattr(program, "create_app") else program.app
app.testing = True
status = app.test_client().get("/").status_code
assert status < 500, status
"""


def run(*arguments: str, cwd: Path) -> None:
    """Run Python, and show what it printed if it fails."""
    redis = os.environ.get("TEST_REDIS_URL")
    result = subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env={**os.environ, "REDIS_URL": redis} if redis else None,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, f"{result.stdout}\n{result.stderr}"


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_runs(name: str, tmp_path: Path) -> None:
    """Its tests pass, and once more, and the front page, if any, is no error."""
    (tmp_path / f"{name}.py").write_text(PROGRAMS[name], encoding="utf-8")
    for _ in range(2 if "def test_" in PROGRAMS[name] else 1):
        run("-W", "error", "-c", VISIT.format(name=name), cwd=tmp_path)


def test_programs_are_typed(tmp_path: Path) -> None:
    """mypy has nothing to say about any program of ours in strict mode."""
    for name, source in PROGRAMS.items():
        (tmp_path / f"{name}.py").write_text(source, encoding="utf-8")
    for program in ROOT.glob("docs/moving/programs/*_after.py"):
        copy(program, tmp_path)
    run("-m", "mypy", "--strict", "--python-version=3.10", ".", cwd=tmp_path)
