"""What a store promises of counters."""

from __future__ import annotations

from functools import partial
from typing import Any

from ...counting import Rule
from .base import NOW, StoreCase
from .crowd import THREADS, at_once

TWICE = Rule(2, 60)
#: After the first one each waits for the one before.
ONE_BY_ONE = Rule(1, 600, (10, 20, 30))


class CounterTests(StoreCase):
    """Promises of :class:`~flask_simpleauth.store.CounterStore`."""

    def test_hit(self, store: Any) -> None:
        """A counter takes so many hits in the window of the first, then starts anew."""
        hit = store.counters.hit
        assert hit({"a": TWICE}, NOW) == {}
        assert hit({"a": TWICE}, NOW + 59) == {}
        assert hit({"a": TWICE, "b": TWICE}, NOW + 59) == {"a": NOW + 60}
        assert [hit({"a": TWICE}, NOW + 60 + n) for n in range(3)] == [
            {},
            {},
            {"a": NOW + 120},
        ]
        assert hit({}, NOW) == {}

    def test_running_windows_keep_their_end(self, store: Any) -> None:
        """A hit by another rule moves the end of no window, however long that is."""
        key, window = "c" * 64, 2**31
        assert store.counters.hit({key: Rule(9, window)}, NOW) == {}
        assert store.counters.hit({key: Rule(2, 5)}, NOW + 5) == {}
        assert store.counters.hit({key: Rule(2, 5)}, NOW + 9) == {key: NOW + window}

    def test_hit_all_or_none(self, store: Any) -> None:
        """Where one counter is closed, none of the others counts."""
        once = Rule(1, 60)
        assert store.counters.hit({"m": once}, NOW) == {}
        for rules in ({"a": once, "m": once}, {"z": once, "m": once}):
            assert store.counters.hit(rules, NOW + 1) == {"m": NOW + 60}
        assert store.counters.hit({"z": once, "a": once}, NOW + 1) == {}
        assert store.counters.hit({"a": once}, NOW + 1) == {"a": NOW + 61}

    def test_waits(self, store: Any) -> None:
        """After the free ones each hit is followed by a wait, the last over and over.

        Hits that are refused make no wait longer, and the end of the window ends it.
        """
        rule = Rule(2, 60, (5, 10, 20))
        taken = []
        for now in range(NOW, NOW + 60):
            closed = store.counters.hit({"a": rule}, now)
            if not closed:
                taken.append(now - NOW)
        assert taken == [0, 1, 6, 16, 36, 56]
        assert closed == {"a": NOW + 60}
        assert store.counters.hit({"a": rule}, NOW + 60) == {}

    def test_hit_at_once(self, store: Any) -> None:
        """Of many hits at once no more are taken than may be, and no other counts."""
        allowed = THREADS // 3
        rules = {"a": Rule(THREADS, 60), "b": Rule(allowed, 60)}

        outcomes: list[Any] = at_once(lambda: store.counters.hit(rules, NOW))
        refused = [closed for closed in outcomes if closed != {}]
        assert refused == [{"b": NOW + 60}] * (THREADS - allowed)
        left = [store.counters.hit({"a": rules["a"]}, NOW) for _ in range(THREADS)]
        assert left.count({}) == THREADS - allowed

    def test_waits_at_once(self, store: Any) -> None:
        """A crowd begins one wait, which is no longer for there being many."""
        for now, wait in ((NOW, 10), (NOW + 10, 20), (NOW + 30, 30)):
            hit = partial(store.counters.hit, {"a": ONE_BY_ONE}, now)
            outcomes: list[Any] = at_once(hit)
            assert outcomes.count({}) == 1
            assert outcomes.count({"a": now + wait}) == THREADS - 1

    def test_clocks_that_differ(self, store: Any) -> None:
        """Who comes with a clock that is behind is not refused by an open counter.

        As do two workers when a second ends, and servers whose clocks differ.
        """
        hit, rule = store.counters.hit, Rule(3, 60)
        assert [hit({"a": rule}, NOW - n) for n in (0, 1, 2)] == [{}, {}, {}]
        assert hit({"a": rule}, NOW - 1) == {"a": NOW + 60}

    def test_refund(self, store: Any) -> None:
        """A refund takes one hit back, and never below zero."""
        hit, refund = store.counters.hit, store.counters.refund
        for _ in range(2):
            assert hit({"a": TWICE, "c": TWICE}, NOW) == {}
        refund(["a"])
        assert [hit({"a": TWICE}, NOW) for _ in range(2)] == [{}, {"a": NOW + 60}]
        assert hit({"c": TWICE}, NOW) == {"c": NOW + 60}

        for _ in range(3):
            refund(["a", "b"])
        for key in "ab":
            taken = [hit({key: TWICE}, NOW) for _ in range(3)]
            assert taken == [{}, {}, {key: NOW + 60}]
        refund([])

    def test_refund_ends_a_wait(self, store: Any) -> None:
        """A hit that is taken back has begun no wait, and made no other longer."""
        for _ in range(3):
            assert store.counters.hit({"a": ONE_BY_ONE}, NOW) == {}
            store.counters.refund(["a"])
        assert store.counters.hit({"a": ONE_BY_ONE}, NOW) == {}
        assert store.counters.hit({"a": ONE_BY_ONE}, NOW) == {"a": NOW + 10}

    def test_refund_at_once(self, store: Any) -> None:
        """Refunds at once are each counted once."""
        rule = Rule(THREADS, 60)
        for _ in range(THREADS):
            store.counters.hit({"a": rule}, NOW)
        at_once(lambda: store.counters.refund(["a"]))
        taken = [store.counters.hit({"a": rule}, NOW) for _ in range(THREADS + 1)]
        assert taken == [{}] * THREADS + [{"a": NOW + 60}]

    def test_coming_and_going(self, store: Any) -> None:
        """Hits, refunds and purges of the same counters at once get along."""
        rules = dict.fromkeys("ba", Rule(2 * THREADS, 60))

        def come_and_go(now: int) -> list[Any]:
            closed = []
            for _ in range(2):
                closed.append(store.counters.hit(rules, now))
                store.counters.refund(list(rules))
                store.counters.purge(now, 2)
            return closed

        for now in range(NOW, NOW + 300, 60):
            outcomes: list[Any] = at_once(partial(come_and_go, now))
            assert outcomes == [[{}, {}]] * THREADS

    def test_purge_counters(self, store: Any) -> None:
        """Counters that start anew go in steps of a given size at most; others stay."""
        store.counters.hit(dict.fromkeys("abc", TWICE), NOW)
        store.counters.hit({"d": Rule(1, 600)}, NOW)

        steps = [0, 0, 0] if self.expires_by_itself else [2, 1, 0]
        assert [store.counters.purge(NOW + 60, 2) for _ in range(3)] == steps
        assert store.counters.hit({"d": Rule(1, 600)}, NOW) == {"d": NOW + 600}
