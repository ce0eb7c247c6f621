"""Where accounts are kept: in the database, and sessions in Redis if there is one."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_simpleauth.store import Store
from flask_simpleauth.stores.sqlalchemy import SQLAlchemyStore, SQLAlchemyUsers
from sqlalchemy.exc import DBAPIError

from .extensions import db
from .models import User


def make_store(app: Flask) -> Store[User]:
    """Return the store that the configuration asks for."""
    config: dict[str, Any] = dict(app.config)
    if not config["REDIS_URL"]:
        return SQLAlchemyStore(db, User)

    # Imported here: without Redis its client need not be installed.
    from flask_simpleauth.stores.redis import RedisStore

    users = SQLAlchemyUsers(db, User)
    return RedisStore(config["REDIS_URL"], users=users, prefix=config["REDIS_PREFIX"])


def create_tables(app: Flask) -> None:
    """Make the tables that are not there yet.

    Workers that start at once all look first and create then, so who comes second looks
    again. A site that changes its tables uses migrations instead, such as Alembic.
    """
    with app.app_context():
        for _ in db.metadata.tables:
            try:
                db.create_all()
                break
            except DBAPIError:
                continue
        else:
            db.create_all()
        db.engine.dispose()  # no worker that is forked may share the connection
