"""Connections go back to the pool, and what is not used is not imported."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from flask_simpleauth import SimpleAuth
from flask_simpleauth.stores.sqlalchemy import SQLAlchemyStore
from flask_simpleauth.testing import CHEAP_HASH, client_for

PASSWORD = "correct horse battery"


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_failing_requests(
    kind: str, database: Callable[[str], Any], postgresql_url: Callable[[], str]
) -> None:
    """A request that fails, whatever it has begun, gives its connection back."""
    on_file = "sqlite:///{tmp}/own.sqlite3"
    app, db, user_class = database(on_file if kind == "sqlite" else postgresql_url())
    app.config.update(SECRET_KEY="for tests", SIMPLEAUTH_PASSWORD_HASH=CHEAP_HASH)
    auth: SimpleAuth[Any] = SimpleAuth(app, store=SQLAlchemyStore(db, user_class))

    def fail(after: str) -> None:
        auth.require_user()
        if after == "writing":
            db.session.add(user_class(email="e@b.org", name="", password_hash=""))
            db.session.flush()
        elif after == "breaking":
            db.session.execute(db.text("no SQL"))
        raise ZeroDivisionError

    app.add_url_rule("/<after>", view_func=fail)
    client = client_for(app, role="editor")
    for after in ("reading", "writing", "breaking"):
        assert client.get(f"/{after}").status_code == 500
        with app.app_context():
            assert db.engine.pool.checkedout() == 0


def test_no_sqlalchemy_without_sql() -> None:
    """An app whose store is not in SQL serves its pages without SQLAlchemy."""
    program = """
import sys
from flask import Flask
from flask_simpleauth import SimpleAuth
from flask_simpleauth.stores.listed import ListedUsers
from flask_simpleauth.stores.memory import MemoryStore
from flask_simpleauth.testing import client_for

app = Flask("app")
app.config.update(SECRET_KEY="for tests", SIMPLEAUTH_PASSWORD_HASH="scrypt:256:8:1")
auth = SimpleAuth(app, store=MemoryStore())
app.add_url_rule("/", "index", auth.login_required(lambda: auth.user.name))
assert client_for(app, role="editor").get("/").text == "Editor"
assert app.test_client().get("/auth/login").status_code == 200
MemoryStore(users=ListedUsers({}))
print([name for name in sys.modules if "sqlalchemy" in name or name == "redis"])
"""
    command = [sys.executable, "-c", program]
    ran = subprocess.run(command, capture_output=True, text=True)  # noqa: S603 # ours
    assert ran.stdout == "[]\n", ran.stderr
