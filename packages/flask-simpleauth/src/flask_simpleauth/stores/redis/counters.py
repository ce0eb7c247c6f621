"""Counters in Redis, in scripts: nothing comes between their reading and writing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...store import Hit
from .connection import Redis

# An expired counter stays for an hour more, for clocks that differ.
_HIT = """
local now, hits = tonumber(ARGV[1]), {}
for place, key in ipairs(KEYS) do
    local resets_at = tonumber(redis.call('HGET', key, 'resets_at'))
    if not resets_at or resets_at <= now then
        local window = tonumber(ARGV[place + 1])
        resets_at = now + window
        redis.call('HSET', key, 'count', 0, 'resets_at', resets_at)
        redis.call('EXPIRE', key, window + 3600)
    end
    hits[2 * place - 1] = redis.call('HINCRBY', key, 'count', 1)
    hits[2 * place] = resets_at
end
return hits
"""

_REFUND = """
for _, key in ipairs(KEYS) do
    local count = tonumber(redis.call('HGET', key, 'count'))
    if count and count > 0 then
        redis.call('HINCRBY', key, 'count', -1)
    end
end
"""


class RedisCounters:
    """Counters by key."""

    def __init__(self, redis: Redis, prefix: str) -> None:
        client: Any = redis
        self._prefix = prefix
        self._hit = client.register_script(_HIT)
        self._refund = client.register_script(_REFUND)

    def hit(self, windows: Mapping[str, int], now: int) -> list[Hit]:
        """Add one to each counter and return them."""
        counted: list[int] = self._hit(self._keys(windows), [now, *windows.values()])
        return [Hit(*pair) for pair in zip(counted[::2], counted[1::2], strict=True)]

    def refund(self, keys: Iterable[str]) -> None:
        """Take one hit back from each counter."""
        self._refund(self._keys(keys))

    def purge(self, now: int, limit: int) -> int:
        """Remove nothing: what has expired goes by itself."""
        return 0

    def _keys(self, keys: Iterable[str]) -> list[str]:
        return [f"{self._prefix}counter:{key}" for key in keys]
