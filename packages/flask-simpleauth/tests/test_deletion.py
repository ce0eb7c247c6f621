"""An account goes with everything that gives power over it, or it stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask_simpleauth import (
    AuthError,
    InUse,
    SimpleAuth,
    user_deleted,
    user_deleting,
)
from flask_simpleauth.deletion import delete_user
from flask_simpleauth.services import Services
from flask_simpleauth.stores.plain import PlainUser
from flask_simpleauth.stores.sqlalchemy import SQLAlchemyStore
from sqlalchemy import event

PASSWORD = "correct horse battery"


class Site:
    """An app whose posts belong to users."""

    def __init__(self, app: Flask, db: Any, user_class: Any, deferred: bool) -> None:
        self.app, self.db, self.user_class = app, db, user_class
        self.posts = db.Table(
            "own_post",
            db.Column("id", db.Integer, primary_key=True),
            db.Column(
                "author",
                db.ForeignKey("own_user.id", deferrable=True, initially="DEFERRED")
                if deferred
                else db.ForeignKey("own_user.id"),
                nullable=False,
            ),
        )
        self.auth: SimpleAuth[Any] = SimpleAuth()
        app.config.update(
            SECRET_KEY="for tests", SIMPLEAUTH_PASSWORD_HASH="scrypt:256:8:1"
        )
        self.auth.init_app(app, store=SQLAlchemyStore(db, user_class))

    def write_post(self, user: Any) -> None:
        self.db.session.execute(self.posts.insert().values(author=user.id))
        self.db.session.commit()

    def count(self) -> tuple[int, int, int]:
        """Return how many users, posts and tokens another session sees."""
        self.db.session.remove()
        tables = self.db.metadata.tables

        def rows(name: str) -> int:
            counted = self.db.select(self.db.func.count()).select_from(tables[name])
            return int(self.db.session.scalar(counted))

        return rows("own_user"), rows("own_post"), rows("simpleauth_token")


@pytest.fixture(params=["sqlite", "postgresql", "deferred"])
def site(
    request: pytest.FixtureRequest,
    database: Callable[[str], Any],
    postgresql_url: Callable[[], str],
) -> Iterator[Site]:
    in_sqlite = request.param == "sqlite"
    app, db, user_class = database(
        "sqlite:///{tmp}/own.sqlite3" if in_sqlite else postgresql_url()
    )
    with app.app_context():
        if in_sqlite:
            event.listen(
                db.engine, "connect", lambda c, _: c.execute("PRAGMA foreign_keys = ON")
            )
        site = Site(app, db, user_class, deferred=request.param == "deferred")
        db.create_all()
        db.session.remove()
        yield site
        db.session.remove()
        db.drop_all()


@contextmanager
def deleting(site: Site, work: Callable[[Any], object]) -> Iterator[None]:
    """Let the app do this with the user who is about to be deleted."""

    def receive(sender: object, user: Any) -> None:
        assert sender is site.app
        work(user)

    with user_deleting.connected_to(receive):
        yield


def test_delete(site: Site) -> None:
    """User, roles, sessions and tokens go; the app is told, with the old values."""
    told: list[Any] = []

    def receive(sender: object, user: Any) -> None:
        # what is gone is gone for everybody
        names = [role.name for role in user.roles]
        told.append((sender, user.id, user.email, user.name, names, site.count()))

    ada = site.auth.create_user("ada@example.org", PASSWORD, name="Ada")
    site.auth.create_user("eve@example.org", PASSWORD)
    site.auth.grant(ada, "admin")
    site.auth.create_api_token(ada, "backup")
    with user_deleted.connected_to(receive):
        site.auth.delete_user(ada)
    assert told == [
        (site.app, 1, "ada@example.org", "Ada", ["admin"], (1, 0, 0)),
    ]


def test_rows_that_point_at_the_user(site: Site) -> None:
    """While rows of the app point at the user, everything stays as it is."""
    ada = site.auth.create_user("ada@example.org", PASSWORD)
    site.auth.create_api_token(ada, "backup")
    site.write_post(ada)
    with pytest.raises(InUse, match="other things on this site belong to it"):
        site.auth.delete_user(ada)

    assert site.count() == (1, 1, 1)
    assert site.auth.authenticate("ada@example.org", PASSWORD)


def test_app_deletes_its_rows(site: Site) -> None:
    """The app deletes its own rows in the same transaction."""
    ada = site.auth.create_user("ada@example.org", PASSWORD)
    site.write_post(ada)

    def delete_posts(user: Any) -> None:
        own = site.posts.c.author == user.id
        site.db.session.execute(site.posts.delete().where(own))

    with deleting(site, delete_posts):
        site.auth.delete_user(ada)
    assert site.count() == (0, 0, 0)


def test_app_deletes_only_some(site: Site) -> None:
    """What the app has done is undone with the rest if that is not enough."""
    ada = site.auth.create_user("ada@example.org", PASSWORD)
    for _ in range(2):
        site.write_post(ada)

    def delete_one(user: Any) -> None:
        site.db.session.execute(site.posts.delete().where(site.posts.c.id == 1))

    with deleting(site, delete_one), pytest.raises(InUse):
        site.auth.delete_user(ada)
    assert site.count() == (1, 2, 0)


class OpenOrder(AuthError):
    """Somebody has not paid yet."""


def test_app_refuses(site: Site) -> None:
    """The app can refuse, and says why; what it had changed is undone."""
    ada = site.auth.create_user("ada@example.org", PASSWORD)
    site.write_post(ada)

    def refuse(user: Any) -> None:
        site.db.session.execute(site.posts.delete())
        raise OpenOrder("You have an open order.")

    with deleting(site, refuse), pytest.raises(OpenOrder):
        site.auth.delete_user(ada)
    assert site.count() == (1, 1, 0)


@pytest.mark.parametrize("site", ["sqlite"], indirect=True)
def test_key_used_anew(site: Site) -> None:
    """A new user whose key was somebody else's inherits none of their tokens."""
    ada = site.auth.create_user("ada@example.org", PASSWORD)
    key, text = ada.id, site.auth.create_api_token(ada, "backup")
    site.db.session.delete(ada)  # past all our code
    site.db.session.commit()

    assert site.auth.create_user("eve@example.org", PASSWORD).id == key
    headers = {"Authorization": f"Bearer {text}"}
    with site.app.test_request_context(headers=headers):
        assert site.auth.user is None


