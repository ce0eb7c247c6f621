"""Invitations: a link with which whoever reads mail at an address makes an account.

Who signs up by themselves where mail can be sent invites themself. No account is made
before: so there is none with somebody else's address, nobody can keep another from
signing up, and nothing differs for addresses that have an account.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any, NamedTuple, TypeVar

from .errors import LinkIsDead, Taken
from .flows import create_user
from .identity import normalise
from .links import Purpose
from .services import Services
from .signals import invited
from .store import Token

U = TypeVar("U")

#: Asked for by whoever signs up. A day.
SIGN_UP = Purpose("sign-up", lifetime=24 * 60 * 60)
#: Sent by whoever runs the site. A week.
INVITE = Purpose("invite", lifetime=7 * 24 * 60 * 60)


class Invitation(NamedTuple):
    """What a link that makes an account says."""

    purpose: Purpose
    #: The address the account will have, confirmed.
    address: str
    #: A role it will have.
    role: str | None
    #: The path to go to then.
    back: str | None

    @classmethod
    def of(cls, purpose: Purpose, link: Token) -> Invitation:
        """Return what the token of a link says."""
        data = link.data
        return cls(purpose, data["address"], data.get("role"), data.get("back"))


def start_sign_up(
    services: Services[U], address: str, *, back: str | None = None
) -> str:
    """Return a link's key with which one signs up; it is to be sent to the address.

    :param address: as it is to be stored.
    :param back: the path to go to afterwards.
    """
    with services.auditing("start-sign-up"):
        return services.links.make(SIGN_UP, address=address, back=back)


def invite(services: Services[U], address: str, role: str | None = None) -> str:
    """Return a link's key with which who has the address can sign up.

    Another invitation of that address is dead then.

    :param role: what the account will have, made if it is new.
    :raises InvalidIdentity: if that is no address.
    :raises Taken: if the address has an account.
    :raises RuntimeError: if the user class has no roles, or it has no name.
    """
    if role is not None:
        services.attributes.check_role(role)

    with services.auditing("invite", detail=role or ""):
        normalised = normalise(address)
        if services.users.find(normalised) is not None:
            raise Taken()
        _withdraw(services, normalised)
        key = services.links.make(INVITE, address=normalised, role=role)

    invited.send(services.sender, address=normalised, role=role)
    return key


def withdraw(services: Services[U], address: str) -> int:
    """End the invitations of an address, and return how many there were.

    :raises InvalidIdentity: if that is no address.
    """
    with services.auditing("withdraw-invitation"):
        return _withdraw(services, normalise(address))


def read(services: Services[U], key: str, purposes: Collection[Purpose]) -> Invitation:
    """Return what the link says, and leave it as it is.

    :param purposes: what it may be for.
    :raises LinkIsDead: if it was used, is too old, or never was.
    :raises Taken: if the address has an account by now.
    """
    for purpose in purposes:
        with suppress(LinkIsDead):
            invitation = Invitation.of(purpose, services.links.read(purpose, key))
            break
    else:
        raise LinkIsDead()

    if services.users.find(invitation.address) is not None:
        raise Taken()
    return invitation


def accept(
    services: Services[U],
    key: str,
    secret: str,
    purposes: Collection[Purpose],
    *,
    name: str = "",
    username: str = "",
    own: Mapping[str, Any] | None = None,
) -> tuple[U, Invitation]:
    """Make the account that the link is for.

    :param own: more values, by the user class's own names.
    :raises LinkIsDead: as :func:`read`, and for all but one of several at once.
    :raises Taken: if the address has an account by now.
    :raises WeakPassword: if the password will not do; the link is still good then.
    :raises InvalidUsername: if that cannot be a user name, or ``UsernameTaken``; too.
    """
    with services.auditing("accept-invitation") as entry:
        invitation = read(services, key, purposes)
        user = create_user(
            services,
            invitation.address,
            secret,
            name=name,
            username=username,
            confirmed=True,
            role=invitation.role,
            own=own,
            within=services.links.using(invitation.purpose, key),
        )
        entry.account = services.key_of(user)
        _withdraw(services, invitation.address)
    return user, invitation


def _withdraw(services: Services[U], address: str) -> int:
    links = services.tokens.list_for(None, INVITE.name)
    theirs = [link.digest for link in links if link.data["address"] == address]
    return sum(
        services.tokens.revoke(None, INVITE.name, only=digest) for digest in theirs
    )
