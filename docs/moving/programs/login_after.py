"""The same diary, on the same database, with Flask-SimpleAuth and Flask-NameForm."""

from flask import Flask, redirect, render_template_string, url_for
from flask_nameform.wtf import FlaskForm
from flask_simpleauth import SimpleAuth
from flask_simpleauth.stores.sqlalchemy import SQLAlchemyStore
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from werkzeug.wrappers import Response
from wtforms import StringField, SubmitField
from wtforms.validators import DataRequired


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    pw_hash: Mapped[str]


db = SQLAlchemy(model_class=Base)
auth: SimpleAuth[User] = SimpleAuth(
    store=SQLAlchemyStore(db, User, attributes={"password_hash": "pw_hash"})
)


class NoteForm(FlaskForm):
    text = StringField("Note", [DataRequired()])
    submit = SubmitField("Keep")


PAGE = """
<h1>{{ title }}</h1>
{% for note in notes %}<p>{{ note }}</p>{% endfor %}
<form method="post">
  {{ form.hidden_tag() }}
  {% for field in form if field.type != "CSRFTokenField" %}{{ field() }}{% endfor %}
</form>
{{ show_form("simpleauth.logout") }}
"""

NOTES: list[str] = []


@auth.login_required
def diary() -> str | Response:
    form = NoteForm()

    if form.validate_on_submit():
        NOTES.append(form.text.data or "")
        return redirect(url_for("diary"))

    title = f"The diary of {auth.require_user().email}"
    return render_template_string(PAGE, title=title, form=form, notes=NOTES)


def create_app(database: str = "sqlite:///diary.sqlite3") -> Flask:
    app = Flask(__name__)
    app.config["SECRET_KEY"] = "change-me-to-32-random-bytes"
    app.config["SQLALCHEMY_DATABASE_URI"] = database
    db.init_app(app)
    auth.init_app(app)
    app.add_url_rule("/", view_func=diary, methods=["GET", "POST"])
    with app.app_context():
        db.create_all()
    return app
