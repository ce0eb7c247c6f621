"""Counters in Redis, in scripts: nothing comes between their reading and writing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ...counting import Rule
from .connection import Redis, asking

# An expired counter stays for an hour more, for clocks that differ. The arithmetic is
# that of Rule.after().
_HIT = """
local now, rules, closed = tonumber(ARGV[1]), cjson.decode(ARGV[2]), {}
for place, key in ipairs(KEYS) do
    local opens_at = tonumber(redis.call('HGET', key, 'opens_at'))
    if opens_at and opens_at > now then
        closed[#closed + 1] = place
        closed[#closed + 1] = opens_at
    end
end
if #closed > 0 then
    return closed
end

for place, key in ipairs(KEYS) do
    local limit, window, waits = unpack(rules[place])
    local resets_at = tonumber(redis.call('HGET', key, 'resets_at'))
    if not resets_at or resets_at <= now then
        resets_at = now + window
        redis.call('HSET', key, 'hits', 0, 'resets_at', resets_at)
        redis.call('EXPIRE', key, window + 3600)
    end
    local hits, opens_at = redis.call('HINCRBY', key, 'hits', 1), 0
    if hits >= limit then
        local wait = waits[math.min(hits - limit + 1, #waits)]
        opens_at = wait and math.min(now + wait, resets_at) or resets_at
    end
    redis.call('HSET', key, 'opens_at', opens_at)
end
return closed
"""

_REFUND = """
for _, key in ipairs(KEYS) do
    local hits = tonumber(redis.call('HGET', key, 'hits'))
    if hits and hits > 0 then
        redis.call('HSET', key, 'hits', hits - 1, 'opens_at', 0)
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

    @asking()
    def hit(self, rules: Mapping[str, Rule], now: int) -> dict[str, int]:
        """Add one to each counter, or to none."""
        keys = list(rules)
        given = [(rule.limit, rule.window, rule.waits) for rule in rules.values()]
        found: list[int] = self._hit(self._keys(keys), [now, json.dumps(given)])
        pairs = zip(found[::2], found[1::2], strict=True)
        return {keys[place - 1]: opens_at for place, opens_at in pairs}

    @asking()
    def refund(self, keys: Iterable[str]) -> None:
        """Take one hit back from each counter."""
        self._refund(self._keys(keys))

    def purge(self, now: int, limit: int) -> int:
        """Remove nothing: what has expired goes by itself."""
        return 0

    def _keys(self, keys: Iterable[str]) -> list[str]:
        return [f"{self._prefix}counter:{key}" for key in keys]
