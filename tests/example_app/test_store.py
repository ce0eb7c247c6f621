from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_simpleauth.testing import AuthClient
from sqlalchemy import event
from sqlalchemy.schema import CreateTable

from example_app import create_app, store
from example_app.extensions import db
from example_app.models import Role


@pytest.fixture(params=["PostgreSQL", "PostgreSQL and Redis"])
def site(request: pytest.FixtureRequest, servers: dict[str, str]) -> Iterator[Flask]:
    app = create_app(
        {
            "SECRET_KEY": "for tests",
            "SIMPLEAUTH_PASSWORD_HASH": "scrypt:256:8:1",
            "SQLALCHEMY_DATABASE_URI": servers["DATABASE_URL"],
            "REDIS_URL": servers["REDIS_URL"] if "Redis" in request.param else None,
            "REDIS_PREFIX": servers["REDIS_PREFIX"],
        }
    )
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_on_servers(site: Flask) -> None:
    """The same program signs up, writes, and signs out on each kind of server."""
    client = AuthClient(site, site.response_class)
    email = "ada@example.org"
    client.submit_form(
        "simpleauth.signup",
        page="/auth/signup",
        name="Ada",
        email=email,
        password="correct horse battery",
    )
    client.submit_form("entry", page="/", text="On a server.")
    assert "On a server." in client.get("/").text
    client.submit_form("simpleauth.logout", page="/auth/logout")
    assert client.get("/auth/account").status_code == 303


def test_tables_made_at_once(app: Flask, tmp_path: Path) -> None:
    """Who starts while another worker makes the tables makes the others."""
    with app.app_context():
        db.drop_all()
        statement = str(CreateTable(Role.__table__).compile(db.engine))  # type: ignore[arg-type] # a table

    def another_worker(*_: Any, **__: Any) -> None:
        with closing(sqlite3.connect(tmp_path / "book.sqlite3")) as connection:
            connection.execute(statement)

    event.listen(Role.__table__, "before_create", another_worker, once=True)
    store.create_tables(app)
    with app.app_context():
        assert db.session.query(Role).all() == []


def test_database_that_is_not_there(app: Flask) -> None:
    """Trying again ends: what is really wrong is said."""

    def refuse(*_: Any, **__: Any) -> None:
        raise sqlite3.OperationalError("disk full")

    with app.app_context():
        db.drop_all()
        event.listen(db.engine, "before_cursor_execute", refuse)
    with pytest.raises(Exception, match="disk full"):
        store.create_tables(app)
