"""Each program in a README and in the documentation runs as it stands, and is typed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

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
import {name} as program

for name in dir(program):
    if name.startswith("test_"):
        getattr(program, name)()

app = program.create_app() if hasattr(program, "create_app") else program.app
app.testing = True
status = app.test_client().get("/").status_code
assert status < 500, status
"""


def save_programs(folder: Path) -> None:
    for name, source in PROGRAMS.items():
        (folder / f"{name}.py").write_text(source, encoding="utf-8")


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
    """The tests in it pass, and the front page, if there is one, is no error."""
    save_programs(tmp_path)
    run("-W", "error", "-c", VISIT.format(name=name), cwd=tmp_path)


def test_programs_are_typed(tmp_path: Path) -> None:
    """mypy has nothing to say about any program in strict mode."""
    save_programs(tmp_path)
    run("-m", "mypy", "--strict", "--python-version=3.10", ".", cwd=tmp_path)
