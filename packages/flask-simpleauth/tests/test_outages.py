"""A store that is away or cannot write: 503, and nothing is half done."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_simpleauth import AuditRecord, SimpleAuth, StoreUnavailable, audited
from flask_simpleauth.stores.embedded import EmbeddedStore
from flask_simpleauth.stores.outages import is_outage
from flask_simpleauth.stores.redis import RedisStore, connection
from flask_simpleauth.stores.redis.connection import asking
from flask_simpleauth.stores.sqlalchemy import SQLAlchemyStore
from flask_simpleauth.testing import CHEAP_HASH, client_for
from redis import Redis
from redis import exceptions as redis_errors
from sqlalchemy import exc as sql

PASSWORD = "correct horse battery"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (sql.OperationalError("", {}, Exception("server closed")), True),
        (sql.OperationalError("", {}, Exception("no such table: user")), False),
        (sql.OperationalError("", {}, Exception("user has no column named x")), False),
        (sql.InterfaceError("", {}, Exception(), connection_invalidated=True), True),
        (sql.InterfaceError("", {}, Exception("wrong type")), False),
        (sql.ProgrammingError("", {}, Exception("syntax")), False),
        (sql.TimeoutError("QueuePool limit"), True),
        (sql.InvalidRequestError("wrong use"), False),
    ],
)
def test_outages_of_sql(error: sql.SQLAlchemyError, *, expected: bool) -> None:
    """A database that is away is told from one that is asked something wrong."""
    assert is_outage(error) is expected


@pytest.mark.parametrize(
    "error",
    [
        redis_errors.ConnectionError("refused"),
        redis_errors.TimeoutError("too slow"),
        redis_errors.BusyLoadingError("loading the dataset"),
        redis_errors.ReadOnlyError("a replica"),
        redis_errors.OutOfMemoryError("over maxmemory"),
        redis_errors.ResponseError("MISCONF unable to persist to disk"),
    ],
)
def test_outages_of_redis(
    error: redis_errors.RedisError, caplog: pytest.LogCaptureFixture
) -> None:
    """A Redis that is away, or takes nothing, is called that, with the cause logged."""
    with pytest.raises(StoreUnavailable), asking():
        raise error
    assert str(error) in caplog.text


def test_redis_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that takes the connection and says nothing is waited for in vain."""
    monkeypatch.setattr(connection, "_TIMEOUT", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        store = RedisStore(f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        began = time.monotonic()
        with pytest.raises(StoreUnavailable):
            store.users.find("ada@example.org")
    assert time.monotonic() - began < 4


def test_mistakes_with_redis(redis_keys: tuple[str, str]) -> None:
    """What somebody else keeps under our keys is no outage."""
    url, prefix = redis_keys
    with Redis.from_url(url) as client:
        client.set(f"{prefix}user:1", "something else")
        with pytest.raises(redis_errors.ResponseError, match="WRONGTYPE"):
            RedisStore(client, prefix=prefix).users.get(1)


def test_no_place_in_the_pool(database: Callable[[str], Any]) -> None:
    """Who finds all connections taken is told to come back, and then served."""
    app, db, user_class = database("sqlite:///{tmp}/own.sqlite3")
    app.config.update(SECRET_KEY="for tests", SIMPLEAUTH_PASSWORD_HASH=CHEAP_HASH)
    auth: SimpleAuth[Any] = SimpleAuth(app, store=SQLAlchemyStore(db, user_class))
    app.add_url_rule("/", view_func=auth.login_required(lambda: "in"), endpoint="in")
    client = client_for(app, role="editor")

    with app.app_context():
        pool: Any = db.engine.pool
        pool._timeout = 0.1
        taken = [pool.connect() for _ in range(pool.size() + pool._max_overflow)]
    answer = client.get("/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    for place in taken:
        place.close()
    assert client.get("/").text == "in"


def test_folder_that_cannot_be_made(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Where the file of the embedded store cannot be, the log says why."""
    (tmp_path / "file").touch()
    store = EmbeddedStore(tmp_path / "file" / "accounts.sqlite3")
    with pytest.raises(StoreUnavailable):
        store.users.find("ada@example.org")
    assert "file" in caplog.text


def test_commands(app: Flask) -> None:
    """A command says it in a sentence."""
    SimpleAuth(app, store=RedisStore("redis://127.0.0.1:1/0"))
    result = app.test_cli_runner().invoke(args="auth sessions ada@example.org")
    assert result.output.endswith("Error: The store is unavailable.\n")


def test_records_that_nobody_can_keep(
    app: Flask, auth: SimpleAuth, caplog: pytest.LogCaptureFixture
) -> None:
    """Who keeps no record of a refusal does not change it; of a deed, it stops that."""

    def fail(_: object, record: AuditRecord) -> None:
        raise LookupError(record.outcome)

    with app.app_context():
        auth.create_user("ada@example.org", PASSWORD)
        with audited.connected_to(fail, app):
            with pytest.raises(Exception, match="do not match"):
                auth.authenticate("ada@example.org", "something else")
            assert "LookupError: BadCredentials" in caplog.text
            with pytest.raises(LookupError, match="done"):
                auth.authenticate("ada@example.org", PASSWORD)


@pytest.mark.skipif(sys.platform == "win32", reason="There are no such limits.")
def test_full_disk(tmp_path: Path) -> None:
    """On a full disk who is in stays in, others come back later, and nothing is half.

    No file can grow, as when there is no space left on the device.
    """
    program = f"""
import resource, signal
from pathlib import Path
from flask import Flask
from flask_simpleauth import SimpleAuth
from flask_simpleauth.testing import CHEAP_HASH, client_for

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
app = Flask("app", instance_path={str(tmp_path)!r})
app.config.update(SECRET_KEY="for tests", SIMPLEAUTH_PASSWORD_HASH=CHEAP_HASH)
auth = SimpleAuth(app)
app.add_url_rule("/", "in", auth.login_required(lambda: auth.user.name))
inside, stranger = client_for(app, role="editor"), client_for(app)
everything = resource.getrlimit(resource.RLIMIT_FSIZE)

def sign_up():
    data = {{"name": "Eve", "email": "eve@example.org", "password": {PASSWORD!r}}}
    headers = {{"Sec-Fetch-Site": "same-origin"}}
    path = "/auth/-/forms/signup"
    return stranger.post(path, data=data, headers=headers).status_code

resource.setrlimit(resource.RLIMIT_FSIZE, (4096, everything[1]))
print(inside.get("/").text, *(sign_up() for _ in range(3)))
resource.setrlimit(resource.RLIMIT_FSIZE, everything)
print(inside.get("/").text, sign_up(), stranger.get("/").text)
"""
    command = [sys.executable, "-c", program]
    ran = subprocess.run(command, capture_output=True, text=True)  # noqa: S603 # ours
    assert ran.stdout == "Editor 503 503 503\nEditor 303 Eve\n", ran.stderr
