"""Servers and workers are killed while the guest book is used: nothing is lost."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path

import pytest

from .gunicorn import PASSWORD, Answer, Site, running
from .own_servers import OwnPostgreSQL, OwnRedis

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="gunicorn wants fork.")

NEW = "another long phrase"


@contextmanager
def traffic(ask: Callable[[int], None], visitors: int = 3) -> Iterator[None]:
    """Let many ask at once, as long as the block lasts."""
    is_over = threading.Event()

    def visit(visitor: int) -> None:
        number = visitor
        while not is_over.is_set():
            ask(number)
            number += visitors

    threads = [threading.Thread(target=visit, args=(n,)) for n in range(visitors)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def is_whole_or_free(site: Site, email: str) -> bool:
    """Tell whether an account can be signed in to, or is not there at all."""
    return site.sign_in(email).status == 303 or site.sign_up(email).status == 303


def test_database_is_killed(tmp_path: Path) -> None:
    """In mid-traffic: 503 meanwhile, no half of an account, and who was in is in."""
    answers: dict[str, Answer] = {}
    with OwnPostgreSQL() as postgresql:
        environment = {"DATABASE_URL": postgresql.url, "SECRET_KEY": "for tests"}
        with running(environment, tmp_path) as site:

            def sign_up(number: int) -> None:
                email = f"user{number}@example.org"
                answers[email] = site.sign_up(email)

            cookie = site.sign_up("ada@example.org").cookie
            with traffic(sign_up):
                time.sleep(2)
                postgresql.kill()
                time.sleep(1)
                away = site.ask("/auth/account", cookie)
                anonymous = site.ask("/auth/login")
                postgresql.start()
                site.wait()

            assert (away.status, away.retry_after) == (503, "5")
            assert "Too busy" in away.text
            assert anonymous.status == 200
            assert site.ask("/auth/account", cookie).status == 200
            statuses = {answer.status for answer in answers.values()}
            assert 503 in statuses
            assert statuses <= {303, 503, 429}
            for email, answer in list(answers.items())[:12]:
                if answer.status == 303:
                    assert site.sign_in(email).status == 303
                elif answer.status == 503:
                    assert is_whole_or_free(site, email)


def test_redis_is_killed(servers: dict[str, str], tmp_path: Path) -> None:
    """Nobody is looked at uncounted meanwhile, and tries and sessions are kept."""
    with OwnRedis() as redis:
        environment = {**servers, "REDIS_URL": redis.url}
        with running(environment, tmp_path) as site:
            cookie = site.sign_up("ada@example.org").cookie
            wrong = [site.sign_in("ada@example.org", "x" * 12) for _ in range(9)]
            assert {answer.status for answer in wrong} == {422}

            redis.kill()
            for password in (PASSWORD, "x" * 12):
                answer = site.sign_in("ada@example.org", password)
                assert (answer.status, answer.retry_after) == (503, "5")
            assert site.ask("/auth/account", cookie).status == 503
            assert site.ask("/auth/login").status == 200

            redis.start()
            assert site.ask("/auth/account", cookie).status == 200
            after = [site.sign_in("ada@example.org", "x" * 12) for _ in range(2)]
            assert [answer.status for answer in after] == [422, 429]


def test_workers_are_killed(servers: dict[str, str], tmp_path: Path) -> None:
    """Whatever they are at: each account is whole or not there, a link used or not."""
    environment = {name: servers[name] for name in ("DATABASE_URL", "SECRET_KEY")}
    with running(environment, tmp_path) as site:
        site.sign_up("ada@example.org")
        unanswered: list[str] = []
        outcomes: list[int] = []
        link = _reset_link(environment, tmp_path)

        def sign_up_and_reset(number: int) -> None:
            email = f"user{number}@example.org"
            try:
                site.sign_up(email)
                answer = site.ask("/auth/-/forms/reset", key=link, new=NEW)
                outcomes.append(answer.status)
            except (OSError, HTTPException):
                unanswered.append(email)

        with traffic(sign_up_and_reset):
            for pause in (0.1, 0.3, 0.5):
                time.sleep(pause)
                site.kill_workers()
            site.wait()

        assert unanswered
        assert all(is_whole_or_free(site, email) for email in unanswered)
        assert outcomes.count(303) <= 1
        was_reset = site.sign_in("ada@example.org", NEW).status == 303
        assert was_reset != (site.sign_in("ada@example.org").status == 303)


def _reset_link(environment: dict[str, str], home: Path) -> str:
    """Return the key in a link to a new password."""
    command = [sys.executable, "-m", "flask", "--app", "example_app", "auth"]
    ran = subprocess.run(
        [*command, "reset-link", "ada@example.org"],
        env={"HOME": str(home), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout.strip().rpartition("/")[2]
