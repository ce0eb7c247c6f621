"""A guest book: how Flask-Greet, Flask-NameForm and Flask-SimpleAuth fit together.

Start reading here, then ``extensions.py``, then one of the two blueprints.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask_simpleauth.stores.sqlalchemy import SQLAlchemyStore

from . import admin, book, config
from .extensions import auth, db, forms, greet
from .models import User


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """Make the app.

    :param settings: configuration that goes before what ``config.py`` finds; tests use
        it.
    """
    app = Flask(__name__)
    app.config.from_mapping(config.defaults(app.instance_path))
    app.config.from_mapping(settings or {})

    db.init_app(app)
    forms.init_app(app)
    greet.init_app(app)
    auth.init_app(app, store=SQLAlchemyStore(db, User))

    app.register_blueprint(book.blueprint)
    app.register_blueprint(admin.blueprint)

    with app.app_context():
        db.create_all()

    return app
