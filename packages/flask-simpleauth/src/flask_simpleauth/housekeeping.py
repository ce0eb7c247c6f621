"""Removing what has expired: a little now and then, or all of it by command."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator

from .store import CounterStore, TokenStore
from .throttling import Clock

logger = logging.getLogger(__name__)

#: One sign-in in so many tidies up.
_RARELY = 100

#: Rows of a table that a sign-in removes. More than expire between two that do, and few
#: enough not to be waited for.
_A_LITTLE = 1000


class Housekeeping:
    """Removes the expired tokens and counters of one app.

    :param below: returns a random number from 0 up to the one it gets.
    """

    def __init__(
        self,
        tokens: TokenStore,
        counters: CounterStore,
        clock: Clock,
        below: Callable[[int], int] = secrets.randbelow,
    ) -> None:
        self._expiring = (tokens, counters)
        self._clock = clock
        self._below = below

    def now_and_then(self) -> None:
        """Remove some of what has expired, once in a hundred times."""
        if self._below(_RARELY) > 0:
            return

        now = int(self._clock())
        try:
            for store in self._expiring:
                store.purge(now, _A_LITTLE)
        except Exception:
            # Somebody has signed in, which is what they came for.
            logger.warning("What has expired was not removed.", exc_info=True)

    def purge(self, step: int) -> Iterator[int]:
        """Remove all that has expired, in steps of so many rows; yield how many each.

        Each step is a transaction, so that nobody waits for the whole.
        """
        now = int(self._clock())
        for store in self._expiring:
            while removed := store.purge(now, step):
                yield removed