@pytest.mark.parametrize("site", ["sqlite"], indirect=True)
def test_key_that_is_not_known_yet(site: Site) -> None:
    """An account made beside pending work comes with it, and takes nothing away."""
    ada = site.auth.create_user("ada@example.org", PASSWORD)
    site.auth.create_api_token(ada, "backup")
    site.db.session.add(site.user_class(email="x@b.org", name="", password_hash=""))
    site.auth.create_user("eve@example.org", PASSWORD)
    site.db.session.commit()
    assert site.count() == (3, 0, 1)


def test_memory(services: Services[PlainUser], ada: PlainUser) -> None:
    """Where there are no transactions, a user who is refused to go keeps everything."""
    services.api_tokens.make(ada.id, "backup")

    def refuse(sender: object, user: PlainUser) -> None:
        raise OpenOrder("You have an open order.")

    with user_deleting.connected_to(refuse), pytest.raises(OpenOrder):
        delete_user(services, ada)
    assert services.api_tokens.list_for(ada.id)

    delete_user(services, ada)
    assert services.api_tokens.list_for(ada.id) == []
    assert services.users.get(ada.id) is None


def test_embedded_key_is_not_used_anew(app: Flask, auth: SimpleAuth) -> None:
    """What an app keeps elsewhere by a user's key is not taken for another user's."""
    with app.app_context():
        ada = auth.create_user("ada@example.org", PASSWORD)
        auth.delete_user(ada)
        assert auth.create_user("eve@example.org", PASSWORD).id > ada.id
