"""Many at once, on each database: none gets further than one after the other."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_simpleauth import SimpleAuth
from flask_simpleauth.flows import create_user
from flask_simpleauth.recovery import start_reset
from flask_simpleauth.state import current_state
from flask_simpleauth.stores.redis import RedisStore
from flask_simpleauth.testing import CHEAP_HASH, FakeClock, client_for
from flask_simpleauth.throttling import SIGN_IN
from sqlalchemy import create_engine, make_url, text

if TYPE_CHECKING:
    from tests.security.conftest import MakeSite

EMAIL = "someone@example.org"
PASSWORD = "correct horse battery"


def find_service(variable: str) -> str:
    """Return the URL of a server, or skip the test where it is not required."""
    url = os.environ.get(variable)
    if url is None:
        if os.environ.get("TESTS_REQUIRE_SERVICES"):
            pytest.fail(f"{variable} is not set, and services are required.")
        pytest.skip(f"{variable} is not set.")
    return url


@pytest.fixture
def postgresql() -> Iterator[str]:
    """Give the URL of an empty database."""
    url = make_url(find_service("TEST_POSTGRESQL_URL"))
    name = f"security_{uuid.uuid4().hex}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield url.set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


def _embedded(folder: Path, store: RedisStore | None = None) -> Flask:
    app = Flask("app", instance_path=str(folder / "instance"))
    app.config.update(SECRET_KEY="for tests", SIMPLEAUTH_PASSWORD_HASH=CHEAP_HASH)
    SimpleAuth(app, store=store)
    return app


@pytest.fixture(params=["embedded", "sqlite", "postgresql", "redis"])
def app(request: pytest.FixtureRequest, tmp_path: Path, make_site: MakeSite) -> Flask:
    """An app on each database: of the library alone, or the example app."""
    if request.param == "embedded":
        return _embedded(tmp_path)
    if request.param == "redis":
        url, prefix = find_service("TEST_REDIS_URL"), f"{uuid.uuid4().hex}:"
        return _embedded(tmp_path, RedisStore(url, prefix=prefix))
    if request.param == "sqlite":
        return make_site().app
    url = request.getfixturevalue("postgresql")
    return make_site(SQLALCHEMY_DATABASE_URI=url).app


@pytest.fixture(autouse=True)
def standing_clock(app: Flask) -> None:
    """Let no wait end before the crowd is through, however slow the machine is."""
    app.extensions["simpleauth"].replace(clock=FakeClock())


def at_once(app: Flask, times: int, form: str, **data: str) -> list[int]:
    """Send a form from so many browsers at once, and return the sorted statuses."""
    app.extensions["simpleauth"].mailer = None

    def send(number: int) -> int:
        sent = {name: value.format(number) for name, value in data.items()}
        path = f"/auth/-/forms/{form}"
        return client_for(app).post(path, data=sent).status_code

    with ThreadPoolExecutor(times) as pool:
        return sorted(pool.map(send, range(times)))


def test_fifty_guesses(
    app: Flask, count: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of fifty guesses no more are looked at than of guesses one after the other."""
    looked_at, slow = [], hashlib.scrypt

    def scrypt(password: bytes, **parameters: Any) -> bytes:
        looked_at.append(password)
        return slow(password, **parameters)

    with app.app_context():
        create_user(current_state().services(), EMAIL, PASSWORD)
    monkeypatch.setattr(hashlib, "scrypt", scrypt)
    statuses = at_once(app, 50, "login", email=EMAIL, password="guess {}")
    allowed = SIGN_IN.by_account
    assert statuses == [422] * allowed + [429] * (50 - allowed)
    assert len(looked_at) == allowed
    count(f"concurrency: 50 guesses at once, {allowed} looked at")


def test_twenty_uses_of_a_link(app: Flask, count: Callable[[str], None]) -> None:
    """Of twenty uses of a link one is done."""
    with app.app_context():
        services = current_state().services()
        key = start_reset(services, create_user(services, EMAIL, PASSWORD))
    statuses = at_once(app, 20, "reset", key=key, new="staple correct horse {}")
    assert statuses == [303] + [410] * 19
    count("concurrency: 20 uses of a link at once, 1 done")


def test_a_change_of_password(app: Flask, count: Callable[[str], None]) -> None:
    """Of twenty who sign in while the password is changed, nobody stays signed in."""
    app.extensions["simpleauth"].mailer = None
    with app.app_context():
        create_user(current_state().services(), EMAIL, PASSWORD)
    owner, *others = [client_for(app) for _ in range(21)]

    def sign_in(browser: FlaskClient) -> int:
        sent = {"email": EMAIL, "password": PASSWORD}
        return browser.post("/auth/-/forms/login", data=sent).status_code

    def change() -> int:
        sent = {"current": PASSWORD, "new": "staple correct horse"}
        return owner.post("/auth/-/forms/password", data=sent).status_code

    assert sign_in(owner) == 303
    with ThreadPoolExecutor(21) as pool:
        changed, statuses = pool.submit(change), list(pool.map(sign_in, others))
    assert (changed.result(), set(statuses) - {303, 422, 429}) == (303, set())
    signed_in = [each.get("/auth/account").status_code for each in (owner, *others)]
    assert signed_in == [200] + [303] * 20
    count("concurrency: 20 sign-ins during a change of password, nobody stays in")


def test_twenty_sign_ups(app: Flask, count: Callable[[str], None]) -> None:
    """Of twenty sign-ups with one address one makes an account, none a 500."""
    statuses = at_once(
        app, 20, "signup", email=EMAIL, name="Someone {}", password=PASSWORD
    )
    assert Counter(statuses) == {303: 1, 422: 19}
    count("concurrency: 20 sign-ups with one address at once, 1 account")
