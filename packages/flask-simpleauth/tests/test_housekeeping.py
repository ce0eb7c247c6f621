from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
from flask_simpleauth import Rule, Token
from flask_simpleauth.housekeeping import Housekeeping
from flask_simpleauth.stores.memory import MemoryStore, MemoryTokens

if TYPE_CHECKING:
    from conftest import Clock


class LockedTokens(MemoryTokens):
    """Tokens whose table somebody else has locked."""

    def purge(self, now: int, limit: int) -> int:
        raise OSError("locked")


def fill(store: MemoryStore, clock: Clock, expired: int) -> None:
    """Put so many expired tokens and counters into the store, and one of each kept."""
    now = int(clock.now)
    for number in range(expired + 1):
        ends = now + 60 if number == expired else now
        store.tokens.put(Token(f"{number:064}", "session", 1, now - 9, ends, now - 9))
        store.counters.hit({f"{number:064}": Rule(1, ends - now + 9)}, now - 9)


def rows(store: MemoryStore, clock: Clock) -> tuple[int, int]:
    """Return how many tokens there are, and how many counters would be purged."""
    tokens = len(store.tokens.list_for(1, "session"))
    return tokens, store.counters.purge(int(clock.now), 10**6)


@pytest.mark.parametrize(("drawn", "left"), [(0, (1501, 1500)), (1, (2501, 2500))])
def test_now_and_then(clock: Clock, drawn: int, left: tuple[int, int]) -> None:
    """One time in a hundred, some of what has expired goes; the others cost nothing."""
    asked: list[int] = []

    def below(number: int) -> int:
        asked.append(number)
        return drawn

    store = MemoryStore()
    fill(store, clock, 2500)
    Housekeeping(store.tokens, store.counters, clock, below).now_and_then()
    assert asked == [100]
    assert rows(store, clock) == left


def test_nobody_is_kept_out(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    """A table that cannot be tidied at the moment is no reason to refuse a sign-in."""
    house = Housekeeping(LockedTokens(), MemoryStore().counters, clock, lambda _: 0)
    with caplog.at_level(logging.WARNING):
        house.now_and_then()
    assert "was not removed" in caplog.text


def test_purge(clock: Clock) -> None:
    """All that has expired goes in steps, and nothing else."""
    store = MemoryStore()
    fill(store, clock, 5)
    house = Housekeeping(store.tokens, store.counters, clock)
    assert list(house.purge(2)) == [2, 2, 1, 2, 2, 1]
    assert rows(store, clock) == (1, 0)
