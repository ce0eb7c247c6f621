"""The same diary, on the same tables, with Flask-SimpleAuth and Flask-NameForm."""

from datetime import datetime

from flask import Flask, render_template_string
from flask_nameform import Form, Forms
from flask_simpleauth import SimpleAuth
from flask_simpleauth.stores.sqlalchemy import SQLAlchemyStore
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Column, ForeignKey, String, Table, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from wtforms import StringField
from wtforms.validators import DataRequired, Length

PAGE = """
{% for note in notes %}<p>{{ note.author.first_name }}: {{ note.text }}</p>{% endfor %}
{{ show_form("note") }} {{ show_form("simpleauth.logout") }}
"""


class Base(DeclarativeBase):
    pass


class Group(Base):
    __tablename__ = "auth_group"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(150), unique=True)


members = Table(
    "auth_user_groups",
    Base.metadata,
    Column("user_id", ForeignKey("auth_user.id"), primary_key=True),
    Column("group_id", ForeignKey("auth_group.id"), primary_key=True),
)


class User(Base):
    __tablename__ = "auth_user"
    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(150), unique=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password: Mapped[str] = mapped_column(String(255))
    is_active: Mapped[bool] = mapped_column(default=True)
    first_name: Mapped[str] = mapped_column(String(150))
    groups: Mapped[list[Group]] = relationship(secondary=members)
    # Columns of Django's that take no NULL, until a migration drops them.
    last_name: Mapped[str] = mapped_column(String(150), default="")
    is_staff: Mapped[bool] = mapped_column(default=False)
    is_superuser: Mapped[bool] = mapped_column(default=False)
    date_joined: Mapped[datetime] = mapped_column(default=datetime.now)


class Note(Base):
    __tablename__ = "diary_note"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(200))
    author_id: Mapped[int] = mapped_column(ForeignKey("auth_user.id"))
    author: Mapped[User] = relationship()


class NoteForm(Form):
    text = StringField("Text", [DataRequired(), Length(max=200)])


NAMES = {
    "username": "username",
    "name": "first_name",
    "password_hash": "password",
    "active": "is_active",
    "roles": "groups",
}

db = SQLAlchemy(model_class=Base)
forms = Forms()
auth: SimpleAuth[User] = SimpleAuth(store=SQLAlchemyStore(db, User, attributes=NAMES))


@forms.handler("note", NoteForm)
@auth.login_required
def keep(form: NoteForm) -> None:
    user = auth.require_user()
    db.session.add(Note(text=form.text.data, author_id=user.id))
    db.session.commit()


@auth.login_required
def diary() -> str:
    own = select(Note).where(Note.author_id == auth.require_user().id)
    return render_template_string(PAGE, notes=db.session.scalars(own))


@auth.login_required(role="editors")
def all_notes() -> str:
    return render_template_string(PAGE, notes=db.session.scalars(select(Note)))


def create_app(database: str = "sqlite:///diary.sqlite3") -> Flask:
    app = Flask(__name__)
    app.config["SECRET_KEY"] = "change-me-to-32-random-bytes"
    app.config["SQLALCHEMY_DATABASE_URI"] = database
    db.init_app(app)
    forms.init_app(app)
    auth.init_app(app)
    app.add_url_rule("/", view_func=diary)
    app.add_url_rule("/all", view_func=all_notes)
    with app.app_context():
        db.create_all()
    return app
