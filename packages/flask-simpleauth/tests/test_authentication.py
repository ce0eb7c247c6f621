from __future__ import annotations

import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from flask_simpleauth import (
    AuthError,
    BadCredentials,
    Busy,
    Taken,
    Throttled,
    flows,
)
from flask_simpleauth.authentication import (
    Attempt,
    Client,
    Device,
    authenticate,
    reauthenticate,
    sign_in_again,
)
from flask_simpleauth.passwords import Passwords
from flask_simpleauth.services import Services
from flask_simpleauth.stores.memory import MemoryUsers
from flask_simpleauth.stores.plain import PlainUser
from flask_simpleauth.throttling import SIGN_IN, Throttle

if TYPE_CHECKING:
    from conftest import Bench, Clock

PASSWORD = "correct horse battery"
HERE = Client("192.0.2.1")


class BusyPasswords(Passwords):
    """Has no place for hashing left."""

    def verify(self, stored: str | None, password: str) -> bool:
        raise Busy(retry_after=10)


class ReadOnlyUsers(MemoryUsers):
    """Users whose database does not take writes any more."""

    def save(self, user: PlainUser, changes: Mapping[str, Any]) -> None:
        raise OSError("read-only")


@pytest.mark.parametrize(
    "typed", ["ada@example.org", " ADA@Example.ORG\n", "ａｄａ＠example.org"]
)
def test_one_identity(
    services: Services[PlainUser], ada: PlainUser, typed: str
) -> None:
    """However it is typed, an address is one identity: to sign in and to sign up."""
    assert authenticate(services, Attempt(typed, PASSWORD)) == ada
    with pytest.raises(Taken):
        flows.create_user(services, typed, PASSWORD)


def test_look_alikes_stay_apart(services: Services[PlainUser], ada: PlainUser) -> None:
    """A dotless i is another letter (CVE-2019-19844), so another identity."""
    flows.create_user(services, "mike@example.org", PASSWORD)
    with pytest.raises(BadCredentials):
        authenticate(services, Attempt("mıke@example.org", PASSWORD))


def test_stored_by_somebody_else(services: Services[PlainUser]) -> None:
    """An address that was stored as typed is still found."""
    stored = services.passwords.hash(PASSWORD)
    services.users.create(
        {"email": "Old@Example.org", "name": "Old", "password_hash": stored}
    )
    assert authenticate(services, Attempt("Old@Example.org", PASSWORD)).name == "Old"


def test_proof_of_somebody_else(services: Services[PlainUser]) -> None:
    """Whoever is signed in shows their own password, not that of a like address."""
    for email, secret in ("Old@b.org", PASSWORD), ("old@b.org", "another's password"):
        stored = services.passwords.hash(secret)
        services.users.create({"email": email, "name": "", "password_hash": stored})
    old = services.users.find("Old@b.org")
    assert old is not None

    reauthenticate(services, old, PASSWORD)
    with pytest.raises(BadCredentials):
        reauthenticate(services, old, "another's password")
    with pytest.raises(BadCredentials):
        sign_in_again(services, old, "another's password", Device())
    assert sign_in_again(services, old, PASSWORD, Device())[1].user_id == old.id


def test_busy_is_no_wrong_try(services: Services[PlainUser], ada: PlainUser) -> None:
    """A password nobody had the time to look at does not count as a wrong one."""
    busy = replace(services, passwords=BusyPasswords("scrypt:256:8:1"))
    for _ in range(20):
        with pytest.raises(Busy):
            authenticate(busy, Attempt("ada@example.org", PASSWORD))
    assert authenticate(services, Attempt("ada@example.org", PASSWORD)) == ada


def test_one_hash_on_every_path(services: Services[PlainUser], ada: PlainUser) -> None:
    """Right, wrong, unknown, inactive or without a password: one hash is made."""
    cases: dict[str, dict[str, Any]] = {
        "inactive@example.org": {"active": False},
        "without@example.org": {"password_hash": ""},
    }
    for identity, changes in cases.items():
        user = flows.create_user(services, identity, PASSWORD)
        services.users.save(user, changes)

    for identity in ("ada@example.org", "no@example.org", *cases):
        before = services.passwords.verified  # type: ignore[attr-defined] # it counts
        with pytest.raises(BadCredentials):
            authenticate(services, Attempt(identity, "wrong"))
        assert services.passwords.verified == before + 1  # type: ignore[attr-defined] # it counts


@pytest.mark.parametrize("changes", [{"active": False}, {"password_hash": ""}])
def test_unusable_account(
    services: Services[PlainUser], ada: PlainUser, changes: dict[str, Any]
) -> None:
    """An inactive user and one without a password cannot sign in."""
    services.users.save(ada, changes)
    for secret in (PASSWORD, "", "None"):
        with pytest.raises(BadCredentials):
            authenticate(services, Attempt("ada@example.org", secret))


