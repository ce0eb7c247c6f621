"""Measure, print a table, and write it with its plots where it is asked for."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from . import report, rows, serving, starting
from .databases import Databases, on_postgresql, on_sqlite, postgresql_server
from .growth import Growth, grow
from .measuring import Effort, Figures, compare
from .plots import plot_growth, plot_ratios
from .profiles import profile

PARTS = ("requests", "profiles", "imports", "starts", "throughput", "growth")


class Run:
    """One run of the benchmarks; each part gives the sections of the report."""

    def __init__(self, effort: Effort, databases: dict[str, Databases]) -> None:
        self._effort = effort
        self._databases = databases
        self.rows: dict[str, Sequence[Figures]] = {}
        self.grown: list[tuple[str, Growth, list[Figures]]] = []

    def _groups(self) -> list[rows.Group]:
        return [
            rows.on_sqlite(self._databases["SQLite"]),
            rows.forms(),
            rows.greetings(),
        ]

    def requests(self) -> Iterator[str]:
        """Compare what a request costs."""
        groups = self._groups()
        if "PostgreSQL" in self._databases:
            groups.insert(1, rows.on_postgresql(self._databases["PostgreSQL"]))
        for group in groups:
            yield self._compared(group, self._effort)

        # What hashes takes its time, and needs no thousand of rounds.
        few = Effort(1, max(2, self._effort.rounds // 10))
        yield self._compared(rows.hashing(self._databases["SQLite"]), few)

    def profiles(self) -> Iterator[str]:
        """Look where the time goes."""
        found = [each for group in self._groups() for each in profile(group)]
        yield report.shares(found)

    def _compared(self, group: rows.Group, effort: Effort) -> str:
        works = [row.work for row in group.rows]
        found = compare(works, group.subjects, effort, waits=group.waits)
        product = ", PostgreSQL" if group.waits else ""
        self.rows.update((row.label + product, found[row.work]) for row in group.rows)
        return report.comparison(group, found)

    def imports(self) -> Iterator[str]:
        """Time imports."""
        yield report.import_times(starting.imports(max(1, self._effort.rounds // 5)))

    def starts(self) -> Iterator[str]:
        """Time starts, and look at memory."""
        apps = rows.accounts(self._databases["SQLite"])
        found = starting.starts(apps, max(1, self._effort.rounds // 20))
        yield report.start_times(found)

    def throughput(self) -> Iterator[str]:
        """Serve with gunicorn."""
        reason = serving.missing_tool()
        if reason is not None:
            yield f"\nBehind gunicorn nothing was measured: {reason}.\n"
            return
        apps = rows.accounts(self._databases["SQLite"])
        seconds, rounds = (3, 3) if self._effort.rounds >= 50 else (1, 1)
        yield report.throughputs(serving.throughput(apps, seconds, rounds))

    def growth(self) -> Iterator[str]:
        """Let things grow."""
        effort = Effort(self._effort.starts, max(2, self._effort.rounds // 2))
        self.grown.extend(grow(effort, self._databases))
        yield report.growths(self.grown)

    def write(self, text: str, folder: Path) -> None:
        """Keep what was printed, with its plots, in a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        page = text + self.plot(folder)
        (folder / "README.md").write_text(page, encoding="utf-8")

    def plot(self, folder: Path) -> str:
        """Draw what was measured, and return the sections that show it."""
        text = ""
        if self.rows:
            ours = [name for each in self.rows.values() for name in _ours(each)]
            plot_ratios(self.rows, ours, folder / "ratios.svg")
            text += "\n![The ratios of all rows, as bars.](ratios.svg)\n"
        if self.grown:
            plot_growth(self.grown, folder / "growth.svg")
            text += "\n![Time for a request as things grow.](growth.svg)\n"
        return text


def _ours(figures: Sequence[Figures]) -> Iterator[str]:
    return (each.subject.label for each in figures if each.subject.module == "ours")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser("benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(PARTS))
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--starts", type=int, default=3)
    parser.add_argument("--write", type=Path, metavar="FOLDER")
    given = parser.parse_args(arguments)
    effort = Effort(given.starts, given.rounds)
    text = report.heading(effort)
    report.say(text)

    with ExitStack() as stack:
        databases = {"SQLite": stack.enter_context(on_sqlite())}
        server = postgresql_server()
        if server is None:
            report.say("\nNothing on PostgreSQL: TEST_POSTGRESQL_URL is not set.\n")
        else:
            databases["PostgreSQL"] = stack.enter_context(on_postgresql(server))
        run = Run(effort, databases)

        for part in given.parts or PARTS:
            measure: Callable[[], Iterator[str]] = getattr(run, part)
            for section in measure():
                report.say(section)
                text += section
            if given.write is not None:  # after each part, so that nothing is lost
                run.write(text, given.write)


if __name__ == "__main__":
    main()
