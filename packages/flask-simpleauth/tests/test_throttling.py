from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from flask_simpleauth import Throttled
from flask_simpleauth.stores.memory import MemoryStore
from flask_simpleauth.testing.stores.crowd import at_once
from flask_simpleauth.throttling import (
    SIGN_IN,
    Limit,
    Throttle,
    Waits,
    is_internal,
    network_of,
)

if TYPE_CHECKING:
    from conftest import Clock

LIMIT = Limit("test", window=60, by_account=2, by_address=4)


@pytest.fixture
def throttle(clock: Clock) -> Throttle:
    return Throttle(MemoryStore().counters, clock)


def test_by_account(throttle: Throttle, clock: Clock) -> None:
    """One account may be tried so often in a window, and again after it."""
    throttle.reserve(LIMIT, account="ada")
    clock.now += 50
    throttle.reserve(LIMIT, account="ada")
    with pytest.raises(Throttled) as caught:
        throttle.reserve(LIMIT, account="ada")
    assert caught.value.retry_after == 10

    clock.now += 10
    throttle.reserve(LIMIT, account="ada")


WAITS = Limit(
    "waits", window=60, by_account=2, by_address=9, waits=Waits(first=10, longest=25)
)


def wait_for(throttle: Throttle, device: str | None = None) -> int:
    """Try once, and return how long to wait for the next try; 0 if this one passes."""
    try:
        throttle.reserve(WAITS, account="ada", device=device)
    except Throttled as error:
        return error.retry_after
    return 0


def test_waits_grow(throttle: Throttle, clock: Clock) -> None:
    """After the free tries one passes at a time, each after a longer wait."""
    passed_at, start = [], int(clock.now)
    for _ in range(80):
        if wait_for(throttle) == 0:
            passed_at.append(int(clock.now) - start)
        clock.now += 1
    assert passed_at == [0, 1, 11, 31, 56]


def test_refused_tries_do_not_prolong_a_wait(throttle: Throttle, clock: Clock) -> None:
    """Who hammers on makes nobody wait any longer."""
    assert [wait_for(throttle) for _ in range(3)] == [0, 0, 10]
    clock.now += 9
    assert [wait_for(throttle) for _ in range(50)] == [1] * 50
    clock.now += 1
    assert [wait_for(throttle) for _ in range(3)] == [0, 20, 20]


def test_waits_are_forgotten(throttle: Throttle, clock: Clock) -> None:
    """After a day nothing is known of old tries."""
    for _ in range(5):
        wait_for(throttle)
    clock.now += 24 * 60 * 60
    assert [wait_for(throttle) for _ in range(3)] == [0, 0, 10]


def test_right_tries_do_not_wait(throttle: Throttle) -> None:
    """A try that was right begins no wait, however many were wrong before."""
    wait_for(throttle)
    for _ in range(5):
        throttle.refund(throttle.reserve(WAITS, account="ada"))
    assert [wait_for(throttle) for _ in range(2)] == [0, 10]


def test_known_device(throttle: Throttle) -> None:
    """What is tried elsewhere makes nobody wait on a device of theirs, nor reversed."""
    while wait_for(throttle) == 0:
        pass
    assert [wait_for(throttle, "laptop") for _ in range(3)] == [0, 0, 10]
    assert wait_for(throttle, "phone") == 0


def test_error_tells_what_was_tried_too_often(throttle: Throttle) -> None:
    """The error tells whether it is the account, for which others may be to blame."""
    for account, here in (("ada", None), (None, "192.0.2.1")):
        limit = LIMIT.by_account if account else LIMIT.by_address
        for _ in range(limit):
            throttle.reserve(LIMIT, account=account, address=here)
        with pytest.raises(Throttled) as caught:
            throttle.reserve(LIMIT, account=account, address=here)
        assert caught.value.by_account is (account is not None)


def test_crowd(clock: Clock) -> None:
    """Many who come at once begin one wait, the first one."""
    throttle = Throttle(MemoryStore().counters, clock)
    outcomes = at_once(lambda: wait_for(throttle))
    assert sorted(map(str, outcomes)) == ["0"] * 2 + ["10"] * 18


def test_daily_guesses(clock: Clock) -> None:
    """Who never stops gets fewer guesses a day than NIST SP 800-63B allows in all."""
    throttle, passed = Throttle(MemoryStore().counters, clock), 0
    for _ in range(24 * 60 * 12):
        with suppress(Throttled):
            throttle.reserve(SIGN_IN, account="ada")
            passed += 1
        clock.now += 5
    assert passed == 40


def test_by_address(throttle: Throttle) -> None:
    """One address may try so often, whatever the accounts."""
    for account in "abcd":
        throttle.reserve(LIMIT, account=account, address="192.0.2.1")
    with pytest.raises(Throttled):
        throttle.reserve(LIMIT, account="e", address="192.0.2.1")

    throttle.reserve(LIMIT, account="e", address="192.0.2.2")


def test_unknown_address_is_nobody(throttle: Throttle) -> None:
    """Clients of unknown address do not share a counter."""
    for number in range(10):
        throttle.reserve(LIMIT, account=str(number), address=None)
    assert throttle.reserve(LIMIT) == []


def test_purposes_do_not_mix(throttle: Throttle) -> None:
    """Tries for one purpose do not count for another."""
    other = Limit("other", window=60, by_account=2, by_address=4)
    for limit in (LIMIT, LIMIT, other, other):
        throttle.reserve(limit, account="ada")


def test_refund(throttle: Throttle) -> None:
    """A right try is taken back; wrong ones, and those of others, stay."""
    throttle.reserve(LIMIT, account="ada", address="192.0.2.1")
    for _ in range(5):
        throttle.refund(throttle.reserve(LIMIT, account="ada", address="192.0.2.1"))

    throttle.reserve(LIMIT, account="ada", address="192.0.2.1")
    with pytest.raises(Throttled):
        throttle.reserve(LIMIT, account="ada", address="192.0.2.1")


@pytest.mark.parametrize(
    ("retry_after", "text"),
    [
        (1, "Wait 1 second."),
        (59, "Wait 59 seconds."),
        (60, "Wait 1 minute."),
        (600, "Wait 10 minutes."),
    ],
)
def test_message(retry_after: int, text: str) -> None:
    """The message says how long to wait."""
    assert text in str(Throttled(retry_after))


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:0DB8:0001:0002::", "2001:db8:1:2::"),
        ("nonsense", None),
        ("", None),
        (None, None),
    ],
)
def test_network(address: str | None, network: str | None) -> None:
    """An IPv6 /64 is one client, and so are all spellings of an address."""
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("address", "internal"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("10.1.2.3", True),
        ("8.8.8.8", False),
        ("nonsense", False),
    ],
)
def test_internal(address: str, internal: bool) -> None:
    """A proxy on this machine or network is told from a client in the world."""
    assert is_internal(address) is internal
