"""Apps behind gunicorn, on this machine only: how many requests, and how late some are.

wrk asks for a page over and over on eight connections; the apps take turns.
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING
from urllib.request import urlopen

from .measuring import Running
from .peers import Subject

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3}


@dataclass(frozen=True)
class Throughput:
    """What wrk found: requests a second, and milliseconds until an answer."""

    per_second: float
    half: float
    #: Within which 99 of 100 answers came.
    most: float


def missing_tool() -> str | None:
    """Return why nothing can be measured here, if so."""
    return None if shutil.which("wrk") else "wrk is not installed"


def throughput(
    subjects: Sequence[Subject], seconds: int, rounds: int
) -> dict[tuple[str, str], Throughput]:
    """Return what is found of each page and app, the median of the rounds."""
    pages = {"public page": "/", "signed-in page": "/in"}
    found: dict[tuple[str, str], list[Throughput]] = {}
    with ExitStack() as stack:
        running = []
        for s in subjects:
            with Running(s) as app:  # makes the database, too
                cookie = app.cookie()
            given = ", ".join(map(repr, (s.module, *s.arguments)))
            program = f"benchmarks.serving:make({given})"
            port = stack.enter_context(gunicorn(program)).port
            running.append((s.label, f"http://127.0.0.1:{port}", cookie))
        for _ in range(rounds):
            for page, path in pages.items():
                for label, origin, cookie in running:
                    result = _wrk(origin + path, cookie, seconds)
                    found.setdefault((page, label), []).append(result)
    return {key: _median(each) for key, each in found.items()}


def make(module: str, *arguments: object) -> WSGIApplication:
    """Make the app that gunicorn serves."""
    return Subject("", module, "accounts", arguments).make().wsgi


def _median(results: list[Throughput]) -> Throughput:
    return Throughput(
        median(each.per_second for each in results),
        median(each.half for each in results),
        median(each.most for each in results),
    )


def _wrk(url: str, cookie: str, seconds: int) -> Throughput:
    command = ["wrk", "-t1", "-c8", f"-d{seconds}s", "--latency"]
    command += ["-H", f"Cookie: {cookie}", url]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in told:
        raise RuntimeError(f"Not each answer of {url} was a page: {told}")
    late = dict(re.findall(r"^ +(50|99)% +([\d.]+[a-z]+)", told, re.MULTILINE))
    rate = re.search(r"Requests/sec: +([\d.]+)", told)
    if rate is None:
        raise RuntimeError(f"wrk said: {told}")
    return Throughput(
        float(rate[1]), _milliseconds(late["50"]), _milliseconds(late["99"])
    )


def _milliseconds(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)([a-z]+)", text).groups()  # type: ignore[union-attr] # as wrk writes it
    return float(number) * _UNITS[unit]


@dataclass(frozen=True)
class Server:
    """A gunicorn that runs."""

    port: int
    pid: int


@contextmanager
def gunicorn(program: str, *options: str) -> Iterator[Server]:
    """Serve a program with two workers, until the block is left."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"127.0.0.1:{port}"
    command = [sys.executable, "-m", "gunicorn", "--workers=2", f"--bind={address}"]
    command += ["--log-level=warning", "--no-control-socket", *options, program]
    server = subprocess.Popen(command)
    try:
        _wait_for(f"http://{address}/", server)
        yield Server(port, server.pid)
    finally:
        server.terminate()
        server.wait(30)


def _wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if server.poll() is not None:
            raise RuntimeError("gunicorn has ended; see above.")
        # It listens before it has an app; who connects then waits for that.
        with suppress(OSError), urlopen(url, timeout=60):
            return
        time.sleep(0.1)
    raise RuntimeError("gunicorn did not come up.")
