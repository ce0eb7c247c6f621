"""The results as Markdown, each row with what is promised beside it."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path

from .growth import Growth
from .measuring import Effort, Figures
from .profiles import Comparison
from .rows import Group
from .serving import Throughput
from .starting import IMPORT_PROMISED, Start

#: What a measurement is good for.
_TOLERANCE = 0.02

#: Microseconds; a difference that no profile shows reliably.
_SMALL = 2

_LIBRARIES = (
    "Flask",
    "Werkzeug",
    "Jinja2",
    "WTForms",
    "SQLAlchemy",
    "Flask-SQLAlchemy",
    "psycopg",
    "Flask-Login",
    "Flask-WTF",
    "Bootstrap-Flask",
    "Flask-Security",
    "Django",
    "gunicorn",
)


def heading(effort: Effort) -> str:
    """Return what was measured, where, when, and how to do it again."""
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    day, cores = f"{date.today():%d %B %Y}", os.cpu_count()
    rounds = f"{effort.starts} x {effort.rounds}"
    busy = f"load {os.getloadavg()[1]:.1f} at the start"
    where = f"{_processor()}, {cores} cores, {platform.system()}, {busy}"
    return f"""# Benchmarks

What the three packages cost, beside Flask by hand and beside their peers, all doing the
same work. Each app is set up as its documentation says is best; `benchmarks/peers/`
says what that is. `tox -e bench -- --write docs/benchmarks` measures everything anew
and writes this page; `TEST_POSTGRESQL_URL` names a server for the rows on PostgreSQL.

Measured on {day}: {where}, Python {platform.python_version()}; {libraries}.

A ratio is to the first app of its group: the median over {rounds} short rounds, which
the apps do in turns, each in a process of its own, and in brackets between what half of
the rounds were. Where an app waits for PostgreSQL it is time on the clock, else time of
the processor. **At most** is what is promised; it is kept if it is within {_TOLERANCE}.
"""


def _processor() -> str:
    file = Path("/proc/cpuinfo")
    text = file.read_text() if file.exists() else ""
    name = text.partition("model name")[2].partition("\n")[0].strip("\t :")
    return name or platform.processor() or platform.machine()


def comparison(group: Group, found: Mapping[str, Sequence[Figures]]) -> str:
    """Return the rows of a group."""
    lines = []
    for row in group.rows:
        label = row.label
        for each in found[row.work]:
            promised = row.promised.get(each.subject.label)
            ratio, (low, high) = each.ratio, each.spread
            is_first = each is found[row.work][0]
            lines.append(
                (
                    label,
                    each.subject.label,
                    _microseconds(each.microseconds),
                    "1" if is_first else f"{ratio:.2f} ({low:.2f} to {high:.2f})",
                    *_verdict(ratio, promised),
                )
            )
            label = ""
    header = ("work", "app", "time", "ratio", "at most", "kept")
    return _section(group.title, header, lines)


def shares(found: Iterable[Comparison]) -> str:
    """Return what is spent in each library, on each row that has a promise."""
    lines = []
    for each in found:
        label = each.row.label
        for name in each.libraries:
            before, ours = each.yardstick.get(name, 0), each.ours.get(name, 0)
            if abs(ours - before) < _SMALL:
                continue
            numbers = f"{before:.0f} us", f"{ours:.0f} us", f"{ours - before:+.0f} us"
            lines.append((label, f"`{name}`", *numbers))
            label = ""
    header = ("work", "spent in", "Flask by hand", "ours", "more")
    return _section("Where the time goes", header, lines)


def growths(grown: Iterable[tuple[str, Growth, Sequence[Figures]]]) -> str:
    """Return what each size costs, and the largest to the smallest."""
    lines = []
    for label, growth, figures in grown:
        sizes = ", ".join(
            f"{each.subject.label}: {_microseconds(each.microseconds)}"
            for each in figures
        )
        ratio = figures[-1].ratio
        promised = growth.promised
        at_most = ("linear", "") if promised is None else _verdict(ratio, promised)
        lines.append((label, sizes, f"{ratio:.2f}", *at_most))
    header = ("number of", "time for a request", "ratio", "at most", "kept")
    return _section("Growth", header, lines)


def throughputs(found: Mapping[tuple[str, str], Throughput]) -> str:
    """Return how many requests each app served, and how late some were."""
    lines = [
        (
            page,
            label,
            f"{each.per_second:,.0f}",
            f"{each.half:.1f} ms",
            f"{each.most:.1f} ms",
        )
        for (page, label), each in found.items()
    ]
    header = ("work", "app", "requests a second", "half within", "99 % within")
    return _section("Behind gunicorn, two workers, to who has signed in", header, lines)


def import_times(found: Mapping[str, tuple[str, float]]) -> str:
    """Return what each package takes to import."""
    lines = [
        (
            f"`{package}`",
            needed,
            f"{milliseconds:.1f} ms",
            *_import_verdict(package, milliseconds),
        )
        for package, (needed, milliseconds) in found.items()
    ]
    header = ("import", "beyond", "time", "at most", "kept")
    return _section("Imports", header, lines)


def start_times(found: Sequence[Start]) -> str:
    """Return what each app takes to start, and in memory."""
    lines = [
        (
            each.label,
            f"{1000 * each.seconds:.0f} ms",
            "unknown" if each.resident is None else f"{each.resident / 1024:.0f} MB",
        )
        for each in found
    ]
    header = ("app", "until the first page", "a worker in memory")
    return _section("Start and memory", header, lines)


def _import_verdict(package: str, milliseconds: float) -> tuple[str, str]:
    if not package.startswith("flask_"):
        return "", ""
    return f"{IMPORT_PROMISED} ms", _word(milliseconds <= IMPORT_PROMISED)


def _verdict(ratio: float, promised: float | None) -> tuple[str, str]:
    if promised is None:
        return "", ""
    return f"{promised:.2f}", _word(ratio <= promised + _TOLERANCE)


def _word(is_kept: bool) -> str:
    return "yes" if is_kept else "**no**"


def _microseconds(number: float) -> str:
    return f"{number / 1000:.1f} ms" if number >= 10_000 else f"{number:.0f} us"


def _section(title: str, header: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    rule = ["---"] * len(header)
    table = "\n".join(f"| {' | '.join(line)} |" for line in (header, rule, *lines))
    return f"\n## {title}\n\n{table}\n"


def say(text: str) -> None:
    """Print at once, since what comes next may take a while."""
    sys.stdout.write(text)
    sys.stdout.flush()
