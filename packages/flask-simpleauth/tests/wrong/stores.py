"""Stores with the slips that authors make, each beside the promises it breaks.

Run by ``test_wrong_stores.py`` as a file of tests; only ``MemoryStore`` and
``EmbeddedStore`` are right.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import astuple, replace
from pathlib import Path
from typing import Any

import pytest
from flask_simpleauth import Count, Taken
from flask_simpleauth.stores.embedded import EmbeddedStore
from flask_simpleauth.stores.memory import (
    MemoryCounters,
    MemoryStore,
    MemoryTokens,
    MemoryUsers,
)
from flask_simpleauth.testing.stores import (
    CounterTests,
    StoreTests,
    TokenTests,
    UserTests,
)
from flask_simpleauth.testing.stores.base import NOW
from flask_simpleauth.testing.stores.crowd import PROCESSES, THREADS


def meet(crowd: threading.Barrier) -> None:
    """Let all of a crowd read before one of it writes, where that is two steps.

    So how busy the machine is has no say in it. Who waits for others that no test lets
    come goes on alone in the end, and then nothing is wrong.
    """
    with suppress(threading.BrokenBarrierError):
        crowd.wait(30)


class Wrong:
    """A memory store with one part replaced by the class's own."""

    is_shared = False
    Users: Callable[[], Any] = MemoryUsers
    Tokens: Callable[[], Any] = MemoryTokens
    Counters: Callable[[], Any] = MemoryCounters

    @pytest.fixture
    def open_store(self) -> Callable[[], Any]:
        store = MemoryStore()
        store.users = self.Users()
        store.tokens = self.Tokens()
        store.counters = self.Counters()
        return lambda: store


class TestTokenReadThenRemoved(Wrong, TokenTests):
    broken = ("test_consume_at_once",)

    class Tokens(MemoryTokens):
        def __init__(self) -> None:
            super().__init__()
            self.crowd = threading.Barrier(THREADS)

        def consume(self, digest: str, kind: str, now: int) -> Any:
            token = self.get(digest, kind)
            meet(self.crowd)
            if token is None or token.expires_at <= now:
                return None
            self._tokens.pop(digest, None)
            return token


class TestDeletedRowsNotCounted(TokenTests):
    broken = ("test_consume_at_once",)

    @pytest.fixture
    def open_store(self, tmp_path: Path) -> Callable[[], Any]:
        store = EmbeddedStore(tmp_path / "accounts.sqlite3")
        crowd = threading.Barrier(THREADS)

        def consume(digest: str, kind: str, now: int) -> Any:
            token = store.tokens.get(digest, kind)
            if token is None or token.expires_at <= now:
                return None
            meet(crowd)
            store.tokens.revoke(token.user_id, kind, only=digest)
            return token

        store.tokens.consume = consume  # type: ignore[method-assign] # the slip
        return lambda: store


class TestKeepIsLost(Wrong, TokenTests):
    broken = ("test_revoke",)

    class Tokens(MemoryTokens):
        def revoke(self, user_id: Any, kind: Any = None, **which: Any) -> int:
            return super().revoke(user_id, kind, only=which.get("only"))


class TestOnlyForgetsWhose(Wrong, TokenTests):
    broken = ("test_revoke",)

    class Tokens(MemoryTokens):
        def revoke(self, user_id: Any, kind: Any = None, **which: Any) -> int:
            only = which.get("only")
            if only is not None:
                return self._remove({only} & set(self._tokens))
            return super().revoke(user_id, kind, **which)


class TestClockOfItsOwn(Wrong, TokenTests):
    broken = ("test_consume", "test_consume_at_once")

    class Tokens(MemoryTokens):
        def consume(self, digest: str, kind: str, now: int) -> Any:
            return super().consume(digest, kind, int(time.time()))


class TestConsumesTheExpired(Wrong, TokenTests):
    broken = ("test_consume_expired",)

    class Tokens(MemoryTokens):
        def consume(self, digest: str, kind: str, now: int) -> Any:
            return super().consume(digest, kind, now - 1)


