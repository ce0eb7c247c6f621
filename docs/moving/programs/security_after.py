"""The same site, on the same tables, with Flask-SimpleAuth."""

from datetime import datetime
from uuid import uuid4

from flask import Flask
from flask_simpleauth import SimpleAuth
from flask_simpleauth.stores.sqlalchemy import SQLAlchemyStore
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Column, ForeignKey, String, Table, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Role(Base):
    __tablename__ = "role"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    update_datetime: Mapped[datetime] = mapped_column(server_default=func.now())


roles_users = Table(
    "roles_users",
    Base.metadata,
    Column("user_id", ForeignKey("user.id")),
    Column("role_id", ForeignKey("role.id")),
)


class User(Base):
    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(255), unique=True)
    username: Mapped[str | None] = mapped_column(String(255), unique=True)
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    confirmed_at: Mapped[datetime | None]
    roles: Mapped[list[Role]] = relationship(secondary=roles_users)
    # Columns of Flask-Security's that take no NULL, until a migration drops them.
    fs_uniquifier: Mapped[str] = mapped_column(default=lambda: uuid4().hex)
    create_datetime: Mapped[datetime] = mapped_column(server_default=func.now())
    update_datetime: Mapped[datetime] = mapped_column(server_default=func.now())


NAMES = {"username": "username", "password_hash": "password"}

db = SQLAlchemy(model_class=Base)
auth: SimpleAuth[User] = SimpleAuth(store=SQLAlchemyStore(db, User, attributes=NAMES))


@auth.login_required
def index() -> str:
    return f"Hello, {auth.require_user().username}!"


@auth.login_required(role="editor")
def edit() -> str:
    return "For editors."


def create_app(database: str = "sqlite:///site.sqlite3") -> Flask:
    app = Flask(__name__)
    app.config["SECRET_KEY"] = "change-me-to-32-random-bytes"
    app.config["SECURITY_PASSWORD_SALT"] = "146585145368132386173505678016728509634"
    app.config["SQLALCHEMY_DATABASE_URI"] = database
    db.init_app(app)
    auth.init_app(app)
    app.add_url_rule("/", view_func=index)
    app.add_url_rule("/edit", view_func=edit)
    with app.app_context():
        db.create_all()
    return app
