"""SQLite as a site wants it: readers read while somebody writes, and writers wait.

PostgreSQL does so by itself.
"""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import event

from .extensions import db


def init_app(app: Flask) -> None:
    """Set up each connection, if this is SQLite."""
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "connect", _set_pragmas)


def _set_pragmas(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA busy_timeout = 10000")  # milliseconds
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
