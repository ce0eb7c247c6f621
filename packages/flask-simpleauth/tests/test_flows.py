from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from flask_simpleauth import (
    AuthError,
    BadCredentials,
    InvalidIdentity,
    Taken,
    Throttled,
    WeakPassword,
    flows,
    user_created,
)
from flask_simpleauth.api_tokens import ApiTokens
from flask_simpleauth.audit import Audit
from flask_simpleauth.links import Links
from flask_simpleauth.passwords import Passwords
from flask_simpleauth.services import Services
from flask_simpleauth.sessions import Limits, Sessions
from flask_simpleauth.stores.memory import MemoryStore, MemoryUser, MemoryUsers
from flask_simpleauth.throttling import Throttle

if TYPE_CHECKING:
    from conftest import Clock

DAY = timedelta(days=1)
PASSWORD = "correct horse battery"


class CountingPasswords(Passwords):
    """Counts what takes the time."""

    verified = 0

    def verify(self, stored: str | None, password: str) -> bool:
        self.verified += 1
        return super().verify(stored, password)


class ReadOnlyUsers(MemoryUsers):
    """Users whose database does not take writes any more."""

    def save(self, user: MemoryUser, changes: Mapping[str, Any]) -> None:
        raise OSError("read-only")


@pytest.fixture
def services(clock: Clock) -> Services[MemoryUser]:
    store, audit = MemoryStore(), Audit(None, clock)
    return Services(
        users=store.users,
        tokens=store.tokens,
        clock=clock,
        passwords=CountingPasswords("scrypt:256:8:1"),
        throttle=Throttle(store.counters, clock),
        sessions=Sessions(store.tokens, clock, Limits(DAY, DAY, DAY), audit),
        api_tokens=ApiTokens(store.tokens, clock, audit),
        links=Links(store.users, store.tokens, clock, lambda: [b"key"]),
        audit=audit,
        min_length=12,
        sender=None,
    )


@pytest.fixture
def ada(services: Services[MemoryUser]) -> MemoryUser:
    return flows.create_user(services, "ada@example.org", PASSWORD, name="Ada")


@pytest.mark.parametrize(
    "typed", ["ada@example.org", " ADA@Example.ORG\n", "ａｄａ＠example.org"]
)
def test_one_identity(
    services: Services[MemoryUser], ada: MemoryUser, typed: str
) -> None:
    """However it is typed, an address is one identity: to sign in and to sign up."""
    assert flows.authenticate(services, typed, PASSWORD) == ada
    with pytest.raises(Taken):
        flows.create_user(services, typed, PASSWORD)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ada",
        "@",
        "a@",
        "@b",
        "a b@c",
        "a@b@c",
        "a@b\0",
        "a@\ud800",
        "a@" + "b" * 320,
    ],
)
def test_no_identity(services: Services[MemoryUser], typed: str) -> None:
    """What is no address gets no account, and no hint when signing in."""
    with pytest.raises(InvalidIdentity):
        flows.sign_up(services, typed, PASSWORD)
    with pytest.raises(BadCredentials):
        flows.authenticate(services, typed, PASSWORD)


def test_look_alikes_stay_apart(
    services: Services[MemoryUser], ada: MemoryUser
) -> None:
    """A dotless i is another letter (CVE-2019-19844), so another identity."""
    flows.create_user(services, "mike@example.org", PASSWORD)
    with pytest.raises(BadCredentials):
        flows.authenticate(services, "mıke@example.org", PASSWORD)


def test_stored_by_somebody_else(services: Services[MemoryUser]) -> None:
    """An address that was stored as typed is still found."""
    stored = services.passwords.hash(PASSWORD)
    services.users.create(
        {"email": "Old@Example.org", "name": "Old", "password_hash": stored}
    )
    assert flows.authenticate(services, "Old@Example.org", PASSWORD).name == "Old"


def test_one_hash_on_every_path(
    services: Services[MemoryUser], ada: MemoryUser
) -> None:
    """Right, wrong, unknown, inactive or without a password: one hash is made."""
    for number, changes in enumerate(({"active": False}, {"password_hash": ""})):
        user = flows.create_user(services, f"{number}@example.org", PASSWORD)
        services.users.save(user, changes)

    for identity in ("ada@example.org", "no@example.org", "0@b.org", "1@b.org"):
        before = services.passwords.verified  # type: ignore[attr-defined]
        with pytest.raises(BadCredentials):
            flows.authenticate(services, identity, "wrong")
        assert services.passwords.verified == before + 1  # type: ignore[attr-defined]


@pytest.mark.parametrize("changes", [{"active": False}, {"password_hash": ""}])
def test_unusable_account(
    services: Services[MemoryUser], ada: MemoryUser, changes: dict[str, Any]
) -> None:
    """An inactive user and one without a password cannot sign in."""
    services.users.save(ada, changes)
    for secret in (PASSWORD, "", "None"):
        with pytest.raises(BadCredentials):
            flows.authenticate(services, "ada@example.org", secret)