class TestKindDoesNotMatter(Wrong, TokenTests):
    broken = ("test_token_comes_back", "test_consume")

    class Tokens(MemoryTokens):
        def get(self, digest: str, kind: str) -> Any:
            return self._tokens.get(digest)


class TestTouchMakesWhatIsGone(Wrong, TokenTests):
    broken = ("test_touch",)

    class Tokens(MemoryTokens):
        def __init__(self) -> None:
            super().__init__()
            self._cache: dict[str, Any] = {}

        def put(self, token: Any) -> None:
            super().put(token)
            self._cache[token.digest] = token

        def touch(self, digest: str, seen_at: int) -> None:
            if digest in self._cache:
                super().put(replace(self._cache[digest], seen_at=seen_at))


class TestKeysBecomeText(Wrong, TokenTests):
    broken = (
        "test_token_comes_back",
        "test_owner",
        "test_owner_with_roles",
        "test_token_of_nobody",
        "test_large_token",
        "test_touch",
        "test_consume",
        "test_consume_at_once",
        "test_list_for",
        "test_revoke",
    )

    class Tokens(MemoryTokens):
        def put(self, token: Any) -> None:
            super().put(replace(token, user_id=str(token.user_id)))


class TestLongLabelsAreCut(Wrong, TokenTests):
    broken = ("test_large_token",)

    class Tokens(MemoryTokens):
        def put(self, token: Any) -> None:
            super().put(replace(token, label=token.label[:64]))


class TestOldestFirst(Wrong, TokenTests):
    broken = ("test_list_for",)

    class Tokens(MemoryTokens):
        def list_for(self, user_id: Any, kind: str) -> list[Any]:
            return super().list_for(user_id, kind)[::-1]


class TestPurgesAllAtOnce(Wrong, TokenTests):
    broken = ("test_purge",)

    class Tokens(MemoryTokens):
        def purge(self, now: int, limit: int) -> int:
            return super().purge(now, 10**6)


class TestCountReadThenWritten(Wrong, CounterTests):
    broken = ("test_hit_at_once", "test_waits_at_once")

    class Counters(MemoryCounters):
        def __init__(self) -> None:
            super().__init__()
            self.crowd = threading.Barrier(THREADS)

        def hit(self, rules: Any, now: int) -> Any:
            read = MemoryCounters()
            read._counts = dict(self._counts)
            closed = read.hit(rules, now)
            meet(self.crowd)
            self._counts = read._counts
            return closed


class TestWindowSlides(Wrong, CounterTests):
    broken = ("test_hit", "test_running_windows_keep_their_end", "test_purge_counters")

    class Counters(MemoryCounters):
        def hit(self, rules: Any, now: int) -> Any:
            for key in rules.keys() & self._counts.keys():
                ends = now + rules[key].window
                self._counts[key] = replace(self._counts[key], resets_at=ends)
            return super().hit(rules, now)

        def purge(self, now: int, limit: int) -> int:
            return super().purge(now - 1, limit)


class TestCountsUntilOneIsClosed(Wrong, CounterTests):
    broken = ("test_hit_all_or_none", "test_hit_at_once")

    class Counters(MemoryCounters):
        def hit(self, rules: Any, now: int) -> Any:
            for key in rules:
                closed = super().hit({key: rules[key]}, now)
                if closed:
                    return closed
            return {}


class TestRefusedHitsMakeWaitsLonger(Wrong, CounterTests):
    broken = ("test_waits", "test_waits_at_once")

    class Counters(MemoryCounters):
        def hit(self, rules: Any, now: int) -> Any:
            closed = super().hit(rules, now)
            with self._lock:
                for key in closed:
                    more = self._counts[key].hits + 1
                    self._counts[key] = replace(self._counts[key], hits=more)
            return closed


class TestWaitsGoOnAfterTheWindow(Wrong, CounterTests):
    broken = ("test_waits",)

    class Counters(MemoryCounters):
        def hit(self, rules: Any, now: int) -> Any:
            closed = super().hit(rules, now)
            for key, rule in rules.items():
                count = self._counts[key]
                if rule.waits and not closed and count.opens_at == count.resets_at:
                    self._counts[key] = replace(count, opens_at=now + rule.waits[-1])
            return closed


