"""Users in Redis: each a hash of JSON values, and one hash that finds them by address.

Whatever changes both does so in a script, so that one is never without the other.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from typing import Any

from ...errors import Taken
from ...store import Attributes
from ..plain import PlainUser
from .connection import Redis, asking, text

# KEYS: the hash by address, the user. ARGV: the user's key, the address, the values.
_CREATE = """
if redis.call('HSETNX', KEYS[1], ARGV[2], ARGV[1]) == 0 then
    return 0
end
redis.call('HSET', KEYS[2], unpack(ARGV, 3))
return 1
"""

# As above; the address is empty if it stays as it is. Who is gone stays so.
_SAVE = """
local old = redis.call('HGET', KEYS[2], 'email')
if not old then
    return 1
end
if ARGV[2] ~= '' then
    local owner = redis.call('HGET', KEYS[1], ARGV[2])
    if owner and owner ~= ARGV[1] then
        return 0
    end
    redis.call('HDEL', KEYS[1], cjson.decode(old))
    redis.call('HSET', KEYS[1], ARGV[2], ARGV[1])
end
redis.call('HSET', KEYS[2], unpack(ARGV, 3))
return 1
"""

_DELETE = """
local email = redis.call('HGET', KEYS[2], 'email')
if email then
    redis.call('HDEL', KEYS[1], cjson.decode(email))
    redis.call('DEL', KEYS[2])
end
"""


class RedisUsers:
    """Users by key and by address."""

    attributes = Attributes()

    def __init__(self, redis: Redis, prefix: str) -> None:
        self._redis: Any = redis
        self._prefix = prefix
        self._by_email = f"{prefix}emails"
        self._create = self._redis.register_script(_CREATE)
        self._save = self._redis.register_script(_SAVE)
        self._delete = self._redis.register_script(_DELETE)

    @asking()
    def get(self, user_id: Any) -> PlainUser | None:
        """Return the user with this key."""
        values: dict[Any, Any] = self._redis.hgetall(self._key(user_id))
        if not values:
            return None
        own = {text(name): json.loads(value) for name, value in values.items()}
        return PlainUser(id=user_id, **{**own, "roles": frozenset(own["roles"])})

    @asking()
    def find(self, identity: str) -> PlainUser | None:
        """Return the user with this address."""
        user_id = self._redis.hget(self._by_email, identity)
        return None if user_id is None else self.get(int(user_id))

    def addresses(self) -> Iterator[tuple[int, str]]:
        """Yield the key and the address of every user."""
        for email, user_id in self._redis.hscan_iter(self._by_email):
            yield int(user_id), text(email)

    @asking()
    def create(self, values: Mapping[str, Any]) -> PlainUser:
        """Make a user.

        :raises Taken: if the address has an account.
        """
        user_id: int = self._redis.incr(f"{self._prefix}last-user")
        user = PlainUser(id=user_id, **values)
        everything = asdict(user)
        del everything["id"]
        self._run(self._create, user_id, user.email, everything)
        return user

    @asking()
    def save(self, user: PlainUser, changes: Mapping[str, Any]) -> None:
        """Change these values.

        :raises Taken: if a new address has an account.
        """
        if "roles" in changes:
            changes = {**changes, "roles": frozenset(changes["roles"])}

        replace(user, **changes)  # before anything is written: are there such values?
        self._run(self._save, user.id, changes.get("email", ""), changes)
        for name, value in changes.items():
            setattr(user, name, value)

    @asking()
    def delete(self, user: PlainUser) -> None:
        """Remove the user."""
        self._delete([self._by_email, self._key(user.id)])

    def _run(
        self, script: Any, user_id: Any, email: str, values: Mapping[str, Any]
    ) -> None:
        pairs = [
            part
            for name, value in values.items()
            for part in (name, json.dumps(value, default=sorted))
        ]
        keys = [self._by_email, self._key(user_id)]
        if not script(keys, [user_id, email, *pairs]):
            raise Taken()

    def _key(self, user_id: Any) -> str:
        return f"{self._prefix}user:{user_id}"
