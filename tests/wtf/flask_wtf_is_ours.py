"""A pytest plugin: Flask-WTF's own tests run against ``flask_nameform.wtf``.

They are those of its sdist as they stand; what they import as ``flask_wtf`` is ours. A
test that is skipped shows nothing, so it fails, and so does one that passes although it
is listed in ``exceptions.txt``.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Generator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

MODULES = ("", ".csrf", ".file", ".form", ".i18n")
TEST = re.compile(r"^def test_", re.MULTILINE)


def read_exceptions() -> dict[str, str]:
    """Return the reasons by file or test."""
    lines = Path(__file__).with_name("exceptions.txt").read_text("utf-8").splitlines()
    listed = (line.split(maxsplit=1) for line in lines if line and line[0] != "#")
    return {name: reason for name, reason in listed}  # noqa: C416 # mypy cannot tell that lists of two are pairs


EXCEPTIONS = read_exceptions()

if find_spec("flask_wtf") is not None:
    raise pytest.UsageError("Flask-WTF is installed here, so it would test itself.")

for module in MODULES:
    sys.modules[f"flask_wtf{module}"] = import_module(f"flask_nameform.wtf{module}")


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Expect that a listed file cannot even be imported, and any other can."""
    report = yield
    reason = EXCEPTIONS.get(collector.name)

    if reason and report.failed:
        report.outcome = "skipped"
        report.longrepr = (str(collector.path), 0, f"Skipped: {reason}")
    elif reason or report.skipped:
        fail(report)

    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let a test fail that was skipped and is not listed."""
    report = yield

    if report.skipped and not hasattr(report, "wasxfail"):
        fail(report)

    return report


def fail(report: pytest.CollectReport | pytest.TestReport) -> None:
    said = report.longrepr if report.skipped else "It runs now: take it off the list."
    report.outcome = "failed"
    report.longrepr = f"{report.nodeid}: {said}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Expect that a listed test fails."""
    for item in items:
        reason = EXCEPTIONS.get(f"{item.path.name}::{item.name}")
        if reason:
            item.add_marker(pytest.mark.xfail(reason=reason, strict=True))


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say how many hold of all tests there are."""
    passed, failed, xfailed = (
        len(terminalreporter.stats.get(name, ()))
        for name in ("passed", "failed", "xfailed")
    )
    files = (p for p in config.rootpath.rglob("test_*.py") if p.name in EXCEPTIONS)
    left_out = sum(len(TEST.findall(path.read_text("utf-8"))) for path in files)
    terminalreporter.write_line(
        f"{config.rootpath.name} on flask_nameform.wtf: of its tests {passed} pass,"
        f" {failed} fail, {xfailed} fail as listed, {left_out} are listed and not run."
    )