def test_long_secret_costs_nothing(services: Services[PlainUser]) -> None:
    """A megabyte is refused before it is normalised, counted or hashed."""
    for identity, secret in (("a@b", "x" * 1_000_000), ("x" * 1_000_000, "x")):
        with pytest.raises(BadCredentials):
            authenticate(services, Attempt(identity, secret))
    assert services.passwords.verified == 0  # type: ignore[attr-defined] # it counts


def test_throttled_by_account(
    services: Services[PlainUser], ada: PlainUser, clock: Clock
) -> None:
    """After ten wrong passwords the right one has to wait, however it is typed."""
    for number in range(10):
        identity = "ADA@example.org" if number % 2 else "ada@example.org"
        with pytest.raises(BadCredentials):
            authenticate(services, Attempt(identity, "wrong"))
    with pytest.raises(Throttled):
        authenticate(services, Attempt("ada@example.org", PASSWORD))

    clock.now += 900
    assert authenticate(services, Attempt("ada@example.org", PASSWORD)) == ada


def test_unknown_accounts_are_throttled_alike(services: Services[PlainUser]) -> None:
    """That somebody is throttled does not tell that they have an account."""
    for _ in range(10):
        with pytest.raises(BadCredentials):
            authenticate(services, Attempt("nobody@example.org", "wrong"))
    with pytest.raises(Throttled):
        authenticate(services, Attempt("nobody@example.org", "wrong"))


def test_success_is_not_counted(services: Services[PlainUser], ada: PlainUser) -> None:
    """Signing in rightly many times is no reason to wait."""
    for _ in range(30):
        authenticate(services, Attempt("ada@example.org", PASSWORD, HERE))


def test_success_clears_nothing(services: Services[PlainUser], ada: PlainUser) -> None:
    """An own account does not buy more guesses at another's."""
    for number in range(100):
        with pytest.raises(BadCredentials):
            authenticate(services, Attempt(f"{number}@b.org", "x", HERE))
    with pytest.raises(Throttled):
        authenticate(services, Attempt("ada@example.org", PASSWORD, HERE))


def test_rehash(services: Services[PlainUser], ada: PlainUser) -> None:
    """A hash made by yesterday's method is renewed at sign-in."""
    today = replace(services, passwords=Passwords("scrypt:512:8:1"))
    authenticate(today, Attempt("ada@example.org", PASSWORD))

    user = services.users.get(ada.id)
    assert user is not None
    assert user.password_hash.startswith("scrypt:512:8:1$")
    assert authenticate(today, Attempt("ada@example.org", PASSWORD)) == user


def test_rehash_that_fails(
    services: Services[PlainUser], caplog: pytest.LogCaptureFixture
) -> None:
    """Somebody who proved who they are gets in though the new hash is not kept."""
    users = ReadOnlyUsers()
    here = replace(services, users=users)
    ada = flows.create_user(here, "ada@example.org", PASSWORD)
    today = replace(here, passwords=Passwords("scrypt:512:8:1"))

    with caplog.at_level(logging.WARNING):
        assert authenticate(today, Attempt("ada@example.org", PASSWORD)) == ada
    assert "not renewed" in caplog.text
    assert PASSWORD not in caplog.text


def test_errors_tell_no_secret(services: Services[PlainUser], ada: PlainUser) -> None:
    """No error repeats what was typed."""
    for identity, secret in (("ada@example.org", "hunter2hunter2"), ("hunter2", "x")):
        with pytest.raises(AuthError) as caught:
            authenticate(services, Attempt(identity, secret))
        assert "hunter2" not in str(caught.value)
    assert "scrypt" not in repr(ada)


@pytest.mark.parametrize("bench", ["embedded", "sqlite", "postgresql"], indirect=True)
def test_guesses_at_once(services: Services[PlainUser], bench: Bench) -> None:
    """Fifty guesses at once get no further than as many one after the other."""
    store = bench.store
    throttle = Throttle(store.counters, services.clock)
    here: Any = replace(services, users=store.users, throttle=throttle)

    def guess(_: int) -> type[Exception]:
        with bench.entered(), pytest.raises((BadCredentials, Throttled)) as caught:
            authenticate(here, Attempt("ada@example.org", "wrong"))
        return caught.type

    with ThreadPoolExecutor(50) as pool:
        outcomes = list(pool.map(guess, range(50)))
    assert outcomes.count(BadCredentials) == SIGN_IN.by_account
    assert outcomes.count(Throttled) == 50 - outcomes.count(BadCredentials)
