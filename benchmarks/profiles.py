"""Where the time of a request goes, library by library: why a promise is not kept.

A profiler slows down what makes many calls more than what makes few, so these are
shares, laid out over the time that the same requests take unobserved.
"""

from __future__ import annotations

import multiprocessing
import pstats
import re
import sysconfig
from collections import defaultdict
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from cProfile import Profile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .peers import Subject
from .rows import Group, Row
from .work import WORK

_REQUESTS = 500

#: A function, as the profiler names it: its file, its line, its name.
_Function = tuple[str, int, str]
#: What it knows of one: calls of two kinds, own seconds, and those with all it calls.
_Cost = tuple[int, int, float, float]

_OURS = re.compile(r"[/\\]src[/\\](flask_\w+)[/\\]")
_INSTALLED = re.compile(r"[/\\]site-packages[/\\]([^/\\.]+)")
_STANDARD = sysconfig.get_path("stdlib")
_HERE = str(Path(__file__).parent)


@dataclass(frozen=True)
class Comparison:
    """What two apps spend on the same work: microseconds a request, by library."""

    row: Row
    yardstick: Mapping[str, float]
    ours: Mapping[str, float]

    @property
    def libraries(self) -> list[str]:
        """All there are, those on which we spend the most more first."""
        names = {*self.yardstick, *self.ours}
        return sorted(
            names, key=lambda n: self.yardstick.get(n, 0) - self.ours.get(n, 0)
        )


def profile(group: Group) -> Iterator[Comparison]:
    """Profile each row of a group that something is promised for."""
    for row in group.rows:
        for label in row.promised:
            apps = (s for s in group.subjects if s.label == label)
            both = (group.subjects[0], next(apps))
            yield Comparison(row, *(_in_a_process(each, row.work) for each in both))


def _in_a_process(subject: Subject, work: str) -> dict[str, float]:
    # Of its own, as where requests are timed.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(time_by_library, subject, work).result()


def time_by_library(subject: Subject, work: str) -> dict[str, float]:
    """Return the microseconds of a request that are spent in each library."""
    site = subject.make()
    site.prepare()
    clock = WORK[work](site)
    clock(_REQUESTS // 10)
    unobserved = min(clock(_REQUESTS)[0] for _ in range(3))

    profiler = Profile()
    profiler.runcall(clock, _REQUESTS)
    seconds: dict[str, float] = defaultdict(float)
    for library, own in _shares(pstats.Stats(profiler)):
        seconds[library] += own

    scale = 1e6 * unobserved / sum(seconds.values())
    return {name: scale * own for name, own in seconds.items()}


def _shares(stats: pstats.Stats) -> Iterator[tuple[str, float]]:
    """Yield libraries, and seconds spent in one of their functions."""
    functions: dict[_Function, tuple[Any, Any, float, Any, dict[_Function, _Cost]]]
    functions = stats.stats  # type: ignore[attr-defined] # not in its stub
    for (file, _, _), (_, _, own, _, callers) in functions.items():
        if file == "~":  # built in, and so a part of who calls it
            for (caller, _, _), (_, _, seconds, _) in callers.items():
                yield _library(caller), seconds
        else:
            yield _library(file), own


def _library(file: str) -> str:
    found = _OURS.search(file) or _INSTALLED.search(file)
    if found:
        return found[1]
    if file.startswith(_HERE):
        return "the app"
    is_python = file.startswith((_STANDARD, "<")) or file == "~"
    return "Python" if is_python else "templates"
