"""Flask-Security, as its quick start says, with Flask-SQLAlchemy.

Its ``fsqla_v3`` models, a random salt, session cookies with ``SameSite=strict``, and
argon2, which is its default. Signing in is its own view, JSON too; programs show the
token of ``get_auth_token``. Its quick start's e-mail check asks a name server, which a
benchmark must not: ``check_deliverability`` is off.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from flask import jsonify, render_template
from flask.typing import ResponseReturnValue
from flask_security import (
    Security,
    SQLAlchemyUserDatastore,
    auth_required,
    auth_token_required,
    current_user,
    hash_password,
)
from flask_security.models import fsqla_v3
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Column, String

from . import EMAIL, NAME, PASSWORD, Site
from .pages import make_app


def accounts(url: str, method: str | None = None) -> Site:
    """Make the site with accounts."""
    app = make_app(index="", inside="{{ current_user.name }}")
    app.config.update(
        SECURITY_PASSWORD_SALT="146585145368132386173505678016728509634",  # noqa: S106 # of nobody
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False},
        REMEMBER_COOKIE_SAMESITE="strict",
        SESSION_COOKIE_SAMESITE="strict",
        SQLALCHEMY_DATABASE_URI=url,
        SQLALCHEMY_ENGINE_OPTIONS={"pool_pre_ping": True},
    )
    if method is not None:
        app.config["SECURITY_PASSWORD_HASH"] = "plaintext"  # noqa: S105 # costs nothing

    db = SQLAlchemy(app)
    fsqla_v3.FsModels.set_db_info(db)

    class Role(db.Model, fsqla_v3.FsRoleMixin):  # type: ignore[name-defined] # made at run time
        pass

    class User(db.Model, fsqla_v3.FsUserMixin):  # type: ignore[name-defined] # made at run time
        name = Column(String(200))

    datastore = SQLAlchemyUserDatastore(db, User, Role)
    app.extensions["security"] = Security(app, datastore)
    app.add_url_rule("/", "index", lambda: render_template("index.html"))

    @app.get("/in")
    @auth_required()
    def inside() -> str:
        return render_template("inside.html")

    @app.get("/api")
    @auth_token_required
    def api() -> ResponseReturnValue:
        return jsonify(name=current_user.name)

    def prepare() -> None:
        with app.app_context():
            db.create_all()
            if datastore.find_user(email=EMAIL) is None:
                datastore.create_user(
                    email=EMAIL,
                    name=NAME,
                    password=hash_password(PASSWORD),
                    fs_uniquifier=uuid4().hex,
                )
                db.session.commit()

    def token() -> Mapping[str, str]:
        with app.app_context():
            ada = datastore.find_user(email=EMAIL)
            return {"Authentication-Token": ada.get_auth_token()}

    return Site(app, prepare, token=token)
