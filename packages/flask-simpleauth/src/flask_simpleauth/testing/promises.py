"""A plugin for pytest that shows which store keeps which promise.

.. code-block:: text

    pytest -p flask_simpleauth.testing.promises test_my_store.py
"""

from __future__ import annotations

from string import ascii_uppercase
from typing import Any

import pytest

from .stores.base import StoreCase

#: For each test of a store: the store, and the promise.
_TESTS = pytest.StashKey[dict[str, tuple[str, str]]]()

#: The worst first: of several tests of one promise it is what is shown.
_SIGNS = {"failed": "NO", "error": "NO", "skipped": "-", "passed": "yes"}


def pytest_collection_finish(session: pytest.Session) -> None:
    """Note what each test is about: its first sentence says it."""
    session.config.stash[_TESTS] = {
        item.nodeid: (item.cls.__name__.removeprefix("Test"), _promise(item.function))
        for item in session.items
        if isinstance(item, pytest.Function)
        and item.cls is not None
        and issubclass(item.cls, StoreCase)
    }


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print the table."""
    tests = config.stash[_TESTS]
    kept: dict[tuple[str, str], str] = {}
    for outcome, sign in _SIGNS.items():
        for report in terminalreporter.stats.get(outcome, ()):
            if report.nodeid in tests:
                kept.setdefault(tests[report.nodeid], sign)

    stores = list(dict.fromkeys(store for store, _ in tests.values()))
    promises = list(dict.fromkeys(promise for _, promise in tests.values()))
    terminalreporter.section("Stores and their promises")
    for letter, store in zip(ascii_uppercase, stores, strict=False):
        terminalreporter.write_line(f"{letter}  {store}")
    terminalreporter.write_line("")
    terminalreporter.write_line(
        "  ".join(f"{c:3}" for c in ascii_uppercase[: len(stores)])
    )
    for promise in promises:
        signs = (kept.get((store, promise), "") for store in stores)
        terminalreporter.write_line("  ".join(f"{s:3}" for s in signs) + f"  {promise}")


def _promise(test: Any) -> str:
    text: str = test.__doc__ or test.__name__
    return text.strip().partition("\n")[0]
