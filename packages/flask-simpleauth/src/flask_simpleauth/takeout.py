"""What is kept of an account, for its owner to take along (GDPR, article 20)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import date, datetime, timezone
from typing import Any, TypeVar

from .services import Services, audited
from .signals import user_exported
from .store import Attributes
from .tokens import NEVER

U = TypeVar("U")

#: Returns what else belongs to a user, by name; all that JSON can hold.
Exporter = Callable[[Any], Mapping[str, Any]]


@audited("export-account")
def export_account(
    services: Services[U], user: U, exporters: Iterable[Exporter] = ()
) -> dict[str, Any]:
    """Return all that is kept of a user, but what would give power to who reads it.

    :param exporters: give what the app itself keeps.
    :raises RuntimeError: if two give something of the same name.
    """
    exported = {
        "account": account_data(services, user),
        "sessions": [
            {
                "device": token.label,
                "started_at": as_text(token.created_at),
                "used_at": as_text(token.seen_at),
                "remembered": bool(token.data.get("remember")),
            }
            for token in services.sessions.list_for(services.key_of(user))
        ],
        "api_tokens": [
            {
                "name": token.label,
                "scopes": token.data["scopes"],
                "made_at": as_text(token.created_at),
                "used_at": as_text(token.seen_at),
                "ends_at": as_text(token.expires_at),
            }
            for token in services.api_tokens.list_for(services.key_of(user))
        ],
    }
    for exporter in exporters:
        own = exporter(user)
        twice = ", ".join(sorted(exported.keys() & own.keys()))
        if twice:
            raise RuntimeError(
                f"Two parts of an export are called {twice}. Rename that of {exporter}."
            )
        exported.update(own)
    user_exported.send(services.sender, user=user)
    return exported


def account_data(services: Services[U], user: U) -> dict[str, Any]:
    """Return the user's attributes that we know, without the password's hash."""
    attributes = services.attributes
    known = [f.name for f in fields(Attributes) if getattr(attributes, f.name)]
    values = {name: attributes.read(user, name) for name in known}
    del values["password_hash"]
    if "roles" in values:
        values["roles"] = sorted(attributes.role_names(user))
    return {name: _plain(value) for name, value in values.items()}


def as_text(instant: int) -> str | None:
    """Return an instant as ISO 8601 has it, ``None`` for the one that never comes."""
    if instant == NEVER:
        return None
    return datetime.fromtimestamp(instant, timezone.utc).isoformat()


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
