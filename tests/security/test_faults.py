"""What accounts are kept by fails at each call: nothing is lost, or half done.

Every flow of ``flows.py`` is tried with a fault at its first call, at its second, and
so on to its last, in each of the ways of ``faults.py``.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count as numbers
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_simpleauth import StoreUnavailable
from flask_simpleauth.stores.embedded import EmbeddedStore
from flask_simpleauth.stores.redis import RedisStore
from flask_simpleauth.stores.sqlalchemy import SQLAlchemyStore
from flask_simpleauth.testing import CHEAP_HASH
from sqlalchemy.exc import OperationalError

from example_app import audit
from example_app.extensions import db
from example_app.models import User

from .conftest import dispose
from .faults import Faults, Way, be_busy, faulty_disk
from .flows import FLOWS, NEW, PASSWORD, Steps, World
from .test_concurrency import find_service


def make_store(kind: str, app: Flask, folder: Path) -> Any:
    if kind == "embedded":
        return EmbeddedStore(folder / "accounts.sqlite3")
    if kind == "redis":
        prefix = f"{uuid.uuid4().hex}:"
        return RedisStore(find_service("TEST_REDIS_URL"), prefix=prefix)

    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{folder}/book.sqlite3"
    db.init_app(app)
    store = SQLAlchemyStore(db, User)
    with app.app_context():
        db.create_all()
    audit.init_app(app)
    # The app's own queries fail too.
    app.register_error_handler(OperationalError, lambda _: StoreUnavailable())
    return store


#: In which ways each store fails; what is not the store's own is tried once.
CASES: list[tuple[str, Way]] = [
    ("embedded", "refused"),
    ("embedded", "unanswered"),
    ("embedded", "gone"),
    ("embedded", "full"),
    ("embedded", "busy"),
    ("embedded", "unsent"),
    ("sqlalchemy", "refused"),
    ("sqlalchemy", "unanswered"),
    ("sqlalchemy", "gone"),
    ("sqlalchemy", "full"),
    ("redis", "refused"),
    ("redis", "unanswered"),
    ("redis", "gone"),
]


@pytest.fixture(params=CASES, ids="-".join)
def world(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    """An app on each kind of store, in which faults show as they do in production."""
    kind, way = request.param
    app = Flask("app", instance_path=str(tmp_path))
    app.config.update(
        SECRET_KEY="for tests",
        SIMPLEAUTH_PASSWORD_HASH=CHEAP_HASH,
        PROPAGATE_EXCEPTIONS=False,
    )
    faults = Faults(way)
    be_busy(faults, monkeypatch)
    with ExitStack() as stack:
        stack.enter_context(faulty_disk(faults))
        store = make_store(kind, app, tmp_path)
        if kind == "sqlalchemy":
            stack.callback(dispose, app)
        yield World(app, store, faults, is_one=kind != "redis")


@pytest.fixture(scope="session")
def injected(count: Callable[[str], None]) -> Iterator[list[int]]:
    """How many faults there were in each test."""
    figures: list[int] = []
    yield figures
    count(f"faults: {sum(figures)} injected, none lost anything")


@pytest.mark.parametrize("flow", FLOWS)
def test_faults(
    world: World,
    flow: Callable[[World], Steps],
    caplog: pytest.LogCaptureFixture,
    injected: list[int],
) -> None:
    """Whatever fails when, all is done or can be done again, and no secret is told."""
    refusal = 303 if world.faults.way == "unsent" else 503
    for number in numbers(1):
        caplog.clear()
        steps = flow(world)
        request = next(steps)
        world.faults.arm(number)
        answer = request()
        has_struck = world.faults.disarm()

        assert answer.status_code in ((303, refusal) if has_struck else (303,)), number
        assert (answer.status_code == 503) == ("Retry-After" in answer.headers)
        for secret in (PASSWORD, NEW, "scrypt:"):
            assert secret not in answer.text
            assert secret not in caplog.text
        next(steps, None)
        if not has_struck:
            break
    injected.append(number - 1)
