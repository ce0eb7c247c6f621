"""Beyond one process: four workers of gunicorn, on PostgreSQL and Redis."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest

PASSWORD = "correct horse battery"
WORKERS = 4


class Site:
    """The guest book behind gunicorn."""

    def __init__(self, port: int, log: Path) -> None:
        self._port = port
        self._log = log

    def ask(self, path: str, cookie: str = "", **data: str) -> tuple[int, str, str]:
        """Return the status, the cookie that was set, and the text of the answer."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=30)
        headers = {"Cookie": cookie, "Sec-Fetch-Site": "same-origin"}
        if data:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode(data) if data else None
        connection.request("POST" if data else "GET", path, body, headers)
        answer = connection.getresponse()
        cookies = answer.headers.get_all("Set-Cookie", [])
        keys = [c.partition(";")[0] for c in cookies if c.startswith("simpleauth=")]
        text = answer.read().decode()
        connection.close()
        return answer.status, keys[0] if keys else "", text

    def workers(self) -> set[str]:
        """Return the processes that have answered."""
        return set(self._log.read_text(encoding="utf-8").split())


@contextmanager
def running(environment: dict[str, str], folder: Path) -> Iterator[Site]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = folder / "access.log"
    # Made once and forked: nothing that was opened before may be shared by accident.
    command = [sys.executable, "-m", "gunicorn", f"--workers={WORKERS}", "--preload"]
    command += [f"--bind=127.0.0.1:{port}", "--access-logfile", str(log)]
    command += ["--access-logformat", "%(p)s", "example_app:create_app()"]
    home = {"HOME": str(folder)}
    with subprocess.Popen(command, env={**os.environ, **home, **environment}) as server:
        try:
            yield _awaited(Site(port, log))
        finally:
            server.terminate()


def _awaited(site: Site) -> Site:
    until = time.monotonic() + 120
    while not _answers(site):
        if time.monotonic() > until:
            pytest.fail("gunicorn does not answer.")
        time.sleep(0.1)
    return site


def _answers(site: Site) -> bool:
    try:
        return site.ask("/health")[0] == 200
    except OSError:
        return False


@pytest.mark.skipif(sys.platform == "win32", reason="gunicorn wants fork.")
def test_four_workers(servers: dict[str, str], tmp_path: Path) -> None:
    """Whichever worker answers knows who is signed in, and how often one has tried."""
    with running(servers, tmp_path) as site:
        status, cookie, _ = site.ask(
            "/auth/-/forms/signup",
            name="Ada",
            email="ada@example.org",
            password=PASSWORD,
        )
        assert (status, bool(cookie)) == (303, True)
        account = "/auth/account"
        assert {site.ask(account, cookie)[0] for _ in range(30)} == {200}
        assert len(site.workers()) > 1

        tries = [
            site.ask("/auth/-/forms/login", email="eve@example.org", password="x" * 12)
            for _ in range(12)
        ]
        assert [status for status, *_ in tries] == [422] * 10 + [429] * 2

        site.ask("/auth/-/forms/logout", cookie, x="y")
        assert {site.ask(account, cookie)[0] for _ in range(15)} == {303}
