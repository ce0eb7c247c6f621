"""Whether an address was shown to be its user's: by reading a mail sent to it."""

from __future__ import annotations

from typing import TypeVar

from .services import Services, audited
from .signals import address_confirmed
from .store import Token
from .tokens import NEVER, digest_of, new_key

U = TypeVar("U")

_KIND = "confirmed"


def is_confirmed(services: Services[U], user: U) -> bool:
    """Tell whether the user's present address was shown to be theirs."""
    attributes = services.attributes
    if attributes.confirmed_at is not None:
        return bool(attributes.read(user, "confirmed_at"))

    address = attributes.read(user, "email")
    notes = services.tokens.list_for(services.key_of(user), _KIND)
    return any(note.data["address"] == address for note in notes)


@audited("confirm-address")
def note_confirmed(services: Services[U], user: U) -> None:
    """Keep that the user's present address was shown to be theirs, just now."""
    now, address = int(services.clock()), services.attributes.read(user, "email")

    if services.attributes.confirmed_at is not None:
        services.users.save(user, {"confirmed_at": now})
    else:
        user_id = services.key_of(user)
        services.tokens.revoke(user_id, _KIND)
        services.tokens.put(
            Token(
                # No key makes this digest, so the row is a note and never a power.
                digest=digest_of(_KIND, new_key()),
                kind=_KIND,
                user_id=user_id,
                created_at=now,
                expires_at=NEVER,
                seen_at=now,
                data={"address": address},
            )
        )
    address_confirmed.send(services.sender, user=user, address=address)
