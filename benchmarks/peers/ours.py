"""The three packages of this repository, as their READMEs set them up.

Accounts: all three on one app, with a user class and a database of the app's own. A
session is a row that can be ended, tries are counted, forms are protected.

Form: a named form, ``{{ show_form("name") }}``; ``form_in_a_view`` is the same form
in a view, as in every tutorial. Browsers say where a request comes from
(``Sec-Fetch-Site``), so no token is needed.

Greeting: ``{{ greet() }}``, which finds out language, hour and name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import jsonify, render_template, session
from flask.typing import ResponseReturnValue
from flask_greet import Greet
from flask_nameform import Forms, NameForm
from flask_simpleauth import SimpleAuth
from flask_simpleauth.stores.sqlalchemy import SQLAlchemyStore

from . import EMAIL, NAME, PASSWORD, Site
from .by_hand import visited
from .models import User, attach
from .pages import make_app


def accounts(url: str, method: str | None = None) -> Site:
    """Make the site with accounts."""
    app = make_app(index="", inside="{{ auth.user.name }}")
    if method is not None:
        app.config["SIMPLEAUTH_PASSWORD_HASH"] = method
    db = attach(app, url)
    auth: SimpleAuth[User] = SimpleAuth()
    Greet(app)
    Forms(app)
    auth.init_app(app, store=SQLAlchemyStore(db, User))
    app.add_url_rule("/", "index", lambda: render_template("index.html"))

    @app.get("/in")
    @auth.login_required
    def inside() -> str:
        return render_template("inside.html")

    @app.get("/api")
    @auth.login_required
    def api() -> ResponseReturnValue:
        return jsonify(name=auth.require_user().name)

    def prepare() -> None:
        with app.app_context():
            db.create_all()
            if db.session.scalar(db.select(User).limit(1)) is None:
                auth.create_user(EMAIL, PASSWORD, name=NAME)

    def token() -> Mapping[str, str]:
        with app.app_context():
            ada = auth.authenticate(EMAIL, PASSWORD)
            return {"Authorization": f"Bearer {auth.create_api_token(ada, 'bench')}"}

    path = "/auth/-/forms/login"
    return Site(app, prepare, "/auth/login", json_login=path, token=token)


def form() -> Site:
    """Make the site with a named form."""
    app = make_app(index="{{ show_form('name') }}")
    forms = Forms(app)

    @forms.handler("name", NameForm)
    def save_name(form: NameForm) -> None:
        session["name"] = form.name.data

    app.add_url_rule("/", "index", lambda: render_template("index.html"))
    return Site(app)


def form_in_a_view() -> Site:
    """Make the site with a form in a view."""
    app = make_app(index="{{ quick_form(form) }}")
    Forms(app)
    app.add_url_rule("/", "index", view_of(NameForm), methods=["GET", "POST"])
    return Site(app)


def view_of(form_class: Any) -> Callable[[], ResponseReturnValue]:
    """Return the view of every tutorial."""
    from flask import redirect, url_for

    def index() -> ResponseReturnValue:
        form = form_class()

        if form.validate_on_submit():
            session["name"] = form.name.data
            return redirect(url_for("index"), 303)

        status = 422 if form.is_submitted() else 200
        return render_template("index.html", form=form), status

    return index


def greeting() -> Site:
    """Make the site that greets."""
    app = make_app(index="<p>{{ greet() }}</p>")
    Greet(app)
    return Site(visited(app))
