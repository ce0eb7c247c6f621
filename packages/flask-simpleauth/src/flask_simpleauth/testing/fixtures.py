"""Fixtures for pytest. They work on your own fixture ``app``.

.. code-block:: python

    # conftest.py
    pytest_plugins = ["flask_simpleauth.testing.fixtures"]

    @pytest.fixture
    def app():
        return create_app({"TESTING": True})

    # test_posts.py
    def test_only_editors_write(auth_client):
        assert auth_client(role="editor").get("/write").status_code == 200
"""

from __future__ import annotations

from typing import Any, Protocol

import pytest
from flask import Flask

from ..state import KEY, State
from .clients import AuthClient, client_for
from .fakes import CHEAP_HASH, FakeClock, Mailbox


class ClientFactory(Protocol):
    """What the fixture ``auth_client`` is, for annotations."""

    def __call__(self, user: Any = None, *, role: str | None = None) -> AuthClient:
        """Return a client, as :func:`~flask_simpleauth.testing.client_for` does."""
        ...


@pytest.fixture
def auth_cheap(app: Flask) -> None:
    """Make hashing a password cost next to nothing."""
    app.config["SIMPLEAUTH_PASSWORD_HASH"] = CHEAP_HASH


@pytest.fixture
def auth_client(app: Flask, auth_cheap: None) -> ClientFactory:
    """Make clients that are signed in: ``auth_client(user)``."""

    def make(user: Any = None, *, role: str | None = None) -> AuthClient:
        return client_for(app, user, role=role)

    return make


@pytest.fixture
def auth_clock(app: Flask) -> FakeClock:
    """Give the app a clock that stands until the test turns it."""
    clock = FakeClock()
    _state(app).replace(clock=clock)
    return clock


@pytest.fixture
def auth_mails(app: Flask) -> Mailbox:
    """Keep the mails the app sends; they are there when the response is."""
    mails = Mailbox()
    _state(app).replace(mailer=mails)
    if app.test_client_class is None:
        app.test_client_class = AuthClient
    return mails


def _state(app: Flask) -> State:
    state: State = app.extensions[KEY]
    return state
