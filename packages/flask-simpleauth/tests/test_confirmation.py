"""Whether an address is confirmed, wherever that is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from flask_simpleauth import SimpleAuth, address_confirmed
from flask_simpleauth.confirmation import is_confirmed, note_confirmed
from flask_simpleauth.services import Services
from flask_simpleauth.stores.sqlalchemy import SQLAlchemyStore
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Boolean, DateTime, Integer, String
from sqlalchemy.orm import DeclarativeBase, mapped_column

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Bench

ADA = {"email": "ada@example.org", "name": "Ada", "password_hash": "hash"}
PASSWORD = "correct horse battery"


def test_in_every_store(bench: Bench, services: Services[Any]) -> None:
    """An address is not confirmed until it is, in an attribute or beside the user."""
    services = bench.services_of(services)
    users = services.users
    with bench.entered():
        ada, eve = (users.create({**ADA, "email": f"{n}@example.org"}) for n in "ae")
        assert not is_confirmed(services, ada)
        for _ in range(2):
            note_confirmed(services, ada)
            assert is_confirmed(services, ada)
        assert is_confirmed(services, users.find("a@example.org"))
        assert not is_confirmed(services, eve)


def test_another_address(services: Services[Any], database: Callable[..., Any]) -> None:
    """A note beside the user is of one address, and holds for no other."""
    app, db, user_class = database("sqlite://")
    store = SQLAlchemyStore(db, user_class)
    services = replace(services, users=store.users, tokens=store.tokens)
    with app.app_context():
        ada = store.users.create(ADA)
        note_confirmed(services, ada)
        ada.email = "other@example.org"
        db.session.commit()
        assert not is_confirmed(services, ada)


def test_a_note_is_no_link(
    services: Services[Any], database: Callable[..., Any]
) -> None:
    """Signing out everywhere, or a purge, does not make an address unconfirmed."""
    app, db, user_class = database("sqlite://")
    store = SQLAlchemyStore(db, user_class)
    services = replace(services, users=store.users, tokens=store.tokens)
    with app.app_context():
        ada = store.users.create(ADA)
        note_confirmed(services, ada)
        services.sessions.end_others(ada.id)
        store.tokens.purge(2**40 // 10, 100)
        assert is_confirmed(services, ada)


def declare(column: Any) -> tuple[SQLAlchemy, type[Any]]:
    """Make a user class with this column for the confirmation."""

    class Base(DeclarativeBase):
        pass

    namespace = {
        "__tablename__": "member",
        "id": mapped_column(Integer, primary_key=True),
        "email": mapped_column(String(99), unique=True),
        "password_hash": mapped_column(String(200)),
        "confirmed_at": mapped_column(column, nullable=True),
    }
    return SQLAlchemy(model_class=Base), type("Member", (Base,), namespace)


AT = datetime(2027, 1, 15, 8, 0, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("column", "kept"),
    [
        (Integer, 1_800_000_000),
        (Boolean, True),
        (DateTime, AT.replace(tzinfo=None)),
        # SQLite forgets the zone when the value is read again
        (DateTime(timezone=True), AT),
    ],
)
def test_own_column(app: Flask, clock: Any, column: Any, kept: object) -> None:
    """Your class keeps the confirmation in the way it likes."""
    db, member = declare(column)
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
    db.init_app(app)
    auth: SimpleAuth[Any]
    auth = SimpleAuth(app, store=SQLAlchemyStore(db, member), clock=clock)
    with app.app_context():
        db.create_all()
        ada = auth.create_user("ada@example.org", PASSWORD, confirmed=True)
        assert ada.confirmed_at == kept
        assert auth.is_confirmed(ada)
        eve = auth.create_user("eve@example.org", PASSWORD)
        assert not auth.is_confirmed(eve)
        db.session.remove()
        db.engine.dispose()


def test_own_column_of_the_wrong_kind() -> None:
    """A column that cannot keep it is refused at start."""
    db, member = declare(String(10))
    with pytest.raises(RuntimeError, match=r"Member\.confirmed_at cannot hold"):
        SQLAlchemyStore(db, member)


def test_signal(app: Flask, auth: SimpleAuth) -> None:
    """A confirmed address is told of, with the address."""
    told: list[tuple[object, str, str]] = []

    def note(sender: object, user: Any, address: str) -> None:
        told.append((sender, user.name, address))

    with app.app_context(), address_confirmed.connected_to(note):
        auth.create_user("ada@example.org", PASSWORD, name="Ada", confirmed=True)
        auth.create_user("eve@example.org", PASSWORD)
    assert told == [(app, "Ada", "ada@example.org")]
