"""A new password for who has forgotten the old one: by a link that works once."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import TypeVar

from .confirmation import is_confirmed, note_confirmed
from .errors import KeptByHand
from .flows import set_password
from .links import Purpose
from .services import Services, audited

U = TypeVar("U")

#: Ten minutes, no more than OWASP ASVS 6.5.5 allows: who has it has the account.
RESET = Purpose("reset", lifetime=10 * 60)


@audited("start-reset")
def start_reset(services: Services[U], user: U, *, mailed: bool = False) -> str:
    """Return a link's key that lets whoever has it give the user a new password.

    :param mailed: whether it is going to be sent to the user's address, so that whoever
        uses it reads mail there.
    :raises KeptByHand: if nobody could.
    """
    if services.has_fixed_users:
        raise KeptByHand()
    return services.links.make(RESET, user, mailed=mailed)


def owner_of(services: Services[U], key: str) -> U:
    """Return the user whom the key lets have a new password.

    :raises LinkIsDead: as :meth:`~.links.Links.read`.
    """
    user: U = services.links.read(RESET, key).user
    return user


@audited("reset-password")
def finish_reset(services: Services[U], key: str, new: str) -> U:
    """Give the key's owner a new password, and end all their sessions.

    By mail, this shows the address to be theirs too.

    :raises LinkIsDead: as :func:`owner_of`, and for all but one of several at once.
    :raises WeakPassword: if it will not do; the key is still good then.
    """
    user = owner_of(services, key)
    set_password(services, user, new, within=_using(services, key))
    return user


@contextmanager
def _using(services: Services[U], key: str) -> Generator[U, None, None]:
    """Use the link up, and give its user; a link that was mailed confirms them."""
    with services.links.using(RESET, key) as link:
        user: U = link.user
        is_news = link.data.get("mailed") and not is_confirmed(services, user)
        if is_news:
            # Whoever made the account need not be who has the address: what they left
            # themselves to come back with goes too (better-auth's GHSA-g38m-r43w-p2q7).
            services.tokens.revoke(services.key_of(user))
        yield user
        if is_news:
            note_confirmed(services, user)
