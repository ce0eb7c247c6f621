"""Beyond one process: four workers of gunicorn, on PostgreSQL and Redis."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
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

    def connect(self) -> HTTPConnection:
        """Take a worker, once there is a free one, until something is asked."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=120)
        connection.connect()
        return connection

    def ask(
        self,
        path: str,
        cookie: str = "",
        connection: HTTPConnection | None = None,
        **data: str,
    ) -> tuple[int, str]:
        """Return the status, and the cookie that was set."""
        connection = connection or self.connect()
        headers = {"Cookie": cookie, "Sec-Fetch-Site": "same-origin"}
        if data:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode(data) if data else None
        connection.request("POST" if data else "GET", path, body, headers)
        end = connection.sock.dup()
        answer = connection.getresponse()
        cookies = answer.headers.get_all("Set-Cookie", [])
        keys = [c.partition(";")[0] for c in cookies if c.startswith("simpleauth=")]
        answer.read()
        connection.close()
        with end:
            assert end.recv(1) == b""  # it is closed when the log has it
        return answer.status, keys[0] if keys else ""

    def workers(self) -> set[str]:
        """Return the processes that have answered."""
        return set(self._log.read_text(encoding="utf-8").split())


@contextmanager
def running(environment: dict[str, str], folder: Path) -> Iterator[Site]:
    log = folder / "access.log"
    # Made once and forked: nothing that was opened before may be shared by accident.
    command = [sys.executable, "-m", "gunicorn", f"--workers={WORKERS}", "--preload"]
    command += ["--access-logfile", str(log), "--access-logformat", "%(p)s"]
    env = {**os.environ, "HOME": str(folder), **environment}
    # It listens already: the port is ours, and who asks too early waits.
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port, handle = listening.getsockname()[1], listening.fileno()
        command += [f"--bind=fd://{handle}", "example_app:create_app()"]
        server = subprocess.Popen(command, env=env, pass_fds=[handle])
    with server:
        try:
            yield Site(port, log)
        finally:
            server.terminate()


@pytest.mark.skipif(sys.platform == "win32", reason="gunicorn wants fork.")
def test_four_workers(servers: dict[str, str], tmp_path: Path) -> None:
    """Whichever worker answers knows who is signed in, and how often one has tried."""
    with running(servers, tmp_path) as site:
        status, cookie = site.ask(
            "/auth/-/forms/signup",
            name="Ada",
            email="ada@example.org",
            password=PASSWORD,
        )
        assert (status, bool(cookie)) == (303, True)
        account = "/auth/account"
        # Each of these has another worker, and has it until it asks.
        others = [site.connect() for _ in range(WORKERS - 1)]
        asked = [site.ask(account, cookie, each)[0] for each in (None, *others)]
        assert asked == [200] * WORKERS
        assert len(site.workers()) == WORKERS

        tries = [
            site.ask("/auth/-/forms/login", email="eve@example.org", password="x" * 12)
            for _ in range(12)
        ]
        assert [status for status, *_ in tries] == [422] * 10 + [429] * 2

        site.ask("/auth/-/forms/logout", cookie, x="y")
        assert {site.ask(account, cookie)[0] for _ in range(15)} == {303}
