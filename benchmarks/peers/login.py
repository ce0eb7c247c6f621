"""Flask-Login, as its documentation says: a user loader, ``login_user``, guards.

Users are in Flask-SQLAlchemy and fetched by key, programs through ``request_loader``.
Forms, hashing and looking up are the app's own, written as by hand. Sessions cannot be
ended on the server.
"""

from __future__ import annotations

from flask import Flask, Request, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import (
    LoginManager,
    UserMixin,
    current_user,
    login_required,
    login_user,
)
from flask_sqlalchemy import SQLAlchemy
from werkzeug.security import check_password_hash, generate_password_hash

from . import PASSWORD, Site
from .models import TOKEN, ApiToken, User, attach, digest_of, maker
from .pages import LOGIN, make_app


class Account(UserMixin, User):
    """A user, as Flask-Login wants one."""


def accounts(url: str, method: str = "scrypt") -> Site:
    """Make the site with accounts."""
    app = make_app(index="", inside="{{ current_user.name }}", login=LOGIN)
    db = attach(app, url)
    _attach_manager(app, db)
    app.add_url_rule("/", "index", lambda: render_template("index.html"))

    @app.get("/in")
    @login_required
    def inside() -> str:
        return render_template("inside.html")

    @app.get("/api")
    @login_required
    def api() -> ResponseReturnValue:
        return jsonify(name=current_user.name)

    @app.route("/login", methods=["GET", "POST"])
    def login() -> ResponseReturnValue:
        if request.method == "GET":
            return render_template("login.html")
        given = request.get_json() if request.is_json else request.form
        wanted = db.select(Account).where(Account.email == given["email"])
        user = db.session.scalar(wanted)
        if not user or not check_password_hash(user.password_hash, given["password"]):
            return render_template("login.html"), 422

        login_user(user)
        if request.is_json:
            return jsonify(name=user.name)
        return redirect(url_for("index"), 303)

    prepare = maker(app, db, lambda: generate_password_hash(PASSWORD, method))
    return Site(app, prepare, token=lambda: {"Authorization": f"Bearer {TOKEN}"})


def _attach_manager(app: Flask, db: SQLAlchemy) -> None:
    manager = LoginManager(app)
    manager.login_view = "login"

    @manager.user_loader
    def load_user(user_id: str) -> Account | None:
        return db.session.get(Account, int(user_id))

    @manager.request_loader
    def load_user_of_program(asked: Request) -> Account | None:
        token = asked.headers.get("Authorization", "").removeprefix("Bearer ")
        if not token:
            return None
        user: Account | None = db.session.scalar(
            db.select(Account)
            .join(ApiToken, ApiToken.user_id == Account.id)
            .where(ApiToken.digest == digest_of(token))
        )
        return user
