"""The blog that Flask's tutorial builds, written anew: a factory, its own accounts in
plain sqlite3, its own ``auth`` blueprint, hand-written forms."""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Callable
from typing import Any

from flask import (
    Blueprint,
    Flask,
    abort,
    current_app,
    flash,
    g,
    redirect,
    render_template_string,
    request,
    session,
    url_for,
)
from werkzeug.security import check_password_hash, generate_password_hash

SCHEMA = """
CREATE TABLE user (id INTEGER PRIMARY KEY, username TEXT UNIQUE, password TEXT);
CREATE TABLE post (id INTEGER PRIMARY KEY, author_id INTEGER, title TEXT, body TEXT);
"""

CREDENTIALS_FORM = """
{% for message in get_flashed_messages() %}<p>{{ message }}</p>{% endfor %}
<form method="post">
  <input name="username" required>
  <input type="password" name="password" required>
  <input type="submit">
</form>"""

POST_FORM = """
<form method="post">
  <input name="title" value="{{ post['title'] }}" required>
  <textarea name="body">{{ post['body'] }}</textarea>
  <input type="submit" value="Save">
</form>"""

INDEX = """
{% for post in posts %}
<article><h1>{{ post['title'] }}</h1> by {{ post['username'] }}
<p>{{ post['body'] }}</p></article>
{% endfor %}"""

auth = Blueprint("auth", __name__, url_prefix="/auth")
blog = Blueprint("blog", __name__)


def get_db() -> sqlite3.Connection:
    if "db" not in g:
        g.db = sqlite3.connect(current_app.config["DATABASE"])
        g.db.row_factory = sqlite3.Row
    connection: sqlite3.Connection = g.db
    return connection


def close_db(_error: BaseException | None = None) -> None:
    if "db" in g:
        g.pop("db").close()


def login_required(view: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(view)
    def wrapped(**kwargs: Any) -> Any:
        return redirect(url_for("auth.login")) if g.user is None else view(**kwargs)

    return wrapped


@auth.before_app_request
def load_logged_in_user() -> None:
    query = "SELECT * FROM user WHERE id = ?"
    g.user = get_db().execute(query, (session.get("user_id"),)).fetchone()


@auth.route("/register", methods=["GET", "POST"])
def register() -> Any:
    if request.method == "POST":
        name, password = request.form["username"], request.form["password"]
        try:
            with get_db() as db:
                db.execute(
                    "INSERT INTO user (username, password) VALUES (?, ?)",
                    (name, generate_password_hash(password, "pbkdf2:sha256:1")),
                )
        except sqlite3.IntegrityError:
            flash(f"User {name} is already registered.")
        else:
            return redirect(url_for("auth.login"))
    return render_template_string(CREDENTIALS_FORM)


@auth.route("/login", methods=["GET", "POST"])
def login() -> Any:
    if request.method == "POST":
        query = "SELECT * FROM user WHERE username = ?"
        user = get_db().execute(query, (request.form["username"],)).fetchone()
        password = request.form["password"]
        if user is not None and check_password_hash(user["password"], password):
            session.clear()
            session["user_id"] = user["id"]
            return redirect(url_for("index"))
        flash("Incorrect username or password.")
    return render_template_string(CREDENTIALS_FORM)


@auth.route("/logout")
def logout() -> Any:
    session.clear()
    return redirect(url_for("index"))


@blog.route("/")
def index() -> str:
    query = "SELECT p.*, username FROM post p JOIN user u ON author_id = u.id"
    posts = get_db().execute(query).fetchall()
    return render_template_string(INDEX, posts=posts)


@blog.route("/create", methods=["GET", "POST"])
@login_required
def create() -> Any:
    if request.method == "POST":
        with get_db() as db:
            db.execute(
                "INSERT INTO post (author_id, title, body) VALUES (?, ?, ?)",
                (g.user["id"], request.form["title"], request.form["body"]),
            )
        return redirect(url_for("blog.index"))
    return render_template_string(POST_FORM, post={})


@blog.route("/<int:id>/update", methods=["GET", "POST"])
@login_required
def update(id: int) -> Any:
    post = get_db().execute("SELECT * FROM post WHERE id = ?", (id,)).fetchone()
    if post is None:
        abort(404)
    if post["author_id"] != g.user["id"]:
        abort(403)
    if request.method == "POST":
        with get_db() as db:
            db.execute(
                "UPDATE post SET title = ?, body = ? WHERE id = ?",
                (request.form["title"], request.form["body"], id),
            )
        return redirect(url_for("blog.index"))
    return render_template_string(POST_FORM, post=post)


def create_app(database: str, **config: Any) -> Flask:
    app = Flask("flaskr", instance_path=config.pop("instance_path"))
    app.config.update(SECRET_KEY="dev", DATABASE=database, **config)
    app.teardown_appcontext(close_db)
    with app.app_context():
        get_db().executescript(SCHEMA)
    app.register_blueprint(auth)
    app.register_blueprint(blog)
    app.add_url_rule("/", endpoint="index")
    return app
