"""Addresses that others have stored in another form than ours, given that form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from .confirmation import is_confirmed, note_confirmed
from .errors import InvalidIdentity
from .identity import normalise
from .services import Services

U = TypeVar("U")


@dataclass
class Findings:
    """What is to be done about the addresses of a store."""

    #: The key of each user whose address is to be changed, and what to.
    changes: list[tuple[Any, str]] = field(default_factory=list[tuple[Any, str]])
    #: Addresses as they are stored, of several users, that are one address.
    collisions: list[list[str]] = field(default_factory=list[list[str]])
    #: What is stored as an address and is none.
    unreadable: list[str] = field(default_factory=list[str])


def examine(addresses: Iterable[tuple[Any, str]]) -> Findings:
    """Tell which addresses are not in our form, and which of them are one."""
    findings = Findings()
    same: dict[str, list[tuple[Any, str]]] = {}
    for key, stored in addresses:
        address = _normal_form(stored)
        if address is None:
            findings.unreadable.append(stored)
        else:
            same.setdefault(address, []).append((key, stored))

    for address, owners in same.items():
        if len(owners) > 1:
            findings.collisions.append([stored for _, stored in owners])
        elif owners[0][1] != address:
            findings.changes.append((owners[0][0], address))
    return findings


def change(services: Services[U], user_id: Any, address: str) -> None:
    """Give a user their address in our form.

    :raises Taken: if somebody else has it by now.
    """
    user = services.users.get(user_id)
    if user is None:  # deleted meanwhile
        return
    was_confirmed = is_confirmed(services, user)
    with services.auditing("normalise-address", user), services.transaction():
        services.users.save(user, {"email": address})
        if was_confirmed and not is_confirmed(services, user):
            note_confirmed(services, user)


def _normal_form(stored: str) -> str | None:
    try:
        return normalise(stored)
    except InvalidIdentity:
        return None
