"""A crowd at the door: many sign-ins at once, then a minute of everything.

``tox -e load`` runs it, on gunicorn with two workers and PostgreSQL. Each request has
to be answered, and with a status that says what to do: 200, 303, 401, 429, or 503 with
``Retry-After``. How many hashes are made at once is counted where they are made, and
the memory of the workers is looked at all the while. Both have to stay bounded.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from statistics import quantiles
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import render_template, session
from flask_greet import Greet
from flask_nameform import Forms, NameForm
from flask_simpleauth import SimpleAuth
from flask_simpleauth.stores.sqlalchemy import SQLAlchemyStore
from sqlalchemy import insert
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.security import generate_password_hash

from .databases import on_postgresql, postgresql_server
from .peers import PASSWORD
from .peers.models import User, attach
from .peers.pages import make_app
from .serving import Server, gunicorn
from .visitor import BROWSER

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_EXPECTED = {200, 303, 401, 429, 503}
_WRONG = "wrong sign-in"
_METHOD = "scrypt:16384:8:5"

#: Hashes that one process may make at once, and megabytes that each may take: scrypt
#: needs 16 at this method, and OpenSSL is not asked to give them back at once.
_HASHES = (os.cpu_count() or 1) + 1
_MEGABYTES = 32

#: Seconds until somebody in the crowd takes no answer for one.
_PATIENCE = 300

#: Its status, 0 if there was none, how long it took, and whether it says when to retry.
Answer = tuple[int, float, bool]


def make(url: str, folder: str) -> WSGIApplication:
    """Make the app that is served: all three packages, many users.

    Clients are told apart by what a proxy says of them, here the crowd itself.
    """
    _count_hashes(Path(folder))
    app = make_app(index="{{ greet() }}{{ show_form('name') }}", inside="In.")
    db = attach(app, url)
    auth: SimpleAuth[User] = SimpleAuth(app, store=SQLAlchemyStore(db, User))
    forms = Forms(app)
    Greet(app)

    @forms.handler("name", NameForm)
    def save_name(form: NameForm) -> None:
        session["name"] = form.name.data

    app.add_url_rule("/", "index", lambda: render_template("index.html"))
    inside = auth.login_required(lambda: render_template("inside.html"))
    app.add_url_rule("/in", "inside", inside)
    app.extensions["db"] = db
    app.wsgi_app = ProxyFix(app.wsgi_app)  # type: ignore[method-assign] # Flask's own way
    return app


def _fill(url: str, people: int) -> None:
    """Make the tables, and so many users with one password."""
    app: Any = make(url, tempfile.gettempdir())
    hashed = generate_password_hash(PASSWORD, _METHOD)
    rows = [
        {"email": _address(i), "name": f"User {i}", "password_hash": hashed}
        for i in range(people)
    ]
    with app.app_context():
        db = app.extensions["db"]
        db.create_all()
        db.session.execute(insert(User), rows)
        db.session.commit()
        db.engine.dispose()


def _address(number: int) -> str:
    return f"user{number}@example.org"


def _count_hashes(folder: Path) -> None:
    """Keep in a file of this process how many hashes it made at once at most."""
    hash_one, lock = hashlib.scrypt, threading.Lock()
    running, most = 0, 0

    def counted(*args: Any, **kwargs: Any) -> bytes:
        nonlocal running, most
        with lock:
            running += 1
            if running > most:
                most = running
                (folder / f"hashes-{os.getpid()}").write_text(str(most))
        try:
            return hash_one(*args, **kwargs)
        finally:
            with lock:
                running -= 1

    hashlib.scrypt = counted


class Person:
    """Somebody in the crowd, with an address of their own and cookies."""

    def __init__(self, number: int, port: int) -> None:
        self.number = number
        self._port = port
        self._cookies: dict[str, str] = {}

    def get(self, path: str) -> Answer:
        """Get a page."""
        return self._send("GET", path)

    def post(self, path: str, **values: str) -> Answer:
        """Send a form."""
        return self._send("POST", path, urlencode(values))

    def sign_in(self, password: str = PASSWORD) -> Answer:
        """Sign in, or try to."""
        address = _address(self.number)
        return self.post("/auth/-/forms/login", email=address, password=password)

    def _send(self, method: str, path: str, body: str | None = None) -> Answer:
        network = f"198.18.{self.number // 250}.{self.number % 250 + 1}"
        headers = {**BROWSER, "X-Forwarded-For": network}
        if self._cookies:
            pairs = (f"{name}={value}" for name, value in self._cookies.items())
            headers["Cookie"] = "; ".join(pairs)
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"

        start = time.perf_counter()
        connection = HTTPConnection("127.0.0.1", self._port, timeout=_PATIENCE)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            response.read()
        except OSError:
            return 0, time.perf_counter() - start, False
        finally:
            connection.close()
        took = time.perf_counter() - start

        for cookie in response.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        return response.status, took, "Retry-After" in response.headers


def all_at_once(crowd: Sequence[Person]) -> dict[str, list[Answer]]:
    """Let everybody sign in at the same moment."""
    barrier = threading.Barrier(len(crowd))

    def sign_in(person: Person) -> Answer:
        barrier.wait()
        return person.sign_in()

    with ThreadPoolExecutor(len(crowd)) as pool:
        return {"sign-in": list(pool.map(sign_in, crowd))}


def mixed(crowd: Sequence[Person], seconds: float) -> dict[str, list[Answer]]:
    """Let each person do this and that, one thing after the other."""
    until = time.monotonic() + seconds
    answers: dict[str, list[Answer]] = defaultdict(list)
    what: dict[str, tuple[int, Callable[[Person], Answer]]] = {
        "public page": (40, lambda person: person.get("/")),
        "signed-in page": (30, lambda person: person.get("/in")),
        "form": (20, lambda person: person.post("/-/forms/name", name="Ada")),
        "sign-in": (6, lambda person: person.sign_in()),
        _WRONG: (4, lambda person: person.sign_in("wrong")),
    }
    names, weights = list(what), [weight for weight, _ in what.values()]

    def live(person: Person) -> None:
        chance = Random(person.number)  # the same each time
        while time.monotonic() < until:
            name = chance.choices(names, weights)[0]
            answers[name].append(what[name][1](person))

    with ThreadPoolExecutor(len(crowd)) as pool:
        list(pool.map(live, crowd))
    return answers


class Memory:
    """Looks at the memory of the workers until told to stop; Linux only."""

    def __init__(self, server: Server) -> None:
        self._workers = Path(f"/proc/{server.pid}/task/{server.pid}/children")
        self.before = self.megabytes()
        self.most = self.before

    def megabytes(self) -> float:
        """Return what all workers have in memory."""
        pids = self._workers.read_text().split() if self._workers.exists() else []
        kilobytes = 0
        for pid in pids:
            status = Path(f"/proc/{pid}/status").read_text()
            kilobytes += int(status.partition("VmRSS:")[2].split()[0])
        return kilobytes / 1024

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Watch while the block runs."""
        done = threading.Event()

        def watch() -> None:
            while not done.wait(0.05):
                self.most = max(self.most, self.megabytes())

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()


