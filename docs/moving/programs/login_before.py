"""A diary on Flask-Login and Flask-WTF, as the tutorials have it."""

from flask import Flask, redirect, render_template_string, request, url_for
from flask_login import (
    LoginManager,
    UserMixin,
    current_user,
    login_required,
    login_user,
    logout_user,
)
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from werkzeug.security import check_password_hash
from wtforms import PasswordField, StringField, SubmitField
from wtforms.validators import DataRequired


class Base(DeclarativeBase):
    pass


db = SQLAlchemy(model_class=Base)
login_manager = LoginManager()
login_manager.login_view = "login"


class User(UserMixin, Base):
    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    pw_hash: Mapped[str]


@login_manager.user_loader
def load_user(user_id):
    return db.session.get(User, int(user_id))


class LoginForm(FlaskForm):
    email = StringField("E-mail", [DataRequired()])
    password = PasswordField("Password", [DataRequired()])
    submit = SubmitField("Sign in")


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
"""


def login():
    form = LoginForm()

    if form.validate_on_submit():
        user = db.session.scalar(select(User).where(User.email == form.email.data))
        if user and check_password_hash(user.pw_hash, form.password.data):
            login_user(user)
            return redirect(request.args.get("next") or url_for("diary"))

    return render_template_string(PAGE, title="Sign in", form=form)


def logout():
    logout_user()
    return redirect(url_for("login"))


NOTES: list[str] = []


@login_required
def diary():
    form = NoteForm()

    if form.validate_on_submit():
        NOTES.append(form.text.data)
        return redirect(url_for("diary"))

    title = f"The diary of {current_user.email}"
    return render_template_string(PAGE, title=title, form=form, notes=NOTES)


def create_app(database: str = "sqlite:///diary.sqlite3") -> Flask:
    app = Flask(__name__)
    app.config["SECRET_KEY"] = "change-me-to-32-random-bytes"
    app.config["SQLALCHEMY_DATABASE_URI"] = database
    db.init_app(app)
    login_manager.init_app(app)
    app.add_url_rule("/login", view_func=login, methods=["GET", "POST"])
    app.add_url_rule("/logout", view_func=logout)
    app.add_url_rule("/", view_func=diary, methods=["GET", "POST"])
    with app.app_context():
        db.create_all()
    return app
