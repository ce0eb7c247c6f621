from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from flask_simpleauth import Throttled
from flask_simpleauth.stores.memory import MemoryStore
from flask_simpleauth.throttling import Limit, Throttle, is_internal, network_of

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
    ("retry_after", "text"), [(5, "Wait 1 minute."), (600, "Wait 10 minutes.")]
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
