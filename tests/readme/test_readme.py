"""Each program in a README is complete: it runs as it stands, and is typed."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from flask import Flask

ROOT = Path(__file__).parents[2]
READMES = sorted([*ROOT.glob("README.md"), *ROOT.glob("packages/*/README.md")])
PROGRAM = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def find_programs() -> Iterator[tuple[str, str]]:
    """Find each program, and name it after its place."""
    for readme in READMES:
        text = readme.read_text(encoding="utf-8")
        for program in PROGRAM.finditer(text):
            line = text.count("\n", 0, program.start(1)) + 1
            yield f"{readme.parent.name.replace('-', '_')}_line_{line}", program[1]


PROGRAMS = dict(find_programs())


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_runs(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program makes an app, and its front page, if there is one, is no error."""
    file = tmp_path / f"{name}.py"
    file.write_text(PROGRAMS[name], encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    spec = spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, module)
    spec.loader.exec_module(module)

    app: Flask = module.create_app() if hasattr(module, "create_app") else module.app
    app.testing = True

    assert app.test_client().get("/").status_code < 500


def test_programs_are_typed(tmp_path: Path) -> None:
    """mypy has nothing to say about any program in strict mode."""
    for name, source in PROGRAMS.items():
        (tmp_path / f"{name}.py").write_text(source, encoding="utf-8")

    mypy = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--python-version=3.10", tmp_path],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert mypy.returncode == 0, mypy.stdout + mypy.stderr