def test_long_secret_costs_nothing(services: Services[MemoryUser]) -> None:
    """A megabyte is refused before it is normalised, counted or hashed."""
    for identity, secret in (("a@b", "x" * 1_000_000), ("x" * 1_000_000, "x")):
        with pytest.raises(BadCredentials):
            flows.authenticate(services, identity, secret)
    assert services.passwords.verified == 0  # type: ignore[attr-defined]


def test_throttled_by_account(
    services: Services[MemoryUser], ada: MemoryUser, clock: Clock
) -> None:
    """After ten wrong passwords the right one has to wait, however it is typed."""
    for number in range(10):
        identity = "ADA@example.org" if number % 2 else "ada@example.org"
        with pytest.raises(BadCredentials):
            flows.authenticate(services, identity, "wrong")
    with pytest.raises(Throttled):
        flows.authenticate(services, "ada@example.org", PASSWORD)

    clock.now += 900
    assert flows.authenticate(services, "ada@example.org", PASSWORD) == ada


def test_unknown_accounts_are_throttled_alike(services: Services[MemoryUser]) -> None:
    """That somebody is throttled does not tell that they have an account."""
    for _ in range(10):
        with pytest.raises(BadCredentials):
            flows.authenticate(services, "nobody@example.org", "wrong")
    with pytest.raises(Throttled):
        flows.authenticate(services, "nobody@example.org", "wrong")


def test_success_is_not_counted(
    services: Services[MemoryUser], ada: MemoryUser
) -> None:
    """Signing in rightly many times is no reason to wait."""
    for _ in range(30):
        flows.authenticate(services, "ada@example.org", PASSWORD, address="192.0.2.1")


def test_success_clears_nothing(
    services: Services[MemoryUser], ada: MemoryUser
) -> None:
    """An own account does not buy more guesses at another's."""
    for number in range(100):
        with pytest.raises(BadCredentials):
            flows.authenticate(services, f"{number}@b.org", "x", address="192.0.2.1")
    with pytest.raises(Throttled):
        flows.authenticate(services, "ada@example.org", PASSWORD, address="192.0.2.1")


def test_sign_ups_are_throttled(services: Services[MemoryUser]) -> None:
    """One address cannot make accounts without end."""
    for number in range(20):
        flows.sign_up(services, f"{number}@b.org", PASSWORD, address="192.0.2.1")
    with pytest.raises(Throttled):
        flows.sign_up(services, "a@b.org", PASSWORD, address="192.0.2.1")


@pytest.mark.parametrize("secret", ["short", "ada@example.org", "Ada Augusta King"])
def test_weak_password(services: Services[MemoryUser], secret: str) -> None:
    """A short password and one that everybody knows make no account."""
    with pytest.raises(WeakPassword):
        flows.sign_up(services, "ada@example.org", secret, name="Ada Augusta King")
    assert services.users.find("ada@example.org") is None


def test_name_is_one_line(services: Services[MemoryUser]) -> None:
    """A name is kept as one line of bounded length."""
    user = flows.create_user(
        services, "a@b.org", PASSWORD, name=" Ada\n  L " + "x" * 999
    )
    assert user.name.startswith("Ada L xxx")
    assert len(user.name) == flows.MAX_NAME


def test_rehash(services: Services[MemoryUser], ada: MemoryUser) -> None:
    """A hash made by yesterday's method is renewed at sign-in."""
    today = replace(services, passwords=Passwords("scrypt:512:8:1"))
    flows.authenticate(today, "ada@example.org", PASSWORD)

    user = services.users.get(ada.id)
    assert user is not None
    assert user.password_hash.startswith("scrypt:512:8:1$")
    assert flows.authenticate(today, "ada@example.org", PASSWORD) == user


def test_rehash_that_fails(
    services: Services[MemoryUser], caplog: pytest.LogCaptureFixture
) -> None:
    """Somebody who proved who they are gets in though the new hash is not kept."""
    users = ReadOnlyUsers()
    here = replace(services, users=users)
    ada = flows.create_user(here, "ada@example.org", PASSWORD)
    today = replace(here, passwords=Passwords("scrypt:512:8:1"))

    with caplog.at_level(logging.WARNING):
        assert flows.authenticate(today, "ada@example.org", PASSWORD) == ada
    assert "not renewed" in caplog.text
    assert PASSWORD not in caplog.text


def test_grant(services: Services[MemoryUser], ada: MemoryUser) -> None:
    """Roles add up."""
    flows.grant(services, ada, "admin")
    flows.grant(services, ada, "editor")
    assert ada.roles == {"admin", "editor"}


def test_signal(services: Services[MemoryUser]) -> None:
    """A new account is told of, once it is there."""
    told: list[Any] = []

    def listener(sender: object, user: MemoryUser) -> None:
        told.append((sender, services.users.get(user.id)))

    with user_created.connected_to(listener):
        user = flows.create_user(services, "ada@example.org", PASSWORD)
    assert told == [(None, user)]


def test_errors_tell_no_secret(services: Services[MemoryUser], ada: MemoryUser) -> None:
    """No error repeats what was typed."""
    for identity, secret in (("ada@example.org", "hunter2hunter2"), ("hunter2", "x")):
        with pytest.raises(AuthError) as caught:
            flows.authenticate(services, identity, secret)
        assert "hunter2" not in str(caught.value)
    assert "scrypt" not in repr(ada)
