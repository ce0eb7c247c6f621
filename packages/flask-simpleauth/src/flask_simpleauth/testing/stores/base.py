"""What the tests of a store are given, and ask of who writes them."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import pytest

from ...store import Store

#: The present of all these tests, long ago: what time it is, the caller says. A store
#: that looks at a clock finds everything expired.
NOW = 1_000_000_000

Opener = Callable[[], Store[Any]]
#: Returns what has to be entered before a store is used: a request, so to speak.
Entering = Callable[[], AbstractContextManager[Any]]


class StoreCase:
    """Give at least ``open_store``."""

    #: Whether several processes may have the store open.
    is_shared = True

    #: Whether what has expired goes by itself, so that ``purge`` finds nothing to do.
    expires_by_itself = False

    #: Whether a store that has a ``transaction`` keeps all it has in one database.
    is_one_database = True

    @pytest.fixture
    def open_store(self) -> Opener:
        """Return a function that opens the store: empty at first, then as it was left.

        It is called in other processes too.
        """
        raise NotImplementedError(
            f"{type(self).__name__} needs a fixture 'open_store' that returns a"
            " function which opens the store."
        )

    @pytest.fixture
    def unreachable_store(self) -> Store[Any] | None:
        """Return the store on a server that is not there; ``None`` if it has none."""
        return None

    @pytest.fixture
    def entered(self) -> Entering:
        """Return what each request enters: ``app.app_context``, if it needs that."""
        return nullcontext

    @pytest.fixture
    def store(self, open_store: Opener, entered: Entering) -> Any:
        """Return the store, with each call to it in a request of its own."""
        return RequestByRequest(open_store(), entered)

    @pytest.fixture
    def one_request(
        self, open_store: Opener, entered: Entering
    ) -> Callable[[], AbstractContextManager[Any]]:
        """Return what enters one request and gives the store for all of it."""
        opened = open_store()

        @contextmanager
        def enter() -> Generator[Any, None, None]:
            with entered():
                yield opened

        return enter

    @pytest.fixture
    def keys(self, store: Any) -> tuple[Any, Any]:
        """Return the keys of two users, as the store makes them."""
        ada, eve = (create(store, f"{name}@example.org") for name in ("ada", "eve"))
        return key_of(store, ada), key_of(store, eve)


class RequestByRequest:
    """A store, or a part of one, that enters a request for each call.

    So nothing that a test finds was left lying in the session of who wrote it.
    """

    def __init__(self, part: Any, entered: Entering) -> None:
        self._part = part
        self._entered = entered

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._part, name)
        if name in ("users", "tokens", "counters"):
            return RequestByRequest(member, self._entered)
        if not callable(member):
            return member

        def ask(*args: Any, **kwargs: Any) -> Any:
            with self._entered():
                return member(*args, **kwargs)

        return ask


def create(store: Any, email: str, **more: Any) -> Any:
    """Make a user of whom nothing but the address matters."""
    values = {"email": email, "name": "Somebody", "password_hash": "hash", **more}
    return store.users.create(values)


def key_of(store: Any, user: Any) -> Any:
    """Return the user's own key."""
    return store.users.attributes.read(user, "id")
