"""The benchmarks still run; what they find in so few rounds is not looked at."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks import load, report
from benchmarks.__main__ import main
from benchmarks.databases import on_sqlite
from benchmarks.growth import ACCOUNTS, OTHERS, Growth
from benchmarks.measuring import Effort, Figures, Running, compare
from benchmarks.peers import Subject
from benchmarks.plots import plot_growth, plot_ratios
from benchmarks.profiles import profile
from benchmarks.rows import Group, forms, greetings
from benchmarks.rows import on_sqlite as accounts

ONCE = Effort(starts=1, rounds=2)
SUBJECT = Subject("By hand", "by_hand", "form")


def test_each_app_does_its_work() -> None:
    """Each app answers each kind of work as it should, or it would not be measured."""
    with on_sqlite() as at:
        for group in (accounts(at), forms(), greetings()):
            found = compare([row.work for row in group.rows], group.subjects, ONCE)
            table = report.comparison(group, found)
            assert all(each.label in table for each in group.subjects)
            assert all(row.label in table for row in group.rows)


@pytest.mark.parametrize("growth", [*ACCOUNTS, *OTHERS], ids=lambda g: g.function)
def test_growth(growth: Growth) -> None:
    """What grows is there from the smallest on, and answers."""
    with on_sqlite() as at:
        where = (at("growing"),) if growth in ACCOUNTS else ()
        size = growth.sizes[0]
        with Running(Subject("", "growing", growth.function, (*where, size))) as app:
            assert app.round(growth.work) > (0, 0)


def test_profile() -> None:
    """What we spend in each library stands beside what the yardstick spends there."""
    (found,) = profile(greetings())
    assert found.yardstick["jinja2"] > 0
    assert "| `flask_greet` | 0 us |" in report.shares([found])


def test_verdict() -> None:
    """A promise is kept within 0.02, and else the table says that it is not."""
    times = [1.0, 1.0]
    group: Group = greetings()
    for ratio, verdict in ((1.169, "yes"), (1.171, "**no**")):
        found = [
            Figures(group.subjects[0], times, times),
            Figures(group.subjects[1], [ratio, ratio], times),
        ]
        assert f"| 1.15 | {verdict} |" in report.comparison(group, {"greeted": found})


def test_plots(tmp_path: Path) -> None:
    """The figures are drawn, each with the name of what it is of."""
    figures = [Figures(SUBJECT, [1.0, 2.0], [1.0, 1.0])] * 2
    growth = Growth("fields", "fields", "shown", (1, 10))
    plot_ratios({"form shown": figures}, ["By hand"], tmp_path / "ratios.svg")
    plot_growth([("fields", growth, figures)], tmp_path / "growth.svg")

    for name, title in (("ratios", "form shown"), ("growth", "fields")):
        drawn = (tmp_path / f"{name}.svg").read_text(encoding="utf-8")
        assert drawn.rstrip().endswith("</svg>")
        assert f">{title}</text>" in drawn


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command prints what it measured, and writes the same down."""
    main(["imports", "--rounds", "1", "--write", str(tmp_path)])
    printed = capsys.readouterr().out
    assert "| `flask_greet` |" in printed
    assert printed == (tmp_path / "README.md").read_text(encoding="utf-8")


def test_crowd(capsys: pytest.CaptureFixture[str]) -> None:
    """A crowd is served by gunicorn, and its answers are counted."""
    if not os.environ.get("TEST_POSTGRESQL_URL"):
        pytest.skip("TEST_POSTGRESQL_URL is not set: no PostgreSQL to test on.")
    load.main(["--at-once", "3", "--people", "2", "--seconds", "0.5"])
    printed = capsys.readouterr().out
    assert "3 answers   303: 3" in printed
    assert "hashes at once" in printed
