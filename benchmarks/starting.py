"""What it costs to import a package, to start an app, and to keep it in memory.

Each figure is of a fresh process, of which the processor's time is taken.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from .measuring import Running
from .peers import Subject

#: What each package may take, in milliseconds, beyond what it cannot do without.
IMPORT_PROMISED = 15

_IMPORTS = {
    "flask": "sys",
    "flask_greet": "flask, blinker",
    "flask_nameform": "flask, itsdangerous, wtforms",
    "flask_simpleauth": "flask, blinker, itsdangerous, wtforms, flask_nameform",
    "flask_simpleauth.stores.sqlalchemy": (
        "flask, blinker, itsdangerous, wtforms, flask_nameform, flask_simpleauth,"
        " flask_sqlalchemy, sqlalchemy.orm"
    ),
}

_IMPORT = """
import {needed}
from time import process_time
start = process_time()
import {package}
print(process_time() - start)
"""

_SERVE = """
import json, sys, time
from benchmarks.peers import Subject
from benchmarks.starting import resident
from benchmarks.work import public, signed_in
site = Subject(*json.loads(sys.argv[1])).make()
public(site)
started = time.process_time()
signed_in(site)(100)
print(json.dumps([started, resident()]))
"""


@dataclass(frozen=True)
class Start:
    """What an app costs before it has served anybody, and after."""

    label: str
    #: Of the processor, from the start of Python to the first page.
    seconds: float
    #: Kilobytes in memory when it has served a hundred pages; unknown if ``None``.
    resident: int | None


def imports(repeat: int) -> dict[str, tuple[str, float]]:
    """Return what each package cannot do without, and what it takes beyond that.

    :return: in milliseconds.
    """
    programs = {
        package: _IMPORT.format(needed=needed, package=package)
        for package, needed in _IMPORTS.items()
    }
    took: dict[str, list[float]] = {package: [] for package in programs}
    for program in programs.values():
        _run(program)  # compiles it
    for _ in range(repeat):
        for package, program in programs.items():
            took[package].append(float(_run(program)))
    return {p: (_IMPORTS[p], 1000 * median(times)) for p, times in took.items()}


def starts(subjects: Sequence[Subject], repeat: int) -> list[Start]:
    """Return what it takes to start each app, once its database is there."""
    for s in subjects:
        with Running(s) as app:
            app.cookie()
    found: dict[str, list[tuple[float, int | None]]] = {s.label: [] for s in subjects}
    for turn in range(repeat + 1):
        for s in subjects:
            given = json.dumps([s.label, s.module, s.function, s.arguments])
            seconds, kilobytes = json.loads(_run(_SERVE, given))
            if turn:  # the first one compiles
                found[s.label].append((seconds, kilobytes))
    return [
        Start(label, median(seconds for seconds, _ in runs), runs[0][1])
        for label, runs in found.items()
    ]


def resident() -> int | None:
    """Return how many kilobytes of this process are in memory, if Linux tells."""
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    return int(status.read_text().partition("VmRSS:")[2].split()[0])


def _run(program: str, *arguments: str) -> str:
    # What is compiled is kept, as where an app is installed.
    own = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    own.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        check=True,
        capture_output=True,
        text=True,
        env=own,
    )
    return done.stdout
