"""The three extensions in one file: the start that the rest of the app grew from.

Run it with ``flask --app example_app.hello run``.
"""

from __future__ import annotations

import os
import secrets

from flask import Flask, render_template_string, session
from flask_greet import Greet
from flask_nameform import Forms, NameForm
from flask_simpleauth import SimpleAuth

app = Flask(__name__, template_folder=None)  # the folder beside it is the site's
app.config["SECRET_KEY"] = os.environ.get("SECRET_KEY") or secrets.token_hex()

greet = Greet(app)
forms = Forms(app)
auth = SimpleAuth(app)  # accounts are in the instance folder


@greet.name_loader
def name() -> str | None:
    """Greet by the account's name, or by what a visitor has left in the form."""
    return auth.user.name if auth.user else session.get("name")


@forms.handler("name", NameForm)
def save_name(form: NameForm) -> None:
    """Remember how a visitor wants to be called."""
    session["name"] = form.name.data


@app.get("/")
def index() -> str:
    """Greet whoever is there, and ask for a name."""
    return render_template_string(
        """<!doctype html>
        <html lang="en">
          <title>Hello</title>
          <h1>{{ greet() }}</h1>
          {{ show_form("name") }}
          <p><a href="{{ url_for('secret') }}">A page for those who signed in</a></p>
        </html>"""
    )


@app.get("/secret")
@auth.login_required
def secret() -> str:
    """Show a page to those who signed in."""
    return render_template_string(
        """<!doctype html>
        <html lang="en">
          <title>Secret</title>
          <h1>Only you can see this, {{ auth.user.name }}.</h1>
          {{ show_form("simpleauth.logout") }}
        </html>"""
    )
