"""Measuring in turns: many short rounds, each app in a process of its own.

What else the machine does slows down some rounds, but it seldom slows down those of one
app only. So each round of an app is compared with the round of the yardstick beside it,
and of these ratios the median counts. A process of its own for each app, so that none
pays for another's imports and garbage; started several times, since how a process
happens to lie in memory makes a difference of percents.
"""

from __future__ import annotations

import gc
import multiprocessing
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from statistics import median, quantiles

from .peers import Subject
from .visitor import Clock
from .work import WORK, signed_in_visitor

#: Seconds that a round should take.
_ROUND = 0.01


@dataclass(frozen=True)
class Effort:
    """How much is done to get a figure that holds."""

    #: How often each app is started anew.
    starts: int = 3
    #: Rounds of each start.
    rounds: int = 100


@dataclass(frozen=True)
class Figures:
    """What the rounds of one app came to: seconds for a request."""

    subject: Subject
    times: list[float]
    #: The same, in the rounds beside them, of what they are compared with.
    yardstick: list[float]

    @property
    def microseconds(self) -> float:
        """The median."""
        return 1e6 * median(self.times)

    @property
    def ratio(self) -> float:
        """The median of the ratios to the rounds beside them."""
        return self._ratios[1]

    @property
    def spread(self) -> tuple[float, float]:
        """Between what half of the ratios are."""
        return self._ratios[0], self._ratios[2]

    @property
    def _ratios(self) -> list[float]:
        pairs = zip(self.times, self.yardstick, strict=True)
        return quantiles([own / other for own, other in pairs], n=4)


def compare(
    works: Sequence[str],
    subjects: Sequence[Subject],
    effort: Effort,
    *,
    waits: bool = False,
) -> dict[str, list[Figures]]:
    """Measure the same work of each app; the first is the yardstick.

    :param waits: whether the apps wait for a server, so that what the clock says
        counts, and not the processor's time of a process.
    """
    times = {
        work: [Figures(s, [], []) for s in subjects if s.does(work)] for work in works
    }
    for _ in range(effort.starts):
        with ExitStack() as running:
            apps = {s: running.enter_context(Running(s)) for s in subjects}
            for work, figures in times.items():
                doing = [apps[each.subject] for each in figures]
                for app in doing:
                    app.round(work)  # makes it ready
                for _ in range(effort.rounds):
                    took = [app.round(work)[waits] for app in doing]
                    for each, own in zip(figures, took, strict=True):
                        each.times.append(own)
                        each.yardstick.append(took[0])
    return times


class Running:
    """An app in a process of its own, that does a round of work when told."""

    def __init__(self, subject: Subject) -> None:
        # Not forked: a fork would bring along what this process has imported.
        context = multiprocessing.get_context("spawn")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, subject))
        self._process.start()
        theirs.close()

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_: object) -> None:
        self._ours.close()
        self._process.join()

    def cookie(self) -> str:
        """Sign in, and return what the browser sends from then on."""
        self._ours.send("")
        return str(self._ours.recv())

    def round(self, work: str) -> tuple[float, float]:
        """Return processor and clock time of a request, in seconds."""
        try:
            self._ours.send(work)
            times: tuple[float, float] = self._ours.recv()
        except (EOFError, ConnectionError):
            raise RuntimeError(f"{work}: the app has ended; see above.") from None
        return times


def _serve(ours: Connection, subject: Subject) -> None:
    """Make the app, and do a round of the work that is asked for, until left alone."""
    site = subject.make()
    site.prepare()
    rounds: dict[str, Callable[[], tuple[float, float]]] = {}

    with suppress(EOFError):
        while True:
            work = ours.recv()
            if not work:
                ours.send(signed_in_visitor(site).cookie_header)
                continue
            if work not in rounds:
                rounds[work] = _ready(WORK[work](site))
            ours.send(rounds[work]())


def _ready(clock: Clock) -> Callable[[], tuple[float, float]]:
    """Return what does a round of work that has been done before."""
    clock(2)
    requests = max(1, round(_ROUND / min(clock(1)[1] for _ in range(3))))

    # What is there stays there; only what requests make is looked through.
    gc.collect()
    gc.freeze()

    def one_round() -> tuple[float, float]:
        clock(1)  # the other apps had the caches meanwhile
        return clock(requests)

    return one_round
