"""Flask by hand: what whoever knows Flask would write without any extension of ours.

Accounts: Flask-SQLAlchemy, the key of the user in Flask's signed session cookie, and
the user fetched by key (``db.session.get``), as in Flask's own tutorial. Such sessions
cannot be ended on the server, tries to sign in are not counted, and the form to sign in
has no token against other sites. Tokens for programs are looked up by their digest.

Form: its view reads what was posted, strips and checks it, keeps it in the session and
goes back to the page (303). It has no protection from other sites; ``form_with_token``
has it, as the books do it: a random token in the session and in the page.

Greeting: a template that prints the name in the session.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from hmac import compare_digest
from secrets import token_urlsafe

from flask import (
    Flask,
    abort,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_sqlalchemy import SQLAlchemy
from werkzeug.security import check_password_hash, generate_password_hash

from . import PASSWORD, Site
from .models import TOKEN, ApiToken, User, attach, digest_of, maker
from .pages import LOGIN, make_app

FORM = """<form action="{{ url_for('index') }}" method="post" aria-label="Name">
{% if error %}
<div class="error-summary" tabindex="-1" autofocus aria-labelledby="problems">
<div role="alert">
<h2 id="problems">There is a problem</h2>
<ul><li><a href="#name">{{ error }}</a></li></ul>
</div>
</div>
{% endif %}
TOKEN
<div class="field">
<label for="name">What is your name? <span class="required">(required)</span></label>
{% if error %}
<div class="error" id="name-error">
<p><span class="visually-hidden">Error:</span> {{ error }}</p>
</div>
{% endif %}
<input type="text" id="name" name="name" value="{{ request.form.name }}" maxlength="100"
 autocomplete="name" required
 {%- if error %} aria-describedby="name-error" aria-invalid="true"{% endif %}>
</div>
<p class="field"><input type="submit" value="Submit"></p>
</form>"""


def accounts(url: str, method: str = "scrypt") -> Site:
    """Make the site with accounts."""
    app = make_app(index="", inside="{{ g.user.name }}", login=LOGIN)
    db = attach(app, url)
    app.add_url_rule("/", "index", lambda: render_template("index.html"))

    @app.get("/in")
    @_login_required(db)
    def inside() -> str:
        return render_template("inside.html")

    @app.get("/api")
    def api() -> ResponseReturnValue:
        user = _user_of_program(db)
        return abort(401) if user is None else jsonify(name=user.name)

    @app.route("/login", methods=["GET", "POST"])
    def login() -> ResponseReturnValue:
        if request.method == "GET":
            return render_template("login.html")
        given = request.get_json() if request.is_json else request.form
        user = _user_with(db, given["email"], given["password"])
        if user is None:
            return render_template("login.html"), 422

        session.clear()
        session["user_id"] = user.id
        if request.is_json:
            return jsonify(name=user.name)
        return redirect(url_for("index"), 303)

    prepare = maker(app, db, lambda: generate_password_hash(PASSWORD, method))
    return Site(app, prepare, token=lambda: {"Authorization": f"Bearer {TOKEN}"})


def _login_required(
    db: SQLAlchemy,
) -> Callable[[Callable[[], str]], Callable[[], ResponseReturnValue]]:
    def decorate(view: Callable[[], str]) -> Callable[[], ResponseReturnValue]:
        @wraps(view)
        def guarded() -> ResponseReturnValue:
            user_id = session.get("user_id")
            g.user = None if user_id is None else db.session.get(User, user_id)
            return redirect(url_for("login"), 303) if g.user is None else view()

        return guarded

    return decorate


def _user_with(db: SQLAlchemy, email: str, password: str) -> User | None:
    user: User | None = db.session.scalar(db.select(User).where(User.email == email))
    is_right = user and check_password_hash(user.password_hash, password)
    return user if is_right else None


def _user_of_program(db: SQLAlchemy) -> User | None:
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    user: User | None = db.session.scalar(
        db.select(User)
        .join(ApiToken, ApiToken.user_id == User.id)
        .where(ApiToken.digest == digest_of(token))
    )
    return user


def form() -> Site:
    """Make the site with a form."""
    return Site(_form_app(""))


def form_with_token() -> Site:
    """Make the site with a form that has a token against other sites."""
    app = _form_app('<input type="hidden" name="token" value="{{ token() }}">')

    @app.template_global()
    def token() -> str:
        if "token" not in session:
            session["token"] = token_urlsafe(32)
        return str(session["token"])

    return Site(app)


def _form_app(token: str) -> Flask:
    app = make_app(index=FORM.replace("TOKEN", token))

    @app.route("/", methods=["GET", "POST"])
    def index() -> ResponseReturnValue:
        error = None

        if request.method == "POST":
            if token and not compare_digest(
                request.form.get("token", ""), session.get("token", "-")
            ):
                abort(400)

            name = request.form.get("name", "").strip()

            if not name:
                error = "Enter your name"
            elif len(name) > 100:
                error = "Your name must be at most 100 characters long"
            else:
                session["name"] = name
                return redirect(url_for("index"), 303)

        return render_template("index.html", error=error), 422 if error else 200

    return app


def greeting() -> Site:
    """Make the site that prints a name."""
    app = make_app(index="<p>Hello, {{ session.name }}!</p>")
    return Site(visited(app))


def visited(app: Flask) -> Flask:
    """Add the page to be greeted on, and one that keeps a name."""
    app.add_url_rule("/", "index", lambda: render_template("index.html"))

    @app.get("/name")
    def name() -> str:
        session["name"] = "Ada Lovelace"
        return ""

    return app
