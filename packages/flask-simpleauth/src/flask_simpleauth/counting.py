"""How often something may be done, and how often it was. Without a clock or a store."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Count:
    """What a counter holds; one that is not there has counted nothing."""

    #: Those that were counted in this window, without the ones that were refused.
    hits: int
    #: When the window ends, and the counter starts anew.
    resets_at: int
    #: From when on it takes another hit, which is never after ``resets_at``; 0 if it
    #: takes one from everybody, also from who has a clock that is behind.
    opens_at: int


@dataclass(frozen=True)
class Rule:
    """How many hits a counter takes in a window of time."""

    #: Hits that are free: at least one.
    limit: int
    #: Seconds from the first hit until the counter starts anew.
    window: int
    #: Seconds for which it is closed after the last free hit, after the next one, and
    #: so on, the last of them over and over. Without any, until the window ends.
    waits: tuple[int, ...] = ()

    def after(self, before: Count | None, now: int) -> Count:
        """Return the count after one hit more."""
        if before is None or before.resets_at <= now:
            before = Count(0, now + self.window, 0)

        hits, resets_at = before.hits + 1, before.resets_at
        return Count(hits, resets_at, self.opens_at(hits, resets_at, now))

    def opens_at(self, hits: int, resets_at: int, now: int) -> int:
        """Return when a counter that has come to so many hits takes another."""
        if hits < self.limit:
            return 0
        if not self.waits:
            return resets_at
        wait = self.waits[min(hits - self.limit, len(self.waits) - 1)]
        return min(now + wait, resets_at)
