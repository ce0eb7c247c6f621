"""A guest book: how Flask-Greet, Flask-NameForm and Flask-SimpleAuth fit together.

Start reading here, then ``extensions.py``, then one of the two blueprints. What each
module shows is in its first line.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask

from . import (
    admin,
    audit,
    book,
    config,
    demo,
    errors,
    greetings,
    headers,
    health,
    language,
    sqlite,
)
from .extensions import auth, babel, db, forms, greet
from .mail import make_mailer
from .store import create_tables, make_store


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """Make the app.

    :param settings: configuration that goes before what ``config.py`` finds; tests use
        it.
    """
    app = Flask(__name__)
    app.config.from_mapping(config.defaults(app.instance_path))
    app.config.from_mapping(settings or {})

    # Other people's extensions are attached like ours: one line each.
    db.init_app(app)
    babel.init_app(app, locale_selector=language.selected)
    forms.init_app(app)
    greet.init_app(app)
    auth.init_app(app, store=make_store(app), mailer=make_mailer(app))

    app.register_blueprint(book.blueprint)
    app.register_blueprint(admin.blueprint)
    app.register_blueprint(greetings.blueprint)
    app.cli.add_command(demo.demo)

    for module in (audit, errors, headers, health, language):
        module.init_app(app)

    sqlite.init_app(app)
    create_tables(app)

    return app
