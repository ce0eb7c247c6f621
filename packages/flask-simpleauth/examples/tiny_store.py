"""A store on TinyDB: documents in a JSON file, for a site of one process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from threading import Lock
from typing import Any

from flask_simpleauth import Count, Rule, Taken, Token
from flask_simpleauth.store import Attributes
from flask_simpleauth.stores.plain import PlainUser
from tinydb import TinyDB, where

# TinyDB has no transactions: whoever reads and then writes does so alone.
alone = Lock()


class TinyStore:
    def __init__(self, path: Path) -> None:
        self.db = TinyDB(path)
        self.users = TinyUsers(self.db)
        self.tokens = TinyTokens(self.db)
        self.counters = TinyCounters(self.db)


class TinyUsers:
    attributes = Attributes()

    def __init__(self, db: TinyDB) -> None:
        self.table = db.table("users")

    def get(self, user_id: Any) -> PlainUser | None:
        with alone:
            return self.user(self.table.get(doc_id=user_id))

    def find(self, identity: str) -> PlainUser | None:
        with alone:
            return self.user(self.table.get(where("email") == identity))

    def create(self, values: Mapping[str, Any]) -> PlainUser:
        with alone:
            if self.table.contains(where("email") == values["email"]):
                raise Taken()
            return PlainUser(id=self.table.insert(values), **values)

    def save(self, user: PlainUser, changes: Mapping[str, Any]) -> None:
        kept = {**changes, "roles": sorted(changes.get("roles", user.roles))}
        with alone:
            owner: Any = self.table.get(where("email") == changes.get("email"))
            if owner is not None and owner.doc_id != user.id:
                raise Taken()
            if self.table.contains(doc_id=user.id):
                self.table.update(kept, doc_ids=[user.id])
        for name, value in changes.items():
            setattr(user, name, value)

    def delete(self, user: PlainUser) -> None:
        with alone:
            self.table.remove(doc_ids=[user.id])

    def user(self, document: Any) -> PlainUser | None:
        return document and PlainUser(id=document.doc_id, **document)


class TinyTokens:
    def __init__(self, db: TinyDB) -> None:
        self.table = db.table("tokens")

    def put(self, token: Token) -> None:
        with alone:
            self.table.insert(asdict(token))

    def get(self, digest: str, kind: str) -> Token | None:
        with alone:
            found = self.search((where("digest") == digest) & (where("kind") == kind))
            return found[0] if found else None

    def consume(self, digest: str, kind: str, now: int) -> Token | None:
        wanted = (where("digest") == digest) & (where("kind") == kind)
        wanted &= where("expires_at") > now
        with alone:
            found = self.search(wanted)
            self.table.remove(wanted)
            return found[0] if found else None

    def touch(self, digest: str, seen_at: int) -> None:
        with alone:
            self.table.update({"seen_at": seen_at}, where("digest") == digest)

    def list_for(self, user_id: Any, kind: str) -> list[Token]:
        with alone:
            own = self.search((where("user_id") == user_id) & (where("kind") == kind))
        return sorted(own, key=lambda token: token.created_at, reverse=True)

    def revoke(self, user_id: Any, kind: str | None = None, **which: Any) -> int:
        gone = (where("user_id") == user_id) & (where("digest") != which.get("keep"))
        if kind is not None:
            gone &= where("kind") == kind
        if which.get("only") is not None:
            gone &= where("digest") == which["only"]
        with alone:
            return len(self.table.remove(gone))

    def purge(self, now: int, limit: int) -> int:
        with alone:
            expired = self.table.search(where("expires_at") <= now)[:limit]
            return len(self.table.remove(doc_ids=[each.doc_id for each in expired]))

    def search(self, wanted: Any) -> list[Token]:
        return [Token(**document) for document in self.table.search(wanted)]


class TinyCounters:
    def __init__(self, db: TinyDB) -> None:
        self.table = db.table("counters")

    def hit(self, rules: Mapping[str, Rule], now: int) -> dict[str, int]:
        with alone:
            counts = {key: self.one(key) for key in rules}
            closed = {
                key: count.opens_at
                for key, count in counts.items()
                if count is not None and count.opens_at > now
            }
            if not closed:
                for key, rule in rules.items():
                    self.keep(key, rule.after(counts[key], now))
            return closed

    def refund(self, keys: Iterable[str]) -> None:
        with alone:
            for key in keys:
                count = self.one(key)
                if count is not None and count.hits > 0:
                    self.keep(key, Count(count.hits - 1, count.resets_at, opens_at=0))

    def one(self, key: str) -> Count | None:
        found: Any = self.table.get(where("key") == key)
        return found and Count(found["hits"], found["resets_at"], found["opens_at"])

    def keep(self, key: str, count: Count) -> None:
        self.table.upsert({"key": key, **asdict(count)}, where("key") == key)

    def purge(self, now: int, limit: int) -> int:
        with alone:
            over = self.table.search(where("resets_at") <= now)[:limit]
            return len(self.table.remove(doc_ids=[each.doc_id for each in over]))
