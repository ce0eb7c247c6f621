"""Tokens in Redis: each a key that expires, and for each user a set of theirs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any
from uuid import UUID

from ...store import Token
from .connection import Redis, asking, text

#: Seconds that an expired token stays, for clocks that differ.
_GRACE = 24 * 60 * 60

#: Seconds after which a token goes that has no end.
_CENTURY = 100 * 365 * 24 * 60 * 60

#: Entries in a user's set from which on it is looked for those that are gone.
_MANY = 64


class RedisTokens:
    """Tokens by digest."""

    def __init__(self, redis: Redis, prefix: str) -> None:
        self._redis: Any = redis
        self._prefix = prefix

    @asking()
    def put(self, token: Token) -> None:
        """Add a token; its time runs by Redis's clock, whatever instants it has."""
        lifetime = token.expires_at - token.created_at
        seconds = min(max(lifetime, 0), _CENTURY) + _GRACE
        own = self._set_of(token.user_id)

        with self._redis.pipeline() as together:
            together.set(self._key(token.digest), _dump(token), ex=seconds)
            together.sadd(own, token.digest)
            # As long as the longest of them: NX for the first, GT for the others.
            together.expire(own, seconds, nx=True)
            together.expire(own, seconds, gt=True)
            together.scard(own)
            *_, count = together.execute()
        if count > _MANY:
            self._all_of(token.user_id)

    @asking()
    def get(self, digest: str, kind: str) -> Token | None:
        """Return the token; the user is looked up apart."""
        token = _load(self._redis.get(self._key(digest)))
        return token if token is not None and token.kind == kind else None

    @asking()
    def consume(self, digest: str, kind: str, now: int) -> Token | None:
        """Remove an unexpired token and return it to exactly one caller."""
        token = self.get(digest, kind)
        if token is None or token.expires_at <= now:
            return None
        # The count of deleted keys decides between callers that all read the token.
        return token if self._remove(token.user_id, [digest]) == 1 else None

    @asking()
    def touch(self, digest: str, seen_at: int) -> None:
        """Note the last use of a token, if it is still there when that is written."""
        key = self._key(digest)
        token = _load(self._redis.get(key))
        if token is not None:
            touched = _dump(replace(token, seen_at=seen_at))
            self._redis.set(key, touched, xx=True, keepttl=True)

    @asking()
    def list_for(self, user_id: Any, kind: str) -> list[Token]:
        """Return the user's tokens of a kind, the newest first."""
        own = [token for token in self._all_of(user_id) if token.kind == kind]
        return sorted(own, key=lambda token: token.created_at, reverse=True)

    @asking()
    def revoke(
        self,
        user_id: Any,
        kind: str | None = None,
        *,
        only: str | None = None,
        keep: str | None = None,
    ) -> int:
        """Remove tokens of a user and return how many."""
        return self._remove(
            user_id,
            [
                token.digest
                for token in self._all_of(user_id)
                if kind in (None, token.kind)
                and only in (None, token.digest)
                and keep != token.digest
            ],
        )

    def purge(self, now: int, limit: int) -> int:
        """Remove nothing: what has expired goes by itself."""
        return 0

    def _all_of(self, user_id: Any) -> list[Token]:
        """Return the user's tokens, and drop from their set what is gone."""
        own = self._set_of(user_id)
        digests = [text(digest) for digest in self._redis.smembers(own)]
        if not digests:
            return []

        values = self._redis.mget([self._key(digest) for digest in digests])
        found = dict(zip(digests, map(_load, values), strict=True))
        gone = [digest for digest, token in found.items() if token is None]
        if gone:
            self._redis.srem(own, *gone)
        return [token for token in found.values() if token is not None]

    def _remove(self, user_id: Any, digests: Iterable[str]) -> int:
        gone = list(digests)
        if not gone:
            return 0
        with self._redis.pipeline() as together:
            together.delete(*(self._key(digest) for digest in gone))
            together.srem(self._set_of(user_id), *gone)
            removed, _ = together.execute()
        return int(removed)

    def _key(self, digest: str) -> str:
        return f"{self._prefix}token:{digest}"

    def _set_of(self, user_id: Any) -> str:
        return f"{self._prefix}tokens:{json.dumps(_plain(user_id))}"


_NAMES = [field.name for field in fields(Token) if field.name != "user"]


def _dump(token: Token) -> str:
    values = {name: getattr(token, name) for name in _NAMES}
    return json.dumps({**values, "user_id": _plain(token.user_id)})


def _load(value: str | bytes | None) -> Token | None:
    if value is None:
        return None
    values: dict[str, Any] = json.loads(value)
    user_id = values["user_id"]
    if isinstance(user_id, dict):
        values["user_id"] = UUID(user_id["uuid"])  # pyright: ignore[reportUnknownArgumentType] # JSON
    return Token(**values)


def _plain(user_id: Any) -> Any:
    """Return the key of a user as JSON can hold it and give it back."""
    if user_id is None or isinstance(user_id, int | str):
        return user_id
    if isinstance(user_id, UUID):
        return {"uuid": str(user_id)}
    raise RuntimeError(
        f"A store in Redis takes numbers, text and UUIDs for keys of users, and not"
        f" {type(user_id).__name__}. Keep tokens beside your users."
    )
