"""Accounts in the memory of one process: for tests, and gone when it ends."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import replace
from itertools import count, islice
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from ..counting import Count, Rule
from ..errors import Taken
from ..store import Attributes, Token, Transaction
from .plain import PlainUser

if TYPE_CHECKING:
    from typing_extensions import TypeVar as TypeVarWithDefault

    #: The store of the users.
    Users = TypeVarWithDefault("Users", default="MemoryUsers")
else:
    Users = TypeVar("Users")

logger = logging.getLogger(__name__)


class MemoryStore(Generic[Users]):
    """A store in memory; what the others do in a database, with locks.

    :param users: where users are kept, if not in memory too.
    """

    users: Users

    @overload
    def __init__(self: MemoryStore[MemoryUsers]) -> None: ...

    @overload
    def __init__(self, *, users: Users) -> None: ...

    def __init__(self, *, users: Any = None) -> None:
        own: Any = MemoryUsers() if users is None else users
        self.users = own
        self.tokens = MemoryTokens()
        self.counters = MemoryCounters()
        self.transaction: Transaction = getattr(users, "transaction", nullcontext)
        logger.warning(
            "%s are in the memory of this process: they end with it, and no other"
            " process knows them.",
            "Sessions and counted tries" if users else "Accounts and sessions",
        )


class MemoryUsers:
    """Users by key and by address. Callers get copies, as from a database."""

    attributes = Attributes()

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ids = count(1)
        self._users: dict[int, PlainUser] = {}

    def get(self, user_id: Any) -> PlainUser | None:
        """Return the user with this key."""
        with self._lock:
            user = self._users.get(user_id)
            return None if user is None else replace(user)

    def find(self, identity: str) -> PlainUser | None:
        """Return the user with this address."""
        with self._lock:
            user = self._by_email(identity)
            return None if user is None else replace(user)

    def addresses(self) -> list[tuple[int, str]]:
        """Return the key and the address of every user."""
        with self._lock:
            return [(user.id, user.email) for user in self._users.values()]

    def create(self, values: Mapping[str, Any]) -> PlainUser:
        """Make a user.

        :raises Taken: if the address has an account.
        """
        with self._lock:
            if self._by_email(values["email"]) is not None:
                raise Taken()
            user = PlainUser(id=next(self._ids), **values)
            self._users[user.id] = user
            return replace(user)

    def save(self, user: PlainUser, changes: Mapping[str, Any]) -> None:
        """Change these values.

        :raises Taken: if a new address has an account.
        """
        if "roles" in changes:
            changes = {**changes, "roles": frozenset(changes["roles"])}

        with self._lock:
            owner = self._by_email(changes.get("email", user.email))
            if owner is not None and owner.id != user.id:
                raise Taken()
            for kept in filter(None, (self._users.get(user.id), user)):
                for name, value in changes.items():
                    setattr(kept, name, value)

    def delete(self, user: PlainUser) -> None:
        """Remove the user."""
        with self._lock:
            self._users.pop(user.id, None)

    def _by_email(self, email: str) -> PlainUser | None:
        return next((u for u in self._users.values() if u.email == email), None)


class MemoryTokens:
    """Tokens by digest."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tokens: dict[str, Token] = {}

    def put(self, token: Token) -> None:
        """Add a token."""
        with self._lock:
            self._tokens[token.digest] = token

    def get(self, digest: str, kind: str) -> Token | None:
        """Return the token; the user is looked up apart."""
        token = self._tokens.get(digest)
        return token if token is not None and token.kind == kind else None

    def consume(self, digest: str, kind: str, now: int) -> Token | None:
        """Remove an unexpired token and return it to exactly one caller."""
        with self._lock:
            token = self.get(digest, kind)
            if token is None or token.expires_at <= now:
                return None
            return self._tokens.pop(digest)

    def touch(self, digest: str, seen_at: int) -> None:
        """Note the last use of a token."""
        with self._lock:
            if digest in self._tokens:
                self._tokens[digest] = replace(self._tokens[digest], seen_at=seen_at)

    def list_for(self, user_id: Any, kind: str) -> list[Token]:
        """Return the user's tokens of a kind, the newest first."""
        with self._lock:
            own = [
                token
                for token in self._tokens.values()
                if token.user_id == user_id and token.kind == kind
            ]
        return sorted(own, key=lambda token: token.created_at, reverse=True)

    def revoke(
        self,
        user_id: Any,
        kind: str | None = None,
        *,
        only: str | None = None,
        keep: str | None = None,
    ) -> int:
        """Remove tokens of a user and return how many."""
        with self._lock:
            return self._remove(
                token.digest
                for token in self._tokens.values()
                if token.user_id == user_id
                and kind in (None, token.kind)
                and only in (None, token.digest)
                and keep != token.digest
            )

    def purge(self, now: int, limit: int) -> int:
        """Remove at most ``limit`` expired tokens and return how many."""
        with self._lock:
            expired = (t.digest for t in self._tokens.values() if t.expires_at <= now)
            return self._remove(islice(expired, limit))

    def _remove(self, digests: Iterable[str]) -> int:
        gone = list(digests)
        for digest in gone:
            del self._tokens[digest]
        return len(gone)


class MemoryCounters:
    """Counters by key."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[str, Count] = {}

    def hit(self, rules: Mapping[str, Rule], now: int) -> dict[str, int]:
        """Add one to each counter, or to none."""
        with self._lock:
            counts = {key: self._counts[key] for key in rules if key in self._counts}
            closed = {
                key: count.opens_at
                for key, count in counts.items()
                if count.opens_at > now
            }
            if not closed:
                for key, rule in rules.items():
                    self._counts[key] = rule.after(counts.get(key), now)
            return closed

    def refund(self, keys: Iterable[str]) -> None:
        """Take one hit back from each counter."""
        with self._lock:
            for key in keys:
                count = self._counts.get(key)
                if count is not None and count.hits > 0:
                    self._counts[key] = replace(count, hits=count.hits - 1, opens_at=0)

    def purge(self, now: int, limit: int) -> int:
        """Remove at most ``limit`` counters that start anew."""
        with self._lock:
            over = (
                key for key, count in self._counts.items() if count.resets_at <= now
            )
            gone = list(islice(over, limit))
            for key in gone:
                del self._counts[key]
            return len(gone)
