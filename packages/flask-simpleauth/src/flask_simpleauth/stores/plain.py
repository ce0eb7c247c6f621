"""The user of stores that have no class of the app's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class PlainUser:
    """A user, and nothing but that."""

    #: A number; where users are listed by address, that.
    id: Any
    email: str
    name: str
    password_hash: str = field(repr=False)
    active: bool = True
    confirmed_at: int | None = None
    roles: frozenset[str] = frozenset()
