"""A client that says, as browsers do, that a page of the site sent it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient


@pytest.fixture
def browse() -> Callable[[Flask], FlaskClient]:
    """Make a client for an app."""

    def make(app: Flask) -> FlaskClient:
        client = app.test_client()
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        return client

    return make
