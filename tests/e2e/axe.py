"""What axe-core, Deque's accessibility checker, finds on a page."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Page

# What WCAG 2.2 asks for at levels A and AA, and what Deque holds to be good practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# "incomplete" is what axe leaves to people, such as a label whose id is there twice.
RUN = """
rules => axe.run({runOnly: rules}).then(({violations, incomplete}) =>
    [...violations, ...incomplete].flatMap(({id, help, nodes}) => nodes.map(
        ({html, failureSummary}) => [`${id}: ${help}`, html, failureSummary].join("\\n")
    ))
)
"""


@cache
def from_npm(name: str) -> str:
    """Read a file of a package, which tox fetches from npm and which is not kept here.

    :param name: package and path, such as ``"axe-core/axe.min.js"``.
    """
    folder = os.environ.get("NODE_MODULES")
    if folder is None:
        if os.environ.get("TESTS_REQUIRE_SERVICES"):
            pytest.fail("NODE_MODULES names no folder, and services are required.")
        pytest.skip(f"NODE_MODULES names no folder with {name}; tox fetches it.")
    return Path(folder, name).read_text(encoding="utf-8")


def complaints(page: Page) -> list[str]:
    """Say what is wrong on the page, and what may be, one text for each finding.

    axe-core is a script: the page is one of a browser that runs JavaScript.
    """
    page.evaluate(from_npm("axe-core/axe.min.js"))
    found: list[str] = page.evaluate(RUN, RULES)
    return found
