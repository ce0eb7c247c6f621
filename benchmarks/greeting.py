"""What a greeting costs, beside the same page with a name printed by hand.

Both pages are served through WSGI in this process, in turns, to a visitor who has a
session, a time zone cookie and preferred languages. ``--bare`` leaves the layout out.
Counted is the time of this thread alone, since other programs run too.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from statistics import median
from time import thread_time

from flask import Flask, render_template, session
from flask_greet import Greet
from jinja2 import DictLoader
from werkzeug.test import EnvironBuilder

ROUNDS, REQUESTS = 1000, 10

LAYOUT = """<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>{% block title %}{% endblock %}</title>
    <link rel="stylesheet" href="{{ url_for('static', filename='site.css') }}">
  </head>
  <body>
    <nav>
      <a href="{{ url_for('index', page='greeting') }}">Greeting</a>
      <a href="{{ url_for('index', page='by-hand') }}">By hand</a>
    </nav>
    <main>{% block content %}{% endblock %}</main>
  </body>
</html>"""
PAGE = "{% extends 'layout' %}{% block content %}<h1>HERE</h1>{% endblock %}"


def make(*, bare: bool) -> Flask:
    """Make the app with both pages."""
    page = "<h1>HERE</h1>" if bare else PAGE
    app = Flask(__name__)
    app.secret_key = "secret" * 6
    app.jinja_loader = DictLoader(
        {
            "layout": LAYOUT,
            "greeting": page.replace("HERE", "{{ greet() }}"),
            "by-hand": page.replace("HERE", "Hello, {{ session.name }}!"),
        }
    )
    Greet(app)

    @app.get("/sign-in")
    def sign_in() -> str:
        session["name"] = "Ada Lovelace"
        return ""

    @app.get("/<page>")
    def index(page: str) -> str:
        return render_template(page)

    return app


def visit(app: Flask, page: str) -> Callable[[], float]:
    """Return a function that measures a round of visits, in seconds per visit."""
    cookie = app.test_client().get("/sign-in").headers["Set-Cookie"].partition(";")[0]
    headers = {
        "Accept-Language": "de-AT,de;q=0.9,en;q=0.7",
        "Cookie": f"{cookie}; timezone=Europe/Prague",
    }
    environ = EnvironBuilder(f"/{page}", headers=headers).get_environ()

    def measure() -> float:
        start = thread_time()
        for _ in range(REQUESTS):
            b"".join(app.wsgi_app(dict(environ), lambda *_: print))
        return (thread_time() - start) / REQUESTS

    return measure


def main() -> None:
    """Measure and print."""
    app = make(bare="--bare" in sys.argv)
    greeting, by_hand = map(partial(visit, app), ("greeting", "by-hand"))
    greeting(), by_hand()
    rounds = [(greeting(), by_hand()) for _ in range(ROUNDS)]
    greeted, printed = (1e6 * median(times) for times in zip(*rounds, strict=True))
    least, lowest = (1e6 * min(times) for times in zip(*rounds, strict=True))

    print(f"greeting {greeted:.0f} us, by hand {printed:.0f} us per request")
    print(f"median of ratios {median(a / b for a, b in rounds):.3f}")
    print(f"ratio of the best rounds {least / lowest:.3f}")


if __name__ == "__main__":
    main()
