"""Ending what gives power over an account: its sessions, and tokens of programs."""

from __future__ import annotations

from typing import TypeVar

from .services import Services
from .signals import api_token_revoked, sessions_ended
from .store import Token

U = TypeVar("U")


def end_session(services: Services[U], user: U, token: Token) -> None:
    """End one session of the user."""
    ended = services.sessions.end(token)
    services.audit.note("end-sessions", token.user_id, detail=str(ended))
    _tell(services, user, ended)


def end_sessions(services: Services[U], user: U, *, keep: Token | None = None) -> int:
    """End the user's sessions but the one to keep, and return how many."""
    ended = services.sessions.end_others(services.key_of(user), keep=keep)
    _tell(services, user, ended)
    return ended


def revoke_api_token(services: Services[U], user: U, token: Token) -> int:
    """End an API token of the user, and return 1, or 0 if it had ended already."""
    ended = services.api_tokens.end(token)
    if ended:
        api_token_revoked.send(services.sender, user=user, name=token.label)
    return ended


def revoke_api_tokens(services: Services[U], user: U, name: str) -> int:
    """End the user's API tokens of this name, and return how many there were."""
    own = services.api_tokens.list_for(services.key_of(user))
    named = [token for token in own if token.label == name]
    return sum(revoke_api_token(services, user, token) for token in named)


def _tell(services: Services[U], user: U, ended: int) -> None:
    if ended:
        sessions_ended.send(services.sender, user=user, count=ended)
