"""What a request costs as there is more and more of something."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .databases import Databases
from .measuring import Effort, Figures, compare
from .peers import Subject


@dataclass(frozen=True)
class Growth:
    """What grows, and how the cost should."""

    label: str
    function: str
    work: str
    sizes: Sequence[int]
    #: The highest ratio of the largest to the smallest; none where it grows along.
    promised: float | None = 1.10


ACCOUNTS = [
    Growth(
        "users, each with a session",
        "users",
        "signed in, many",
        (1_000, 10_000, 100_000, 1_000_000),
    ),
    Growth(
        "sessions of one user", "sessions", "signed in, many", (1, 100, 10_000, 100_000)
    ),
    Growth("roles of a user", "roles", "signed in, many", (1, 5, 20, 50), None),
]
OTHERS = [
    Growth("named forms of an app", "named_forms", "shown", (1, 10, 100, 1_000)),
    Growth("forms on a page", "forms_on_a_page", "shown", (1, 5, 20, 50), None),
    Growth("fields of a form", "fields", "shown", (1, 10, 50, 100), None),
    Growth("languages greeted in", "languages", "greeted", (1, 5, 15, 29)),
]


def grow(
    effort: Effort, databases: dict[str, Databases]
) -> Iterator[tuple[str, Growth, list[Figures]]]:
    """Measure each growth, those of accounts on each database.

    :param databases: by the name of the product.
    """
    for growth in ACCOUNTS:
        for product, at in databases.items():
            yield f"{growth.label} ({product})", growth, _measure(growth, effort, at)

    for growth in OTHERS:
        yield growth.label, growth, _measure(growth, effort)


def _measure(
    growth: Growth, effort: Effort, at: Databases | None = None
) -> list[Figures]:
    subjects = []
    for size in growth.sizes:
        where = () if at is None else (at(f"{growth.function}{size}"),)
        subjects.append(
            Subject(f"{size:,}", "growing", growth.function, (*where, size))
        )
    waits = at is not None and not at("any").startswith("sqlite")
    return compare([growth.work], subjects, effort, waits=waits)[growth.work]
