"""Test clients that are signed in."""

from __future__ import annotations

import secrets
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from flask import Flask, current_app
from flask_nameform.testing import FormClient
from werkzeug.test import TestResponse

from .. import flows
from ..services import Services
from ..state import current_state
from ..visit import cookie_name


class AuthClient(FormClient):
    """A test client that fills in forms, and lets mail leave before it returns.

    Mail leaves after the response, which a test client reads to its end only if asked.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request and read the whole response."""
        kwargs.setdefault("buffered", True)
        return super().open(*args, **kwargs)


def client_for(app: Flask, user: Any = None, *, role: str | None = None) -> AuthClient:
    """Return a client the user is signed in with; without a user or role, nobody.

    No password is hashed, and no page asked for: there is a session in the store, and
    the client has its cookie.

    :param role: a role to give the user; without a user, ``<role>@example.org`` is
        made and has it.
    """
    client = AuthClient(app, app.response_class)
    if user is None and role is None:
        return client

    with _context_of(app):
        services = current_state().services()
        if user is None:
            user = _user_called(services, f"{role}@example.org")
        if role is not None:
            flows.grant(services, user, role)
        user_id = services.attributes.read(user, "id")
        key, _ = services.sessions.start(user_id, "A test")

    config: dict[str, Any] = dict(app.config)
    host = (config["SERVER_NAME"] or "localhost").partition(":")[0]
    for secure in (True, False):
        client.set_cookie(cookie_name(secure=secure), key, domain=host)
    return client


def _context_of(app: Flask) -> AbstractContextManager[Any]:
    # A context that is there already has the database session the user came from.
    # Which app a proxy stands for is only told by asking it.
    is_there = bool(current_app) and current_app == app
    return nullcontext() if is_there else app.app_context()


def _user_called(services: Services[Any], email: str) -> Any:
    user = services.users.find(email)
    if user is None:
        name = email.partition("@")[0].capitalize()
        user = flows.create_user(services, email, secrets.token_urlsafe(), name=name)
    return user
