"""Beyond one process: four workers of gunicorn, on PostgreSQL and Redis."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from .gunicorn import WORKERS, running


@pytest.mark.skipif(sys.platform == "win32", reason="gunicorn wants fork.")
def test_four_workers(servers: dict[str, str], tmp_path: Path) -> None:
    """Whichever worker answers knows who is signed in, and how often one has tried."""
    with running(servers, tmp_path) as site:
        status, cookie, *_ = site.sign_up("ada@example.org")
        assert (status, bool(cookie)) == (303, True)
        account = "/auth/account"
        # Each of these has another worker, and has it until it asks.
        others = [site.connect() for _ in range(WORKERS - 1)]
        asked = [site.ask(account, cookie, each).status for each in (None, *others)]
        assert asked == [200] * WORKERS
        assert len(site.workers()) == WORKERS

        tries = [site.sign_in("eve@example.org", "x" * 12) for _ in range(12)]
        assert [answer.status for answer in tries] == [422] * 10 + [429] * 2

        site.ask("/auth/-/forms/logout", cookie, x="y")
        assert {site.ask(account, cookie).status for _ in range(15)} == {303}
