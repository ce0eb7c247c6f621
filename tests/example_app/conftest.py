"""The guest book without a browser: an app, clients, and what they have written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_simpleauth.testing import AuthClient

from example_app import create_app
from example_app.extensions import auth, db

PASSWORD = "correct horse battery"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    app = create_app(
        {
            "SECRET_KEY": "for tests",
            "SIMPLEAUTH_PASSWORD_HASH": "scrypt:256:8:1",
            "SQLALCHEMY_DATABASE_URI": f"sqlite:///{tmp_path}/book.sqlite3",
        }
    )
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> AuthClient:
    """Somebody with a browser."""
    return AuthClient(app, app.response_class)


@pytest.fixture
def ada(app: Flask) -> AuthClient:
    """Ada, who is signed in and is user number 1."""
    return signed_in(app, "Ada")


@pytest.fixture
def admin(app: Flask, ada: AuthClient) -> AuthClient:
    """Grace, an admin and user number 2."""
    client = signed_in(app, "Grace")
    app.test_cli_runner().invoke(args="auth grant grace@example.org admin")
    return client


def signed_in(app: Flask, name: str) -> AuthClient:
    with app.app_context():
        email = f"{name.lower()}@example.org"
        user = auth.create_user(email, PASSWORD, name=name)
        return auth.test_client(user)
