"""Whether a user may sign in, where their class has no attribute that says so."""

from __future__ import annotations

from typing import Any, TypeVar

from .services import Services
from .store import Token
from .tokens import NEVER, digest_of, new_key

U = TypeVar("U")

_KIND = "deactivated"


def may_sign_in(services: Services[U], user: U) -> bool:
    """Tell whether the user may sign in.

    It is asked when power is given, and not at each use of it: who is deactivated
    loses what they have.
    """
    if services.attributes.active is not None:
        return services.attributes.is_active(user)
    return not services.tokens.list_for(services.key_of(user), _KIND)


def note_standing(services: Services[U], user: U, *, active: bool) -> None:
    """Keep whether the user may sign in."""
    if services.attributes.active is not None:
        services.users.save(user, {"active": active})
        return

    user_id = services.key_of(user)
    services.tokens.revoke(user_id, _KIND)
    if not active:
        services.tokens.put(_note(user_id, int(services.clock())))


def _note(user_id: Any, now: int) -> Token:
    return Token(
        # No key makes this digest, so the row is a note and never a power.
        digest=digest_of(_KIND, new_key()),
        kind=_KIND,
        user_id=user_id,
        created_at=now,
        expires_at=NEVER,
        seen_at=now,
    )
