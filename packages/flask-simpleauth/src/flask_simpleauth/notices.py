"""Notices: what a user is told by mail after something happened to their account.

They go to whom the account belonged to before, so that nobody can take one unnoticed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask

from .letters import Letters, deliver
from .signals import address_changed, password_changed
from .state import current_state


def connect(app: Flask) -> None:
    """Send notices about the accounts of this app, if it has a mailer by then."""
    password_changed.connect(_password_changed, sender=app)
    address_changed.connect(_address_changed, sender=app)


def _password_changed(app: Flask, user: Any) -> None:
    to = current_state().services().attributes.read(user, "email")
    _tell(
        lambda letters: letters.send(
            to, "password-changed", link=letters.site.url("simpleauth.forgot")
        )
    )


def _address_changed(app: Flask, user: Any, old: str, new: str) -> None:
    _tell(lambda letters: letters.send(old, "address-changed", old=old))


def _tell(write: Callable[[Letters], None]) -> None:
    if current_state().mailer is not None:
        deliver(write)
