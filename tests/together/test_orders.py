"""The three extensions on one app, attached in every order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, render_template_string, session
from flask.testing import FlaskClient
from flask_greet import Greet
from flask_nameform import Forms, NameForm
from flask_simpleauth import SimpleAuth
from flask_simpleauth.stores.sqlalchemy import SQLAlchemyStore
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

ADA = {
    "name": "Ada",
    "email": "ada@example.org",
    "password": "correct horse battery",
}


class Base(DeclarativeBase):
    pass


class User(Base):
    """An app's own user, with nothing more than has to be."""

    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]


Make = Callable[[Sequence[str]], Flask]


@pytest.fixture(params=["embedded", "own database"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Make]:
    """Make the app, with the extensions attached in the order of their names."""
    db = SQLAlchemy(model_class=Base)
    greet, forms, auth = Greet(), Forms(), SimpleAuth[Any]()
    made: list[Flask] = []

    @greet.name_loader
    def name() -> str | None:
        return auth.user.name if auth.user else session.get("name")

    @forms.handler("name", NameForm)
    def save_name(form: NameForm) -> None:
        session["name"] = form.name.data

    def make(order: Sequence[str]) -> Flask:
        app = Flask("together", instance_path=str(tmp_path))
        app.config.update(
            SECRET_KEY="for tests",
            SIMPLEAUTH_PASSWORD_HASH="scrypt:256:8:1",
            SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path}/own.sqlite3",
        )
        store = None
        if request.param == "own database":
            db.init_app(app)
            store = SQLAlchemyStore(db, User)
            made.append(app)
        attach = {
            "greet": lambda: greet.init_app(app),
            "forms": lambda: forms.init_app(app),
            "auth": lambda: auth.init_app(app, store=store),
        }
        for extension in order:
            attach[extension]()
        if store is not None:
            with app.app_context():
                db.create_all()

        app.add_url_rule(
            "/",
            "index",
            lambda: render_template_string("{{ greet() }}{{ show_form('name') }}"),
        )
        app.add_url_rule("/in", "inside", auth.login_required(lambda: "in"))
        return app

    yield make
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.mark.parametrize(
    "order", list(permutations(["greet", "forms", "auth"])), ids="-".join
)
def test_every_order(
    make: Make, browse: Callable[[Flask], FlaskClient], order: Sequence[str]
) -> None:
    """In whatever order they came, a visitor is greeted by form and by account."""
    client = browse(make(order))
    assert "Hello there" in client.get("/").text

    assert client.post("/-/forms/name", data={"name": "Grace"}).status_code == 303
    assert "Hello, <bdi>Grace</bdi>!" in client.get("/").text
    assert client.post("/-/forms/name", data={"name": " "}).status_code == 422

    assert client.get("/in").status_code == 303
    client.post("/auth/-/forms/signup", data=ADA)
    assert client.get("/in").text == "in"
    assert "Hello, <bdi>Ada</bdi>!" in client.get("/").text

    client.post("/auth/-/forms/logout")
    assert "Hello there" in client.get("/").text
    client.post("/auth/-/forms/login", data=ADA)
    assert client.get("/in").text == "in"


@pytest.mark.parametrize("left_out", ["greet", "forms", "auth"])
def test_two_of_three(make: Make, left_out: str) -> None:
    """Any two of them work without the third."""
    kept = [name for name in ("greet", "forms", "auth") if name != left_out]
    app = make(kept)
    with app.test_request_context():
        there = [
            name
            for name in ("greet", "auth")
            if render_template_string(f"{{{{ {name} is defined }}}}") == "True"
        ]
        assert there == [name for name in kept if name != "forms"]
        # Flask-SimpleAuth brings the helpers of its own forms along.
        assert render_template_string("{{ show_form is defined }}") == "True"


def test_one_set_of_objects_on_two_apps(
    make: Make, browse: Callable[[Flask], FlaskClient]
) -> None:
    """One set of extension objects serves two apps; their sessions stay apart."""
    one = browse(make(["greet", "forms", "auth"]))
    other = browse(make(["auth", "forms", "greet"]))
    one.post("/-/forms/name", data={"name": "Grace"})

    assert "Grace" in one.get("/").text
    assert "Grace" not in other.get("/").text
