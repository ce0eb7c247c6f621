"""What a user may: by their roles, and within the scopes of a program's token."""

from __future__ import annotations

from flask import has_request_context

from .state import current_state
from .visit import current_visit


def role_names(user: object) -> frozenset[str]:
    """Return the names of the user's roles."""
    return current_state().services().attributes.role_names(user)


def permissions_of(user: object) -> frozenset[str]:
    """Return what the user's roles permit, within the scopes of a program's token."""
    permissions, scopes = current_state().permissions, current_visit().scopes
    permitted = {p for role in role_names(user) for p in permissions.get(role, ())}
    return frozenset(permitted & scopes if scopes else permitted)


def is_in_scope(action: str) -> bool:
    """Tell whether a program's token, if that is what was shown, covers the action."""
    scopes = current_visit().scopes if has_request_context() else frozenset[str]()
    return not scopes or action in scopes