class TestRefundLeavesClosed(Wrong, CounterTests):
    broken = ("test_refund", "test_refund_ends_a_wait", "test_refund_at_once")

    class Counters(MemoryCounters):
        def refund(self, keys: Any) -> None:
            with self._lock:
                for key in self._counts.keys() & set(keys):
                    less = max(0, self._counts[key].hits - 1)
                    self._counts[key] = replace(self._counts[key], hits=less)


class TestRefundsBelowZero(Wrong, CounterTests):
    broken = ("test_refund",)

    class Counters(MemoryCounters):
        def refund(self, keys: Any) -> None:
            with self._lock:
                for key in keys:
                    count = self._counts.get(key, Count(0, NOW + 60, 0))
                    self._counts[key] = replace(count, hits=count.hits - 1, opens_at=0)


class TestAddressCheckedThenTaken(Wrong, UserTests):
    broken = ("test_taken_address_at_once",)

    class Users(MemoryUsers):
        def __init__(self) -> None:
            super().__init__()
            self.crowd = threading.Barrier(THREADS)

        def create(self, values: Any) -> Any:
            if self.find(values["email"]) is not None:
                raise Taken()
            meet(self.crowd)
            with self._lock:
                number = next(self._ids)
            made = super().create({**values, "email": f"{number}@unique.example"})
            self._users[made.id].email = made.email = values["email"]
            return made


class TestSaveMakesWhoIsGone(Wrong, UserTests):
    broken = ("test_deleted_stays_deleted",)

    class Users(MemoryUsers):
        def save(self, user: Any, changes: Any) -> None:
            super().save(user, changes)
            self._users.setdefault(user.id, replace(user))


class TestSaveWritesTheWholeUser(Wrong, UserTests):
    broken = ("test_saving_saves_what_is_named",)

    class Users(MemoryUsers):
        def save(self, user: Any, changes: Any) -> None:
            super().save(user, changes)
            if user.id in self._users:
                self._users[user.id] = replace(user)


class TestFindsWhoIsAlike(Wrong, UserTests):
    broken = ("test_addresses_alike",)

    class Users(MemoryUsers):
        def find(self, identity: str) -> Any:
            alike = identity.strip().lower()
            with self._lock:
                return next(
                    (replace(u) for u in self._users.values() if u.email == alike),
                    None,
                )


class TestTakenOnlyAtSignUp(Wrong, UserTests):
    broken = ("test_saving_a_taken_address",)

    class Users(MemoryUsers):
        def save(self, user: Any, changes: Any) -> None:
            for kept in filter(None, (self._users.get(user.id), user)):
                for name, value in changes.items():
                    setattr(kept, name, value)


class TestUnreachableMeansNobody(Wrong, StoreTests):
    broken = ("test_server_is_gone",)

    @pytest.fixture
    def unreachable_store(self) -> Any:
        return MemoryStore()  # answers as if it were empty


class TestLockOfOneProcess(StoreTests):
    broken = ("test_several_processes",)

    @pytest.fixture
    def open_store(self, tmp_path: Path) -> Callable[[], Any]:
        """Keep all else right, and count in a file under a lock of this process."""
        lock = threading.Lock()
        crowd: Any = multiprocessing.get_context("fork").Barrier(PROCESSES)
        file = tmp_path / "counters.json"

        class CountersInAFile(MemoryCounters):
            def hit(self, rules: Any, now: int) -> Any:
                with lock:
                    kept = json.loads(file.read_text()) if file.exists() else {}
                    self._counts = {key: Count(*count) for key, count in kept.items()}
                    closed = super().hit(rules, now)
                    meet(crowd)
                    kept = {key: astuple(c) for key, c in self._counts.items()}
                    draft = tmp_path / str(os.getpid())
                    draft.write_text(json.dumps(kept))
                    draft.replace(file)
                    return closed

        def open_it() -> Any:
            store = EmbeddedStore(tmp_path / "accounts.sqlite3")
            store.counters = CountersInAFile()  # type: ignore[assignment] # the slip
            return store

        return open_it
