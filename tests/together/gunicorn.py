"""The guest book behind gunicorn, and a visitor of it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import pytest

PASSWORD = "correct horse battery"
WORKERS = 4


class Answer(NamedTuple):
    status: int
    #: The session's, if it was set.
    cookie: str
    retry_after: str | None
    text: str


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
    ) -> Answer:
        """Ask for a page, or post a form."""
        connection = connection or self.connect()
        headers = {"Cookie": cookie, "Sec-Fetch-Site": "same-origin"}
        if data:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode(data) if data else None
        with closing(connection):
            connection.request("POST" if data else "GET", path, body, headers)
            with connection.sock.dup() as end:
                answer = connection.getresponse()
                text = answer.read().decode()
                connection.close()
                assert end.recv(1) == b""  # it is closed when the log has it
        cookies = answer.headers.get_all("Set-Cookie", [])
        keys = [c.partition(";")[0] for c in cookies if c.startswith("simpleauth=")]
        retry_after = answer.headers["Retry-After"]
        return Answer(answer.status, keys[0] if keys else "", retry_after, text)

    def sign_up(self, email: str) -> Answer:
        return self.ask(
            "/auth/-/forms/signup", name="Ada", email=email, password=PASSWORD
        )

    def sign_in(self, email: str, password: str = PASSWORD) -> Answer:
        return self.ask("/auth/-/forms/login", email=email, password=password)

    def wait(self) -> None:
        """Wait until the site and its servers are ready."""
        until = time.monotonic() + 120
        while not self._is_up():
            if time.monotonic() > until:
                pytest.fail("gunicorn does not answer.")
            time.sleep(0.1)

    def _is_up(self) -> bool:
        try:
            return self.ask("/health").status == 200
        except (OSError, HTTPException):
            return False

    def workers(self) -> set[str]:
        """Return the processes that have answered."""
        return set(self._log.read_text(encoding="utf-8").split())

    def kill_workers(self) -> None:
        """End them all at once, whatever they are at; gunicorn starts others."""
        for worker in self.workers():
            with suppress(ProcessLookupError):
                os.kill(int(worker.strip("<>")), signal.SIGKILL)


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