def _say(answers: dict[str, list[Answer]]) -> list[str]:
    """Print what became of the requests, and return what is wrong with that."""
    wrong = []
    for what, given in answers.items():
        statuses = Counter(status for status, _, _ in given)
        late = quantiles([took for _, took, _ in given] * 2, n=100)
        found = ", ".join(f"{status}: {n}" for status, n in sorted(statuses.items()))
        print(
            f"  {what:16}{len(given):6} answers   {found:32}"
            f" half within {1000 * late[49]:.0f} ms, 99 % within {1000 * late[98]:.0f}"
        )
        expected = _EXPECTED | {422} if what == _WRONG else _EXPECTED
        wrong += [f"{what}: {status}" for status in statuses.keys() - expected]
        if any(status in (429, 503) and not says for status, _, says in given):
            wrong.append(f"{what}: 429 or 503 without Retry-After")
    return wrong


def _say_bounds(folder: Path, memory: Memory) -> list[str]:
    hashes = [int(file.read_text()) for file in folder.glob("hashes-*")]
    allowed = memory.before + 2 * (_HASHES * _MEGABYTES + 64)
    print(
        f"  hashes at once in each worker: {hashes}, at most {_HASHES}\n"
        f"  memory of both workers: {memory.before:.0f} MB before, at most"
        f" {memory.most:.0f} MB, allowed {allowed:.0f} MB"
    )
    wrong = []
    if max(hashes) > _HASHES:
        wrong.append("too many hashes at once")
    if memory.most > allowed:
        wrong.append("too much memory")
    return wrong


def main(arguments: Sequence[str] | None = None) -> None:
    """Put the app under load, and say how it went."""
    parser = argparse.ArgumentParser("benchmarks.load", description=__doc__)
    parser.add_argument("--at-once", type=int, default=200)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60)
    given = parser.parse_args(arguments)
    server = postgresql_server()
    if server is None:
        sys.exit("TEST_POSTGRESQL_URL has to name a PostgreSQL server.")

    with on_postgresql(server) as at, tempfile.TemporaryDirectory() as folder:
        url = at("load")
        _fill(url, given.at_once)
        program = f"benchmarks.load:make({url!r}, {folder!r})"
        threads = ("--worker-class=gthread", "--threads=16")
        with gunicorn(program, *threads) as running:
            wrong = _press(given, running, Path(folder))
    if wrong:
        sys.exit("; ".join(wrong))


def _press(given: argparse.Namespace, server: Server, folder: Path) -> list[str]:
    crowd = [Person(number, server.port) for number in range(given.at_once)]
    memory = Memory(server)
    wrong = []
    with memory.watched():
        print(f"{len(crowd)} sign-ins at once")
        wrong += _say(all_at_once(crowd))
        print(f"{given.people} people doing this and that for {given.seconds:.0f} s")
        wrong += _say(mixed(crowd[: given.people], given.seconds))
    return wrong + _say_bounds(folder, memory)


if __name__ == "__main__":
    main()
