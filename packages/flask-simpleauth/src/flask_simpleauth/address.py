"""The address of an account: shown to be its user's, and changed, by a link to it."""

from __future__ import annotations

from typing import TypeVar

from .confirmation import note_confirmed
from .errors import LinkIsDead
from .links import Purpose
from .services import Services, audited
from .signals import address_changed

U = TypeVar("U")

#: A day.
ADDRESS = Purpose("address", lifetime=24 * 60 * 60)


@audited("start-address")
def start(services: Services[U], user: U, address: str) -> str:
    """Return a link's key that makes this the user's confirmed address.

    The link is to be sent to that address. A link the user was sent before is dead.

    :param address: as it is to be stored; it may be the one they have.
    """
    services.tokens.revoke(services.key_of(user), ADDRESS.name)
    return services.links.make(ADDRESS, user, address=address)


def address_of(services: Services[U], user: U, key: str) -> str:
    """Return the address that the key makes the user's.

    :raises LinkIsDead: as :meth:`~.links.Links.read`, and if it is another user's: who
        was sent somebody's link by mistake must not be able to get their account.
    """
    link = services.links.read(ADDRESS, key)
    if services.key_of(link.user) != services.key_of(user):
        raise LinkIsDead()
    return str(link.data["address"])


@audited("change-address")
def finish(services: Services[U], user: U, key: str) -> None:
    """Make the address that the key was sent to the user's confirmed address.

    :raises LinkIsDead: as :func:`address_of`, and for all but one of several at once.
    :raises Taken: if the address has another account by now.
    """
    address_of(services, user, key)
    with services.links.using(ADDRESS, key) as link:
        old, new = services.attributes.read(link.user, "email"), link.data["address"]
        if new != old:
            services.users.save(link.user, {"email": new})
        note_confirmed(services, link.user)

    if new != old:
        address_changed.send(services.sender, user=link.user, old=old, new=new)
