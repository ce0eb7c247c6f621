from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask_simpleauth import Rule, SimpleAuth, Token
from flask_simpleauth.stores.redis import RedisStore
from flask_simpleauth.stores.sqlalchemy import SQLAlchemyUsers
from flask_simpleauth.testing import AuthClient
from flask_simpleauth.testing.stores import StoreTests
from redis import Redis

PASSWORD = "correct horse battery"
NOW = 1_800_000_000

pytestmark = pytest.mark.every_store

Opener = Callable[[], Any]


class TestRedis(StoreTests):
    expires_by_itself = True
    is_one_database = False

    @pytest.fixture
    def open_store(self, redis_keys: tuple[str, str]) -> Opener:
        url, prefix = redis_keys
        return lambda: RedisStore(url, prefix=prefix)

    @pytest.fixture
    def unreachable_store(self) -> Any:
        return RedisStore("redis://127.0.0.1:1/0")


class TestRedisBesideSQL(TestRedis):
    @pytest.fixture
    def own(self, emptied_database: Callable[[str], Any]) -> Any:
        return emptied_database("sqlite")

    @pytest.fixture
    def open_store(self, own: Any, redis_keys: tuple[str, str]) -> Opener:
        _, db, user_class = own
        url, prefix = redis_keys
        users = SQLAlchemyUsers(db, user_class)
        return lambda: RedisStore(url, users=users, prefix=prefix)

    @pytest.fixture
    def entered(self, own: Any) -> Any:
        return own[0].app_context

    @pytest.fixture
    def unreachable_store(self) -> None:
        """Who has no session is looked for in SQL, which is there."""


def test_token_that_ends_while_it_is_touched(redis_keys: tuple[str, str]) -> None:
    """Who signs out while another page notes the last use is signed out."""
    url, prefix = redis_keys

    class Slow(Redis):
        def get(self, name: Any) -> Any:
            value = super().get(name)
            self.delete(name)
            return value

    with Slow.from_url(url) as client, Redis.from_url(url) as other:
        token = Token("a" * 64, "session", 1, NOW, NOW + 60, NOW)
        store = RedisStore(other, prefix=prefix)
        store.tokens.put(token)
        RedisStore(client, prefix=prefix).tokens.touch(token.digest, NOW + 1)
        assert store.tokens.get(token.digest, "session") is None


def test_site_without_sql(app: Flask, redis_keys: tuple[str, str]) -> None:
    """A site with everything in Redis: sign up, be known, sign out, be forgotten."""
    url, prefix = redis_keys
    with Redis.from_url(url, decode_responses=True) as client:
        auth: Any = SimpleAuth(app, store=RedisStore(client, prefix=prefix))
        app.add_url_rule(
            "/", "in", auth.login_required(lambda: auth.require_user().name)
        )
        browser = AuthClient(app, app.response_class)
        browser.submit_form(
            "simpleauth.signup",
            page="/auth/signup",
            name="Ada ❤",
            email="ada@example.org",
            password=PASSWORD,
        )
        assert browser.get("/").text == "Ada ❤"
        with app.app_context():
            ada = auth.authenticate("ada@example.org", PASSWORD)
            auth.grant(ada, "admin")
            assert auth.end_sessions(ada) == 1
        assert browser.get("/").status_code == 303


def test_nothing_stays_for_ever(redis_keys: tuple[str, str]) -> None:
    """Tokens, the sets that list them and counters have an end."""
    url, prefix = redis_keys
    store = RedisStore(url, prefix=prefix)
    for number, lifetime in enumerate((60, 10**12, 600)):
        token = Token(f"{number:064}", "session", 1, NOW, NOW + lifetime, NOW)
        store.tokens.put(token)
        store.tokens.touch(token.digest, NOW + 1)
    store.counters.hit({"a": Rule(1, 60)}, NOW)

    with Redis.from_url(url) as client:
        left = {key: client.ttl(key) for key in client.scan_iter(f"{prefix}*")}
    assert len(left) == 5
    assert min(left.values()) > 0
    century = 100 * 365 * 24 * 3600
    assert max(left.values()) <= century + 24 * 3600
    assert left[f"{prefix}tokens:1".encode()] > century


def test_sets_forget_what_is_gone(redis_keys: tuple[str, str]) -> None:
    """The set of somebody who signs in again and again does not grow without end."""
    url, prefix = redis_keys
    store = RedisStore(url, prefix=prefix)
    with Redis.from_url(url) as client:
        for number in range(70):
            token = Token(f"{number:064}", "session", 1, NOW, NOW + 60, NOW)
            store.tokens.put(token)
            client.delete(f"{prefix}token:{token.digest}")
        assert client.scard(f"{prefix}tokens:1") < 10


@pytest.mark.parametrize("key", ["ada", "1", uuid4(), 2**63])
def test_keys_of_users(redis_keys: tuple[str, str], key: Any) -> None:
    """Keys are told from one another by their types, and come back as they were."""
    url, prefix = redis_keys
    tokens = RedisStore(url, prefix=prefix).tokens
    token = Token("a" * 64, "session", key, NOW, NOW + 60, NOW)
    tokens.put(token)
    tokens.put(Token("b" * 64, "session", 1, NOW, NOW + 60, NOW))

    assert tokens.get("a" * 64, "session") == token
    assert tokens.list_for(key, "session") == [token]
    assert tokens.revoke(1) == 1
    assert tokens.revoke(key) == 1


def test_odd_key(redis_keys: tuple[str, str]) -> None:
    """A key that would come back as something else is refused, with the cure."""
    url, prefix = redis_keys
    with pytest.raises(RuntimeError, match=r"numbers, text and UUIDs.*not tuple"):
        RedisStore(url, prefix=prefix).tokens.put(
            Token("a" * 64, "session", (1, 2), NOW, NOW, NOW)
        )


def test_without_the_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without its client the store says what to install."""
    monkeypatch.setitem(sys.modules, "redis", None)
    name = "flask_simpleauth.stores.redis.connection"
    monkeypatch.delitem(sys.modules, name)
    with pytest.raises(ImportError, match=r"pip install Flask-SimpleAuth\[redis\]"):
        importlib.import_module(name)
