"""How often one may try: by account and by the client's network address.

Each try is counted before it is judged and refunded when it was right, so that many
tries at once get no further than one after the other. One that is refused is not
counted, so that whoever hammers on makes nobody wait any longer.

Whoever guesses at an account makes others wait who try it too. So there is no lock-out
but waits that grow, and a device on which the owner has signed in before is counted by
itself: nobody else can make it wait (OWASP ASVS 6.1.1).
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import NamedTuple

from .counting import Rule
from .errors import Throttled
from .store import CounterStore
from .tokens import digest_of

#: Returns the present instant, seconds since 1970.
Clock = Callable[[], float]


class Waits(NamedTuple):
    """How long an account that was tried too often waits for each further try.

    With these some 40 guesses a day are looked at; NIST SP 800-63B, section 3.2.2,
    allows 100 in all.
    """

    #: Seconds; each wait is twice as long as the one before.
    first: int = 15
    #: Seconds.
    longest: int = 60 * 60
    #: Seconds after the first try until all are forgotten.
    memory: int = 24 * 60 * 60

    def each(self) -> tuple[int, ...]:
        """Return them one by one, up to the longest."""
        waits = [self.first]
        while waits[-1] < self.longest:
            waits.append(min(2 * waits[-1], self.longest))
        return tuple(waits)


class Limit(NamedTuple):
    """How often something may be tried within a window of time."""

    #: Tries for one purpose do not count for another.
    purpose: str
    #: Seconds.
    window: int
    #: Tries for one account, or one address that is written to.
    by_account: int
    #: Tries from one network, behind which a whole office may sit.
    by_address: int
    #: What comes after the tries for one account; the end of the window if ``None``.
    waits: Waits | None = None

    def for_account(self) -> Rule:
        """Return the rule for the tries for one account."""
        if self.waits is None:
            return Rule(self.by_account, self.window)
        return Rule(self.by_account, self.waits.memory, self.waits.each())

    def for_address(self) -> Rule:
        """Return the rule for the tries from one network."""
        return Rule(self.by_address, self.window)


SIGN_IN = Limit("sign-in", window=15 * 60, by_account=10, by_address=100, waits=Waits())
UNLOCK = Limit("unlock", window=60 * 60, by_account=1, by_address=20)
RESET = Limit("reset", window=60 * 60, by_account=5, by_address=50)
ADDRESS = Limit("address", window=60 * 60, by_account=5, by_address=50)
API_TOKEN = Limit("api-token", window=60 * 60, by_account=20, by_address=100)
SIGN_UP = Limit("sign-up", window=60 * 60, by_account=5, by_address=20)


class Throttle:
    """Counts tries in the store, so that all workers share the count."""

    def __init__(self, counters: CounterStore, clock: Clock) -> None:
        self._counters = counters
        self._clock = clock

    def reserve(
        self,
        limit: Limit,
        *,
        account: str | None = None,
        address: str | None = None,
        device: str | None = None,
    ) -> list[str]:
        """Count one try and return the keys of its counters, for :meth:`refund`.

        Somebody unknown (``None``) is not counted: one counter for all of them would
        lock everybody out.

        :param device: on which the owner of the account has signed in before.
        :raises Throttled: if a limit is passed.
        """
        now = int(self._clock())
        by_account = _counter(limit, "account", account, device or "")
        by_address = _counter(limit, "address", address)
        # Always the account first: it is what is refused most often.
        rules = {
            key: rule
            for key, rule in (
                (by_account, limit.for_account()),
                (by_address, limit.for_address()),
            )
            if key is not None
        }
        closed = self._counters.hit(rules, now)
        if closed:
            raise Throttled(
                retry_after=max(1, max(closed.values()) - now),
                by_account=by_account in closed,
            )
        return list(rules)

    def refund(self, reserved: list[str]) -> None:
        """Take a try back that turned out right; others' tries stay counted."""
        self._counters.refund(reserved)


def _counter(limit: Limit, *who: str | None) -> str | None:
    """Return the key of a counter, ``None`` for somebody unknown."""
    known = [part for part in who if part is not None]
    return digest_of(limit.purpose, *known) if len(known) == len(who) else None


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
