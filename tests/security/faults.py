"""What can fail below accounts, when it is told to: stores, disks, mail, hashing."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, Literal

import pytest
from flask_simpleauth import Busy, Message, StoreUnavailable
from flask_simpleauth.passwords import Passwords
from flask_simpleauth.testing import Mailbox
from sqlalchemy import Engine, event

#: How it fails.
#:
#: - refused: a call to the store fails, and has done nothing
#: - unanswered: all of it is done, but the answer is lost
#: - gone: the server is gone, so that all later calls fail too
#: - full: SQLite cannot write any more
#: - busy: no place for hashing is free in time
#: - unsent: the mail server refuses
Way = Literal["refused", "unanswered", "gone", "full", "busy", "unsent"]


class Outage(StoreUnavailable):
    """What a store raises whose server or network fails."""


class Faults:
    """Lets one of the calls fail that are to come, in one way."""

    def __init__(self, way: Way) -> None:
        self.way = way
        self._is_armed = False
        self._left = 0

    def arm(self, number: int) -> None:
        """Let the call of this number fail, counted from now and from one."""
        self._is_armed, self._left = True, number

    def disarm(self) -> bool:
        """Let all be well again, and tell whether a call has failed."""
        self._is_armed = False
        return self._left <= 0

    def strike(self, *ways: Way) -> bool:
        """Tell whether the call at hand fails, if it can in these ways."""
        if self.way not in ways or not self._is_armed:
            return False
        self._left -= 1
        lasts = self.way in ("gone", "full")
        return self._left == 0 or (self._left < 0 and lasts)


class FaultyStore:
    """Another store, each call to which may fail; so may the end of a transaction."""

    def __init__(self, store: Any, faults: Faults) -> None:
        self.users = _Part(store.users, faults)
        self.tokens = _Part(store.tokens, faults)
        self.counters = _Part(store.counters, faults)
        self._store = store
        self._faults = faults

    @contextmanager
    def transaction(self) -> Generator[None, None, None]:
        """Do as the store does."""
        with self._store.transaction():
            yield
            if self._faults.strike("refused", "gone"):
                raise Outage()
        if self._faults.strike("unanswered"):
            raise Outage()


class _Part:
    def __init__(self, part: Any, faults: Faults) -> None:
        self._part = part
        self._faults = faults

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._part, name)
        if name == "attributes":
            return found

        @wraps(found)
        def call(*args: Any, **kwargs: Any) -> Any:
            if self._faults.strike("refused", "gone"):
                raise Outage()
            answer = found(*args, **kwargs)
            if self._faults.strike("unanswered"):
                raise Outage()
            return answer

        return call


class FaultyMailbox(Mailbox):
    """Keeps mails, but those that the server refuses."""

    def __init__(self, faults: Faults) -> None:
        super().__init__()
        self._faults = faults

    def __call__(self, message: Message) -> None:
        """Take a message, or fail."""
        if self._faults.strike("unsent"):
            raise OSError("The mail server is out of reach.")
        super().__call__(message)


@contextmanager
def faulty_disk(faults: Faults) -> Iterator[None]:
    """Let SQLite itself refuse to write, from one statement on."""

    def look(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if connection.dialect.name == "sqlite":
            writes = not statement.startswith("SELECT")
            is_full = writes and faults.strike("full")
            cursor.execute(f"PRAGMA query_only = {int(is_full)}")

    event.listen(Engine, "before_cursor_execute", look)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", look)


def be_busy(faults: Faults, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let hashing wait in vain for its place."""
    for name in ("hash", "verify"):
        does: Any = getattr(Passwords, name)

        def wait(*args: Any, _does: Any = does) -> Any:
            if faults.strike("busy"):
                raise Busy(retry_after=10)
            return _does(*args)

        monkeypatch.setattr(Passwords, name, wait)
