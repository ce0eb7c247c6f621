"""``/health``: whether the app can reach what it needs, for whatever watches it."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from .extensions import db


def init_app(app: Flask) -> None:
    """Add the address."""
    app.add_url_rule("/health", "health", _health)


def _health() -> tuple[dict[str, str], int]:
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return {"database": "out of reach"}, 503
    return {"database": "ok"}, 200
