"""``current_user`` for templates that were written for Flask-Login."""

from __future__ import annotations

from typing import Any

from flask import has_request_context

from .state import current_state
from .visit import current_visit


class CurrentUser:
    """Stands for the user in a template, or for nobody: false, without attributes.

    It answers itself what Flask-Login asks of a user class. Everything else is the
    user's, looked up when it is asked for. In Python, ``auth.user`` is the user, and a
    real ``None`` when nobody is there.
    """

    @property
    def is_authenticated(self) -> bool:
        """Whether somebody is signed in."""
        return _user() is not None

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody is signed in."""
        return _user() is None

    @property
    def is_active(self) -> bool:
        """Whether somebody is signed in: who is not active cannot be."""
        return _user() is not None

    def get_id(self) -> str | None:
        """Return the user's key as text, ``None`` for nobody."""
        key = current_state().services().key_of(_user())
        return None if key is None else str(key)

    def __getattr__(self, name: str) -> Any:
        return getattr(_user(), name)

    def __bool__(self) -> bool:
        return _user() is not None

    def __eq__(self, other: object) -> bool:
        return bool(_user() == other)

    def __hash__(self) -> int:
        return hash(_user())

    def __str__(self) -> str:
        return str(_user())


def _user() -> Any:
    return current_visit().admitted_user if has_request_context() else None
