"""What a store promises of counters."""

from __future__ import annotations

from typing import Any

from ...store import Hit
from .base import NOW, StoreCase
from .crowd import THREADS, at_once


class CounterTests(StoreCase):
    """Promises of :class:`~flask_simpleauth.store.CounterStore`."""

    def test_hit(self, store: Any) -> None:
        """Hits are counted by key, in the order asked for, in the window of the first.

        When that ends, a counter starts anew.
        """
        hit = store.counters.hit
        assert hit({"b": 90, "a": 60}, NOW) == [Hit(1, NOW + 90), Hit(1, NOW + 60)]
        assert hit({"a": 5}, NOW + 59) == [Hit(2, NOW + 60)]
        assert hit({"a": 5, "b": 5}, NOW + 60) == [Hit(1, NOW + 65), Hit(2, NOW + 90)]
        assert hit({"c" * 64: 2**31}, NOW) == [Hit(1, NOW + 2**31)]
        assert hit({}, NOW) == []

    def test_hit_at_once(self, store: Any) -> None:
        """Many hits at once are all counted, none twice, whatever their order."""
        orders = iter([{"a": 60, "b": 60}, {"b": 60, "a": 60}] * THREADS)

        def hit() -> dict[str, Hit]:
            windows = next(orders)
            return dict(zip(windows, store.counters.hit(windows, NOW), strict=True))

        outcomes: list[Any] = at_once(hit)
        for key in "ab":
            counts = sorted(hits[key].count for hits in outcomes)
            assert counts == list(range(1, THREADS + 1))

    def test_refund(self, store: Any) -> None:
        """A refund takes one hit back, and never below zero."""
        store.counters.hit({"a": 60}, NOW)
        store.counters.hit({"a": 60, "c": 60}, NOW)
        store.counters.refund(["a"])
        assert store.counters.hit({"a": 60, "c": 60}, NOW) == [Hit(2, NOW + 60)] * 2

        for _ in range(3):
            store.counters.refund(["a", "b"])
        assert store.counters.hit({"a": 60, "b": 60}, NOW) == [Hit(1, NOW + 60)] * 2
        store.counters.refund([])

    def test_refund_at_once(self, store: Any) -> None:
        """Refunds and hits at once are each counted once."""
        for _ in range(THREADS):
            store.counters.hit({"a": 60}, NOW)
        at_once(lambda: store.counters.refund(["a"]))
        assert store.counters.hit({"a": 60}, NOW) == [Hit(1, NOW + 60)]

    def test_purge_counters(self, store: Any) -> None:
        """Counters that start anew go in steps of a given size at most; others stay."""
        store.counters.hit(dict.fromkeys("abc", 60), NOW)
        store.counters.hit({"d": 600}, NOW)

        steps = [0, 0, 0] if self.expires_by_itself else [2, 1, 0]
        assert [store.counters.purge(NOW + 60, 2) for _ in range(3)] == steps
        assert store.counters.hit({"d": 600}, NOW) == [Hit(2, NOW + 600)]
