"""``/health``: whether the app can reach what it needs, for whatever watches it."""

from __future__ import annotations

from typing import Any, cast

from flask import Flask, current_app
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from .extensions import db


def init_app(app: Flask) -> None:
    """Add the address."""
    app.add_url_rule("/health", "health", _health)


def _health() -> tuple[dict[str, str], int]:
    found = {"database": _database_answers()}
    url = cast("str | None", current_app.config["REDIS_URL"])
    if url:
        found["redis"] = _redis_answers(url)
    words = {name: "ok" if ok else "out of reach" for name, ok in found.items()}
    return words, 200 if all(found.values()) else 503


def _database_answers() -> bool:
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True


def _redis_answers(url: str) -> bool:
    import redis

    client: Any = redis  # whose types say too little for strict checkers
    try:
        with client.from_url(url, socket_timeout=2, socket_connect_timeout=2) as server:
            return bool(server.ping())
    except redis.RedisError:
        return False
