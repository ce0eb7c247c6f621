"""Our packages with more and more of something."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from flask import Flask, render_template
from flask_greet import Greet
from flask_greet.settings import Settings
from flask_nameform import Form, Forms, NameForm
from flask_simpleauth import SimpleAuth
from flask_simpleauth.stores.sqlalchemy import SQLAlchemyStore
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, ForeignKey, String, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from wtforms import StringField

from . import CHEAP_HASH, Site
from .by_hand import visited
from .ours import view_of
from .pages import make_app

#: Who looks at pages in turns, so that not one row stays in each cache.
_VISITORS = 100

_USERS = """
INSERT INTO "user" (id, email, name, password_hash)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :size)
SELECT i, 'user' || i || '@example.org', 'User ' || i, '-' FROM n
"""
_ROLE = "INSERT INTO role (id, name) VALUES (1, 'member')"
_MEMBERSHIPS = 'INSERT INTO membership (user_id, role_id) SELECT id, 1 FROM "user"'
_SESSIONS = """
INSERT INTO simpleauth_token
(digest, kind, user_id, created_at, expires_at, seen_at, label, data)
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :size)
SELECT {digest}, 'session', {user}, 0, 4000000000, 4000000000, '', '{{}}' FROM n
"""
_DIGESTS = {
    "sqlite": "lower(hex(randomblob(32)))",
    "postgresql": "encode(sha256(i::text::bytea), 'hex')",
}


class Base(DeclarativeBase):
    """What the tables have in common."""


class Membership(Base):
    """That a user has a role."""

    __tablename__ = "membership"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    role_id: Mapped[int] = mapped_column(ForeignKey("role.id"), primary_key=True)


class Role(Base):
    """A role."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)


class User(Base):
    """An account that may have roles."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(200))
    roles: Mapped[list[Role]] = relationship(secondary="membership")


def users(url: str, size: int) -> Site:
    """Make a site with so many users, each of whom has a role and a session."""

    def fill(connection: Connection) -> None:
        connection.execute(text(_USERS), {"size": size})
        connection.execute(text(_ROLE))
        connection.execute(text(_MEMBERSHIPS))
        _add_sessions(connection, size, user="i")

    return _accounts(url, fill, size)


def sessions(url: str, size: int) -> Site:
    """Make a site with one user, who has so many sessions."""

    def fill(connection: Connection) -> None:
        connection.execute(text(_USERS), {"size": 1})
        _add_sessions(connection, size, user="1")

    return _accounts(url, fill, 1)


def roles(url: str, size: int) -> Site:
    """Make a site with one user, who has so many roles."""

    def fill(connection: Connection) -> None:
        connection.execute(text(_USERS), {"size": 1})
        each = [{"id": i, "name": f"role{i}"} for i in range(size)]
        connection.execute(Role.__table__.insert(), each)  # type: ignore[attr-defined] # it is a table's
        connection.execute(
            Membership.__table__.insert(),  # type: ignore[attr-defined] # it is a table's
            [{"user_id": 1, "role_id": i} for i in range(size)],
        )

    return _accounts(url, fill, 1)


def _add_sessions(connection: Connection, size: int, user: str) -> None:
    digest = _DIGESTS[connection.dialect.name]
    connection.execute(text(_SESSIONS.format(digest=digest, user=user)), {"size": size})


def _accounts(url: str, fill: Callable[[Connection], None], size: int) -> Site:
    app = make_app(index="", inside="{{ auth.user.name }}")
    app.config["SIMPLEAUTH_PASSWORD_HASH"] = CHEAP_HASH
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    db = SQLAlchemy(app, model_class=Base)
    auth: SimpleAuth[User] = SimpleAuth(app, store=SQLAlchemyStore(db, User))
    app.add_url_rule("/", "index", lambda: render_template("index.html"))

    @app.get("/in")
    @auth.login_required
    def inside() -> str:
        return render_template("inside.html")

    def prepare() -> None:
        with app.app_context():
            db.create_all()
            if db.session.get(User, 1) is None:
                with db.engine.begin() as connection:
                    fill(connection)
                    connection.execute(text("ANALYZE"))

    def visitors() -> list[Mapping[str, str]]:
        with app.app_context():
            among = Random(size).choices(range(1, size + 1), k=_VISITORS)
            return [_cookies(auth, db.session.get_one(User, i)) for i in among]

    return Site(app, prepare, visitors=visitors)


def _cookies(auth: SimpleAuth[User], user: User) -> Mapping[str, str]:
    cookie = auth.test_client(user).get_cookie("simpleauth")
    return {} if cookie is None else {"simpleauth": cookie.value}


def named_forms(size: int) -> Site:
    """Make a site that has so many named forms, one of which it shows."""
    app = make_app(index="{{ show_form('name0') }}")
    return Site(_with_named_forms(app, size))


def forms_on_a_page(size: int) -> Site:
    """Make a site that shows so many forms on a page."""
    every = (
        f"{{% for i in range({size}) %}}{{{{ show_form('name0', i) }}}}{{% endfor %}}"
    )
    return Site(_with_named_forms(make_app(index=every), 1))


def _with_named_forms(app: Flask, size: int) -> Flask:
    forms = Forms(app)
    for number in range(size):
        forms.add(f"name{number}", NameForm, handler=lambda form: None)
    app.add_url_rule("/", "index", lambda: render_template("index.html"))
    return app


def fields(size: int) -> Site:
    """Make a site with a form of so many fields."""
    members: dict[str, Any] = {f"f{i}": StringField(f"Field {i}") for i in range(size)}
    form_class = type("LongForm", (Form,), members)
    app = make_app(index="{{ quick_form(form) }}")
    Forms(app)
    app.add_url_rule("/", "index", view_of(form_class))
    return Site(app)


def languages(size: int) -> Site:
    """Make a site that greets in so many languages, German among them."""
    known = sorted(Settings().languages, key=lambda tag: tag != "de")
    app = make_app(index="<p>{{ greet() }}</p>")
    app.config["GREET_LANGUAGES"] = known[:size]
    app.config["GREET_DEFAULT_LANGUAGE"] = "de"
    Greet(app)
    return Site(visited(app))
