"""The tables of the apps that bring their own users, on Flask-SQLAlchemy."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from . import EMAIL, NAME

TOKEN = "a-token-for-programs-of-32-bytes"  # noqa: S105 # of nobody


class Base(DeclarativeBase):
    """What the tables have in common."""


class User(Base):
    """An account, as small as it can be."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(200))


class ApiToken(Base):
    """What a program shows, written by hand."""

    __tablename__ = "api_token"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))


def digest_of(token: str) -> str:
    """Return what is stored of a token."""
    return sha256(token.encode()).hexdigest()


def attach(app: Flask, url: str) -> SQLAlchemy:
    """Give the app a database."""
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    return SQLAlchemy(app, model_class=Base)


def maker(app: Flask, db: SQLAlchemy, hash_password: Callable[[], str]) -> Any:
    """Return a function that makes the tables, Ada, and a token of hers."""

    def prepare() -> None:
        with app.app_context():
            db.create_all()
            if db.session.scalar(db.select(User).limit(1)) is None:
                ada = User(email=EMAIL, name=NAME, password_hash=hash_password())
                db.session.add(ada)
                db.session.flush()
                db.session.add(ApiToken(digest=digest_of(TOKEN), user_id=ada.id))
                db.session.commit()

    return prepare
