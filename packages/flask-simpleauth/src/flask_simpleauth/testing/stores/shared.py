"""What a store promises as a whole: to several processes, and when it breaks."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from ...counting import Rule
from ...errors import Taken
from ...store import Store, StoreUnavailable
from .base import NOW, Entering, Opener, RequestByRequest, create, key_of
from .counters import CounterTests
from .crowd import PROCESSES, in_processes
from .tokens import TokenTests, a_token
from .users import UserTests

OneRequest = Callable[[], AbstractContextManager[Any]]

#: What each process does so many times.
_ROUNDS = 15

#: How many hits of all processes are taken.
_ALLOWED = PROCESSES * _ROUNDS // 2


class StoreTests(UserTests, TokenTests, CounterTests):
    """Promises of a whole :class:`~flask_simpleauth.store.Store`."""

    def test_several_processes(self, open_store: Opener, entered: Entering) -> None:
        """For four processes too: an address, a token, the last free hit is one's.

        Nothing is opened before they part, since no connection survives that.
        """
        if not self.is_shared or not hasattr(os, "fork"):
            pytest.skip("This store is for one process, or this system cannot fork.")

        def opened() -> Any:  # pragma: no cover # in another process
            return RequestByRequest(open_store(), entered)

        def prepare() -> None:  # pragma: no cover # in another process
            store = opened()
            for number in range(_ROUNDS):
                store.tokens.put(a_token(None, chr(ord("a") + number)))

        def compete() -> list[Any]:  # pragma: no cover # in another process
            store = opened()
            return [_rush(store, number) for number in range(_ROUNDS)]

        in_processes(prepare, 1)
        rounds = list(zip(*in_processes(compete), strict=True))
        assert [sum(made for made, _, _ in each) for each in rounds] == [1] * _ROUNDS
        assert [sum(got for _, got, _ in each) for each in rounds] == [1] * _ROUNDS
        assert sum(counted for each in rounds for _, _, counted in each) == _ALLOWED

    def test_what_is_written_stays(self, open_store: Opener, entered: Entering) -> None:
        """What was written is there for who opens the store anew."""
        store = RequestByRequest(open_store(), entered)
        key = key_of(store, create(store, "ada@example.org"))
        store.tokens.put(a_token(key))
        store.counters.hit({"a": Rule(1, 60)}, NOW)

        again = RequestByRequest(open_store(), entered)
        assert key_of(again, again.users.find("ada@example.org")) == key
        assert again.tokens.get("a" * 64, "session") == a_token(key)
        assert again.counters.hit({"a": Rule(1, 60)}, NOW) == {"a": NOW + 60}

    def test_transaction(self, one_request: OneRequest) -> None:
        """What is written in a transaction is there together, and readable within."""
        with one_request() as store:
            self._require_transactions(store)
            with store.transaction():
                key = key_of(store, create(store, "ada@example.org"))
                store.tokens.put(a_token(key))
                assert store.tokens.get("a" * 64, "session").user_id == key
        with one_request() as store:
            assert store.tokens.get("a" * 64, "session").user_id == key

    def test_transaction_that_fails(self, one_request: OneRequest) -> None:
        """After an error nothing of a transaction is there, and the store is usable."""

        def write(store: Any, email: str) -> None:
            with store.transaction():
                store.tokens.put(a_token(None))
                create(store, email)
                raise ZeroDivisionError

        with one_request() as store:
            self._require_transactions(store)
            create(store, "ada@example.org")
            for email, error in (
                ("ada@example.org", Taken),
                ("eve@example.org", ZeroDivisionError),
            ):
                with pytest.raises(error):
                    write(store, email)
                assert store.tokens.get("a" * 64, "session") is None
            assert store.users.find("eve@example.org") is None
            assert create(store, "eve@example.org") is not None

    def test_server_is_gone(
        self, unreachable_store: Store[Any] | None, entered: Entering
    ) -> None:
        """Without its server a store says so, and never that nobody is there.

        Else everybody would be signed out, and tries would not be counted.
        """
        if unreachable_store is None:
            pytest.skip("No store on a server that is gone is given.")

        store = RequestByRequest(unreachable_store, entered)
        asking: tuple[Callable[[], Any], ...] = (
            lambda: store.users.find("ada@example.org"),
            lambda: create(store, "ada@example.org"),
            lambda: store.tokens.get("a" * 64, "session"),
            lambda: store.tokens.consume("a" * 64, "session", NOW),
            lambda: store.tokens.put(a_token(None)),
            lambda: store.tokens.revoke(None),
            lambda: store.counters.hit({"a": Rule(1, 60)}, NOW),
        )
        for ask in asking:
            with pytest.raises(StoreUnavailable):
                ask()

    def _require_transactions(self, store: Any) -> None:
        if not self.is_one_database or not hasattr(store, "transaction"):
            pytest.skip("Each write to this store stands for itself.")


def _rush(store: Any, number: int) -> Any:  # pragma: no cover # in another process
    """Sign up, consume and count as others do: return what of it was ours."""
    try:
        create(store, f"user{number}@example.org")
        made = True
    except Taken:
        made = False
    digest = chr(ord("a") + number) * 64
    got = store.tokens.consume(digest, "session", NOW) is not None
    counted = store.counters.hit({"a": Rule(_ALLOWED, 60)}, NOW) == {}
    return made, got, counted
