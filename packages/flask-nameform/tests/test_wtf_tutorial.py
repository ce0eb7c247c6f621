"""What tutorials write, with nothing changed but lines that import."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

Elements = Callable[[str], list[dict[str, str]]]
Hidden = Callable[..., dict[str, str]]

BEFORE_AND_AFTER = {
    "from flask_wtf import FlaskForm": "from flask_nameform.wtf import FlaskForm",
    "from flask_wtf.csrf import CSRFProtect": (
        "from flask_nameform.wtf.csrf import CSRFProtect"
    ),
    "from flask_bootstrap import Bootstrap": (
        "from flask_nameform import Forms as Bootstrap"
    ),
    '{% import "bootstrap/wtf.html" as wtf %}': (
        '{% import "nameform/wtf.html" as wtf %}'
    ),
}

NAMES = '''
from flask import Flask, flash, redirect, render_template_string, session, url_for
from flask_bootstrap import Bootstrap
from flask_wtf import FlaskForm
from wtforms import StringField, SubmitField
from wtforms.validators import DataRequired

app = Flask(__name__)
app.config["SECRET_KEY"] = "hard to guess"
bootstrap = Bootstrap(app)

PAGE = """
{% import "bootstrap/wtf.html" as wtf %}
{% for message in get_flashed_messages() %}<p>{{ message }}</p>{% endfor %}
<h1>Hello, {{ name or "stranger" }}!</h1>
{{ wtf.quick_form(form) }}
"""


class NameForm(FlaskForm):
    name = StringField("What is your name?", validators=[DataRequired()])
    submit = SubmitField("Submit")


@app.route("/", methods=["GET", "POST"])
def index():
    form = NameForm()
    if form.validate_on_submit():
        if session.get("name") not in (None, form.name.data):
            flash("Looks like you have changed your name!")
        session["name"] = form.name.data
        return redirect(url_for("index"))
    return render_template_string(PAGE, form=form, name=session.get("name"))
'''

LOGIN = '''
from flask import Flask, redirect, render_template_string
from flask_wtf import FlaskForm
from wtforms import BooleanField, PasswordField, StringField, SubmitField
from wtforms.validators import DataRequired, Email, EqualTo

app = Flask(__name__)
app.config["SECRET_KEY"] = "you will never guess"

PAGE = """
<form action="" method="post" novalidate>
    {{ form.hidden_tag() }}
    <p>
        {{ form.username.label }}<br>
        {{ form.username(size=32) }}<br>
        {% for error in form.username.errors %}<b>[{{ error }}]</b>{% endfor %}
    </p>
    <p>{{ form.password.label }}<br>{{ form.password(size=32) }}</p>
    <p>{{ form.remember_me() }} {{ form.remember_me.label }}</p>
    <p>{{ form.submit() }}</p>
</form>
"""


class LoginForm(FlaskForm):
    username = StringField("Username", validators=[DataRequired()])
    password = PasswordField("Password", validators=[DataRequired()])
    remember_me = BooleanField("Remember Me")
    submit = SubmitField("Sign In")


@app.route("/", methods=["GET", "POST"])
def login():
    form = LoginForm()
    if form.validate_on_submit():
        return redirect(f"/{form.username.data}/{form.remember_me.data}")
    return render_template_string(PAGE, form=form)
'''

BY_HAND = '''
from flask import Flask, render_template_string, request
from flask_wtf.csrf import CSRFProtect

app = Flask(__name__)
app.config["SECRET_KEY"] = "a secret"
csrf = CSRFProtect(app)

PAGE = """
{{ csrf_meta_tag() }}
<form method="post">
    <input type="hidden" name="csrf_token" value="{{ csrf_token() }}">
    <input name="name">
</form>
"""


@app.route("/", methods=["GET", "POST"])
def index():
    return request.form.get("name") or render_template_string(PAGE)


@app.route("/api", methods=["POST"])
def api():
    return request.get_json()


@app.route("/hook", methods=["POST"])
@csrf.exempt
def hook():
    return "thanks"
'''


def run(source: str) -> Any:
    """Return the app of a program whose lines that import are changed."""
    for before, after in BEFORE_AND_AFTER.items():
        source = source.replace(before, after)

    module: Any = ModuleType("tutorial")
    exec(source, vars(module))  # noqa: S102 # it is ours
    app: Flask = module.app
    app.testing = True
    return app


def test_the_first_form_of_the_book(hidden: Hidden) -> None:
    """A name is asked for and kept, a change is remarked upon, an empty one refused."""
    client = run(NAMES).test_client()
    page = client.get("/").text
    assert "Hello, stranger!" in page
    assert '<label for="name">What is your name?' in page

    for name in ("Ada", "Grace"):
        fields = {**hidden(client.get("/").text), "name": name, "submit": "Submit"}
        page = client.post("/", data=fields, follow_redirects=True).text
        assert f"Hello, {name}!" in page
    assert "Looks like you have changed your name!" in page

    answer = client.post("/", data={**hidden(page), "name": " ", "submit": "Submit"})
    assert answer.status_code == 200
    assert "This field is required." in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_a_form_by_hand(hidden: Hidden) -> None:
    """Labels, fields and errors are where the template puts them."""
    client = run(LOGIN).test_client()
    page = client.get("/").text
    assert '<label for="username">Username</label>' in page
    assert 'id="username"' in page

    fields = {**hidden(page), "username": "ada", "remember_me": "y"}
    assert "[This field" not in client.post("/", data=fields).text
    answer = client.post("/", data={**fields, "password": "x"})
    assert (answer.status_code, answer.location) == (302, "/ada/True")
    del fields["username"]
    assert "[This field is required.]" in client.post("/", data=fields).text


@pytest.fixture
def by_hand() -> FlaskClient:
    """A visitor of the app without a form class."""
    client: FlaskClient = run(BY_HAND).test_client()
    return client


def test_html_by_hand(by_hand: FlaskClient, hidden: Hidden) -> None:
    """The token is in the field that the template writes."""
    fields = hidden(by_hand.get("/").text)
    assert by_hand.post("/", data={"name": "Ada"}).status_code == 400
    assert by_hand.post("/", data={**fields, "name": "Ada"}).text == "Ada"
    assert by_hand.post("/hook").text == "thanks"


def test_a_script(by_hand: FlaskClient, elements: Elements) -> None:
    """The token is in the page for scripts, which send it in a header."""
    found = elements(by_hand.get("/").text)
    token = next(one["content"] for one in found if one.get("name") == "csrf-token")
    assert by_hand.post("/api", json={"a": 1}).status_code == 400
    answer = by_hand.post("/api", json={"a": 1}, headers={"X-CSRFToken": token})
    assert answer.json == {"a": 1}
    # And a browser of today needs none.
    headers = {"Sec-Fetch-Site": "same-origin"}
    assert by_hand.post("/api", json={"a": 1}, headers=headers).json == {"a": 1}
