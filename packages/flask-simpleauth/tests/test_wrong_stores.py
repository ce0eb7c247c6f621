"""The promises are sharp: a store with a slip breaks the ones that are about it."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.every_store

STORES = Path(__file__).parent / "wrong" / "stores.py"


def promises_said_to_be_broken() -> set[str]:
    """Read which ones each wrong store says that it breaks: ``Store::promise``."""
    return {
        f"{store.name}::{promise}"
        for store in ast.parse(STORES.read_text(encoding="utf-8")).body
        if isinstance(store, ast.ClassDef)
        for line in store.body
        if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "broken"
        for promise in ast.literal_eval(line.value)
    }


def test_each_slip_is_found(pytester: pytest.Pytester) -> None:
    """Each wrong store breaks each promise that it is wrong about."""
    file = pytester.makepyfile(STORES.read_text(encoding="utf-8"))
    expected = promises_said_to_be_broken()
    tests = [f"{file}::{promise}" for promise in sorted(expected)]

    ran = pytester.inline_run(*tests, "-p", "no:cacheprovider", "-q", "--tb=no")
    reports: Sequence[Any] = ran.getreports("pytest_runtest_logreport")
    found = {
        report.nodeid.partition("::")[2].partition("[")[0]
        for report in reports
        # By the promise: what breaks within a store is a slip of this test.
        if report.failed and Path(report.longrepr.reprcrash.path) != file
    }
    assert len({promise.partition("::")[0] for promise in expected}) >= 20
    assert found == expected
