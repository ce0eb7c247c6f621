"""What is said about a row of the standard, and about all of them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .rehearsal import Rehearsal


#: The cure where the app could not have done better.
OURS = "That is in our own code: please report it as a vulnerability."


class Verdict(Enum):
    """Whether a row is met."""

    MET = "pass"
    NOT_MET = "fail"
    NOT_APPLICABLE = "n/a"


@dataclass(frozen=True)
class Finding:
    """What was seen when a row was looked at."""

    verdict: Verdict
    #: What was looked at, and what came of it.
    seen: str
    #: What to do, where something is to be done.
    cure: str = ""


def met(seen: str) -> Finding:
    """Return that a row is met."""
    return Finding(Verdict.MET, seen)


def not_met(seen: str, cure: str) -> Finding:
    """Return that a row is not met, and what would help."""
    return Finding(Verdict.NOT_MET, seen, cure)


def not_applicable(seen: str) -> Finding:
    """Return that there is nothing in the app a row could be about; say how we know."""
    return Finding(Verdict.NOT_APPLICABLE, seen)


#: Looks at the app.
Look = Callable[["Rehearsal"], Finding]


@dataclass(frozen=True)
class Row:
    """A requirement of the standard."""

    number: str
    #: 1 for every application, 2 for most, 3 for those with the highest needs.
    level: int
    #: Our own short words for it.
    title: str
    look: Look


def row(number: str, level: int, title: str) -> Callable[[Look], Row]:
    """Make a row of the function that looks whether it is met."""
    return lambda look: Row(number, level, title, look)


@dataclass(frozen=True)
class RowResult:
    """A row, and what was found."""

    row: Row
    finding: Finding
    #: Whether it is known, and accepted, that it is not met.
    is_accepted: bool = False

    @property
    def fails(self) -> bool:
        """Whether the app should not pass with this."""
        return self.finding.verdict is Verdict.NOT_MET and not self.is_accepted

    def as_json(self) -> dict[str, Any]:
        """Return the same as JSON has it."""
        return {
            "row": self.row.number,
            "level": self.row.level,
            "title": self.row.title,
            "verdict": self.finding.verdict.value,
            "accepted": self.is_accepted,
            "seen": self.finding.seen,
            "cure": self.finding.cure,
        }


@dataclass(frozen=True)
class Report:
    """All rows that were looked at."""

    results: tuple[RowResult, ...]
    #: Rows above it are told, and do not count.
    level: int

    @property
    def failures(self) -> list[RowResult]:
        """What keeps the app from passing."""
        return [r for r in self.results if r.fails and r.row.level <= self.level]

    @property
    def accepted_in_vain(self) -> list[str]:
        """The numbers that were accepted though they are not failing."""
        return [
            result.row.number
            for result in self.results
            if result.is_accepted and result.finding.verdict is not Verdict.NOT_MET
        ]

    def count(self, verdict: Verdict) -> int:
        """Return how many rows of the levels that count have this verdict."""
        return sum(
            result.finding.verdict is verdict
            for result in self.results
            if result.row.level <= self.level
        )

    def as_json(self) -> dict[str, Any]:
        """Return the same as JSON has it."""
        return {
            "standard": "OWASP ASVS 5.0.0",
            "level": self.level,
            "ok": not self.failures,
            **{verdict.value: self.count(verdict) for verdict in Verdict},
            "rows": [result.as_json() for result in self.results],
        }


def in_hours(duration: timedelta) -> str:
    """Return how long that is, in hours or in days."""
    hours = duration.total_seconds() / 3600
    return f"{hours / 24:g} days" if hours >= 48 else f"{hours:g} hours"


def in_words(names: Collection[str]) -> str:
    """Return names in a sentence: "a, b and c"."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
