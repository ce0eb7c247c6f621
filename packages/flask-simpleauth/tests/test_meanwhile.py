"""What somebody else does while a password is looked at, and a session begins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from flask_simpleauth import Attributes, BadCredentials, flows
from flask_simpleauth.authentication import (
    Attempt,
    Device,
    authenticate,
    sign_in,
    sign_in_again,
)
from flask_simpleauth.passwords import Passwords
from flask_simpleauth.services import Services
from flask_simpleauth.sessions import SESSION, Limits, Sessions
from flask_simpleauth.store import Token
from flask_simpleauth.stores.memory import MemoryTokens, MemoryUsers
from flask_simpleauth.stores.plain import PlainUser

if TYPE_CHECKING:
    from conftest import Bench

ADA = "ada@example.org"
OLD = "correct horse battery"
NEW = "staple correct horse"

Act = Callable[[Services[Any], Any], object]

METHOD = "scrypt:256:8:1"
DAY = timedelta(days=1)

on_each_store = pytest.mark.parametrize(
    "bench", ["memory", "embedded", "sqlite", "postgresql"], indirect=True
)


@pytest.fixture
def here(services: Services[Any], bench: Bench) -> Services[Any]:
    """Services on the store, where Ada has an account."""
    here = bench.services_of(services)
    with bench.entered():
        flows.create_user(here, ADA, OLD)
    return here


@pytest.fixture
def meanwhile(here: Services[Any], bench: Bench) -> Callable[[Act], None]:
    """Do something to Ada's account in another thread, from beginning to end."""

    def elsewhere(act: Act) -> None:
        with bench.entered():
            act(here, here.users.find(ADA))

    def do(act: Act) -> None:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(elsewhere, act).result()

    return do


class Slow(Passwords):
    """Takes as long as it takes somebody else to do something."""

    def __init__(self, at: str, act: Callable[[], None], method: str) -> None:
        super().__init__(method)
        self._at, self._act = at, act

    def _pass(self, at: str) -> None:
        if self._at == at:
            self._at = ""
            self._act()

    def hash(self, password: str) -> str:
        self._pass("hash")
        return super().hash(password)

    def verify(self, stored: str | None, password: str) -> bool:
        is_right = super().verify(stored, password)
        self._pass("verify")
        return is_right


def change(here: Services[Any], user: Any) -> None:
    flows.set_password(here, user, NEW)


def deactivate(here: Services[Any], user: Any) -> None:
    flows.set_active(here, user, active=False)


def delete(here: Services[Any], user: Any) -> None:
    here.users.delete(user)


def hash_anew(here: Services[Any], user: Any) -> None:
    here.users.save(user, {"password_hash": here.passwords.hash(OLD)})


def slow(
    here: Services[Any], act: Callable[[], None], *, at: str, method: str
) -> Services[Any]:
    return replace(here, passwords=Slow(at, act, method))


def sessions(here: Services[Any], user: Any) -> int:
    return len(here.sessions.list_for(here.key_of(user)))


@on_each_store
@pytest.mark.parametrize("act", [change, deactivate, delete])
def test_a_session_that_comes_too_late(
    here: Services[Any], bench: Bench, meanwhile: Callable[[Act], None], act: Act
) -> None:
    """Nobody gets in by what was right when they began, and no session is left."""
    late = slow(here, lambda: meanwhile(act), at="verify", method=METHOD)
    with bench.entered():
        ada = here.users.find(ADA)
        with pytest.raises(BadCredentials):
            sign_in(late, Attempt(ADA, OLD), Device())
        assert sessions(here, ada) == 0


def test_deactivated_where_users_do_not_say_so(services: Services[PlainUser]) -> None:
    """It is the same where not the user but the token store tells who may sign in."""

    class SlowTokens(MemoryTokens):
        """Take as long to put a session as it takes somebody to deactivate its user."""

        def put(self, token: Token) -> None:
            if token.kind == SESSION:
                flows.set_active(here, ada, active=False)
            super().put(token)

    users, tokens = MemoryUsers(), SlowTokens()
    users.attributes = Attributes(active=None)
    own = Sessions(tokens, services.clock, Limits(DAY, DAY, DAY), services.audit)
    here = replace(services, users=users, tokens=tokens, sessions=own)
    ada = flows.create_user(here, ADA, OLD)
    with pytest.raises(BadCredentials):
        sign_in(here, Attempt(ADA, OLD), Device())
    assert sessions(here, ada) == 0


@on_each_store
def test_a_password_shown_again_too_late(
    here: Services[Any], bench: Bench, meanwhile: Callable[[Act], None]
) -> None:
    """Who is signed in gets no new session by a password that was changed meanwhile."""
    late = slow(here, lambda: meanwhile(change), at="verify", method=METHOD)
    with bench.entered():
        ada = here.users.find(ADA)
        with pytest.raises(BadCredentials):
            sign_in_again(late, ada, OLD, Device())
        assert sessions(here, ada) == 0


@on_each_store
def test_the_same_password_with_another_hash(
    here: Services[Any], bench: Bench, meanwhile: Callable[[Act], None]
) -> None:
    """Two who sign in at once, one of whom makes the hash anew, both get in."""
    late = slow(here, lambda: meanwhile(hash_anew), at="verify", method=METHOD)
    with bench.entered():
        user, *_ = sign_in(late, Attempt(ADA, OLD), Device())
        assert sessions(here, user) == 1


@on_each_store
def test_rehash_undoes_no_change(
    here: Services[Any], bench: Bench, meanwhile: Callable[[Act], None]
) -> None:
    """A password that is changed while the old one is looked at stays changed."""
    today = slow(here, lambda: meanwhile(change), at="hash", method="scrypt:512:8:1")
    with bench.entered():
        authenticate(today, Attempt(ADA, OLD))
    with bench.entered():
        authenticate(here, Attempt(ADA, NEW))
        with pytest.raises(BadCredentials):
            authenticate(here, Attempt(ADA, OLD))


def test_a_session_that_begins_during_a_change(services: Services[PlainUser]) -> None:
    """A session by the old password that nobody could have seen ends with the others.

    In memory, where a change is no transaction that others have to wait for.
    """

    def enter() -> None:
        sign_in(there, Attempt(ADA, OLD), Device())
        began.append(sessions(there, ada))

    class SlowUsers(MemoryUsers):
        """Take as long to save as it takes somebody else to sign in."""

        def save(self, user: PlainUser, changes: Mapping[str, Any]) -> None:
            enter()
            super().save(user, changes)

    began: list[int] = []
    there = replace(services, users=SlowUsers())
    ada = flows.create_user(there, ADA, OLD)
    flows.set_password(there, ada, NEW)
    assert began == [1]
    assert sessions(there, ada) == 0
