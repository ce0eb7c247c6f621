"""How often one may try: by account and by the client's network address.

Each try is counted before it is judged and refunded when it was right, so that many
tries at once get no further than one after the other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

from .errors import Throttled
from .store import CounterStore
from .tokens import digest_of

#: Returns the present instant, seconds since 1970.
Clock = Callable[[], float]


@dataclass(frozen=True)
class Limit:
    """How often something may be tried within a window of time."""

    #: Tries for one purpose do not count for another.
    purpose: str
    #: Seconds.
    window: int
    #: Tries for one account, or one address that is written to.
    by_account: int
    #: Tries from one network, behind which a whole office may sit.
    by_address: int


SIGN_IN = Limit("sign-in", window=15 * 60, by_account=10, by_address=100)
RESET = Limit("reset", window=60 * 60, by_account=5, by_address=50)
ADDRESS = Limit("address", window=60 * 60, by_account=5, by_address=50)
SIGN_UP = Limit("sign-up", window=60 * 60, by_account=5, by_address=20)


class Throttle:
    """Counts tries in the store, so that all workers share the count."""

    def __init__(self, counters: CounterStore, clock: Clock) -> None:
        self._counters = counters
        self._clock = clock

    def reserve(
        self, limit: Limit, *, account: str | None = None, address: str | None = None
    ) -> list[str]:
        """Count one try and return the keys of its counters, for :meth:`refund`.

        Somebody unknown (``None``) is not counted: one counter for all of them would
        lock everybody out.

        :raises Throttled: if a limit is passed.
        """
        tries = {
            digest_of(limit.purpose, kind, who): allowed
            for kind, who, allowed in (
                ("account", account, limit.by_account),
                ("address", address, limit.by_address),
            )
            if who is not None
        }
        now = int(self._clock())
        hits = self._counters.hit(dict.fromkeys(tries, limit.window), now)

        over = [
            hit.resets_at
            for hit, allowed in zip(hits, tries.values(), strict=True)
            if hit.count > allowed
        ]
        if over:
            raise Throttled(retry_after=max(1, max(over) - now))

        return list(tries)

    def refund(self, reserved: list[str]) -> None:
        """Take a try back that turned out right; others' tries stay counted."""
        self._counters.refund(reserved)


def network_of(address: str | None) -> str | None:
    """Return what counts as one client: an IPv4 address, or an IPv6 network of /64.

    A home or a rented server has a whole /64 to try from. ``::ffff:192.0.2.1`` is
    ``192.0.2.1``. What is no address is nobody known.
    """
    parsed = _parse(address)

    if not isinstance(parsed, IPv6Address):
        return None if parsed is None else str(parsed)
    return str(IPv6Address(int(parsed) >> 64 << 64))


def address_of(address: str | None) -> str | None:
    """Return an address in its one form, ``None`` for what is none."""
    parsed = _parse(address)
    return None if parsed is None else str(parsed)


def is_internal(address: str | None) -> bool:
    """Tell whether this is an address of the machine or its own network."""
    parsed = _parse(address)
    return parsed is not None and (parsed.is_loopback or parsed.is_private)


def _parse(address: str | None) -> IPv4Address | IPv6Address | None:
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return None

    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return mapped or parsed
