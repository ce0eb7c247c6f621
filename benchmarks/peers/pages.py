"""The pages all apps on Flask show."""

from __future__ import annotations

from flask import Flask
from jinja2 import DictLoader

from . import SECRET_KEY

LAYOUT = """<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>{% block title %}{% endblock %}</title>
    <link rel="stylesheet" href="{{ url_for('static', filename='site.css') }}">
  </head>
  <body>
    <nav>
      <a href="{{ url_for('index') }}">Home</a>
      <a href="{{ url_for('index', page='about') }}">About</a>
    </nav>
    <main>{% block content %}{% endblock %}</main>
  </body>
</html>"""

LOGIN = """<form action="/login" method="post">
<label for="email">E-mail address</label>
<input type="email" id="email" name="email" autocomplete="username" required>
<label for="password">Password</label>
<input type="password" id="password" name="password" required>
<input type="submit" value="Sign in">
</form>"""


def page(content: str) -> str:
    """Return a template that puts this into the layout."""
    return (
        "{% extends 'layout.html' %}{% block title %}Hello{% endblock %}"
        f"{{% block content %}}<h1>Hello</h1>{content}{{% endblock %}}"
    )


def make_app(**contents: str) -> Flask:
    """Make an app with these pages, by the names of their templates."""
    app = Flask(__name__)
    app.config["SECRET_KEY"] = SECRET_KEY
    pages = {f"{name}.html": page(content) for name, content in contents.items()}
    app.jinja_loader = DictLoader({"layout.html": LAYOUT, **pages})
    return app
