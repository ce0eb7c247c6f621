"""Apps behind gunicorn, on this machine only: how many requests, and how late some are.

wrk asks for a page over and over on eight connections; the apps take turns.
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
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
    command = [sys.executable, "-m", "gunicorn", "--workers=2", "--log-level=warning"]
    # It listens already: the port is ours, and who asks before there is an app waits.
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port, handle = listening.getsockname()[1], listening.fileno()
        command += [f"--bind=fd://{handle}", "--no-control-socket", *options, program]
        server = subprocess.Popen(command, pass_fds=[handle])
    try:
        urlopen(f"http://127.0.0.1:{port}/", timeout=120).close()
        yield Server(port, server.pid)
    finally:
        server.terminate()
        server.wait(30)
