"""What a form costs, beside the same page with a form written by hand.

    tox -e benchmarks -- [--rounds 300] [--plain-http] [--bare]

Each page is served through WSGI in this process, in turns. The browser sends
``Sec-Fetch-Site``; without it, as on plain http, a token is needed (``--plain-http``).
``--bare`` leaves the layout of the page out. Times are those of the processor.

The form by hand does the same work apart from protection from other sites: its view
reads what was posted, strips and checks it, keeps it in the session and goes back to
the page (303). A second one has that protection, as the books do it: a random token in
the session and in the page. Flask-WTF and Bootstrap-Flask are set up as their
documentation says. Who has a token has a session, so to these two no visitor who posts
is new.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable
from hmac import compare_digest
from html import unescape
from io import BytesIO
from itertools import product
from secrets import token_urlsafe
from statistics import median, quantiles
from time import process_time
from typing import Any
from urllib.parse import urlencode

from flask import Flask, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_bootstrap import Bootstrap5
from flask_nameform import Form, Forms, NameForm
from flask_wtf import CSRFProtect, FlaskForm
from jinja2 import DictLoader
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app
from wtforms import StringField, SubmitField
from wtforms.validators import DataRequired, Length

REQUESTS = 10
BARE = "--bare" in sys.argv
HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Accept-Language": "en-GB,en;q=0.9",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox",
}

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
PAGE = "{% extends 'layout.html' %}{% block content %}<h1>Hello</h1>FORM{% endblock %}"

BY_HAND = """<form action="{{ url_for('index') }}" method="post" aria-label="Name">
{% if error %}
<div class="error-summary" tabindex="-1" autofocus aria-labelledby="problems">
<div role="alert">
<h2 id="problems">There is a problem</h2>
<ul><li><a href="#name">{{ error }}</a></li></ul>
</div>
</div>
{% endif %}
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


def make_app(form: str) -> Flask:
    """Make an app whose page has this form."""
    app = Flask(__name__)
    app.config["SECRET_KEY"] = "secret" * 6
    page = "FORM" if BARE else PAGE
    app.jinja_loader = DictLoader(
        {"layout.html": LAYOUT, "page.html": page.replace("FORM", form)}
    )
    return app


def by_hand(token: str = "") -> Flask:
    """Make the app with a form written by hand."""
    app = make_app(
        BY_HAND.replace('<div class="field">', token + '<div class="field">')
    )

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

        return render_template("page.html", error=error), 422 if error else 200

    return app


def by_hand_with_token() -> Flask:
    """Make the app with a form by hand that has a token against other sites."""
    app = by_hand('<input type="hidden" name="token" value="{{ token() }}">\n')

    @app.template_global()
    def token() -> str:
        if "token" not in session:
            session["token"] = token_urlsafe(32)
        return str(session["token"])

    return app


def named() -> Flask:
    """Make the app with a named form."""
    app = make_app("{{ show_form('name') }}")
    forms = Forms(app)

    @forms.handler("name", NameForm)
    def save_name(form: NameForm) -> None:
        session["name"] = form.name.data

    @app.get("/")
    def index() -> str:
        return render_template("page.html")

    return app


def in_a_view() -> Flask:
    """Make the app with a form in its view, as in every tutorial."""
    app = make_app("{{ quick_form(form) }}")
    Forms(app)
    app.add_url_rule("/", "index", view_of(NameForm), methods=["GET", "POST"])
    return app


class TheirForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """The same form, of Flask-WTF."""

    name = StringField(
        "What is your name?",
        filters=[lambda value: value and value.strip()],
        validators=[DataRequired("Enter your name"), Length(max=100)],
    )
    submit = SubmitField("Submit")


def flask_wtf() -> Flask:
    """Make the app with Flask-WTF and Bootstrap-Flask."""
    app = make_app(
        "{% from 'bootstrap5/form.html' import render_form %}{{ render_form(form) }}"
    )
    Bootstrap5(app)
    CSRFProtect(app)
    app.add_url_rule("/", "index", view_of(TheirForm), methods=["GET", "POST"])
    return app


def view_of(form_class: Any) -> Callable[[], ResponseReturnValue]:
    """Return the view of every tutorial."""

    def index() -> ResponseReturnValue:
        form = form_class()

        if form.validate_on_submit():
            session["name"] = form.name.data
            return redirect(url_for("index"), 303)

        status = 422 if form.is_submitted() else 200
        return render_template("page.html", form=form), status

    return index


Clock = Callable[[], float]

#: The work, with the name that is sent, if any, and the status of the answer.
WORK = {"shown": (None, 200), "posted": ("Ada", 303), "not accepted": ("", 422)}

APPS = {
    "by hand": by_hand,
    "by hand, with a token": by_hand_with_token,
    "named form": named,
    "form in a view": in_a_view,
    "Flask-WTF": flask_wtf,
}


class Visitor:
    """A visitor's browser at an app, without what a test client costs."""

    def __init__(self, app: Flask, *, plain_http: bool) -> None:
        self._app = app
        self._headers = Headers(HEADERS)
        if not plain_http:
            self._headers["Sec-Fetch-Site"] = "same-origin"

    def send(self, method: str, path: str = "/", body: bytes = b"") -> tuple[int, str]:
        """Send a request, keep the cookie, and return status and page."""
        environ = self._environ(method, path, body)
        answer, status, headers = run_wsgi_app(self._app, environ, buffered=True)
        for cookie in headers.getlist("Set-Cookie"):
            self._headers["Cookie"] = cookie.partition(";")[0]
        return int(status[:3]), b"".join(answer).decode()

    def fill_in(self, name: str) -> tuple[str, str, bytes]:
        """Return the request that sends the form of the page."""
        html = self.send("GET")[1]
        inputs = (
            dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
            for tag in re.findall("<input[^>]*>", html)
        )
        fields = {
            i["name"]: unescape(i.get("value", "")) for i in inputs if "name" in i
        }
        action = re.search('<form[^>]* action="([^"]+)"', html)
        path = unescape(action[1]) if action else "/"
        return "POST", path, urlencode({**fields, "name": name}).encode()

    def clock(self, method: str, path: str = "/", body: bytes = b"") -> Clock:
        """Return a function that measures a round, in seconds per request."""
        environ = self._environ(method, path, body)

        def measure() -> float:
            start = process_time()
            for _ in range(REQUESTS):
                once = {**environ, "wsgi.input": BytesIO(body)}
                answer: Any = self._app.wsgi_app(once, lambda *_: print)
                b"".join(answer)
                answer.close()
            return (process_time() - start) / REQUESTS

        return measure

    def _environ(self, method: str, path: str, body: bytes) -> dict[str, Any]:
        kind = "application/x-www-form-urlencoded" if body else None
        return EnvironBuilder(
            path, method=method, headers=self._headers, data=body, content_type=kind
        ).get_environ()


def prepare(app: Flask, what: str, *, known: bool, plain_http: bool) -> Clock:
    """Return what measures the work, after a look at whether it does it."""
    visitor = Visitor(app, plain_http=plain_http)

    if known:
        visitor.send(*visitor.fill_in("Ada Lovelace"))

    sent, status = WORK[what]
    request = ("GET", "/", b"") if sent is None else visitor.fill_in(sent)
    clock = visitor.clock(*request)

    if visitor.send(*request)[0] != status:
        raise RuntimeError(f"{what}: not {status}")

    return clock


def interleaved(clocks: Iterable[Clock], rounds: int) -> list[list[float]]:
    """Return the times of each, measured in turns, in microseconds."""
    clocks = list(clocks)
    [clock() for clock in clocks * 3]
    times = [[1e6 * clock() for clock in clocks] for _ in range(rounds)]
    return list(map(list, zip(*times, strict=True)))


def compare(rounds: int, *, plain_http: bool) -> None:
    """Print what each form costs, and the ratio to the one by hand."""
    apps = {name: make() for name, make in APPS.items()}
    print(f"{'':34}{'median':>8}{'middle half':>16}{'ratio':>8}{'middle half':>14}")

    for known, what in product((False, True), WORK):
        print(f"{what}, {'with a session' if known else 'new visitor'}")
        clocks = [
            prepare(app, what, known=known, plain_http=plain_http)
            for app in apps.values()
        ]
        times = interleaved(clocks, rounds)

        for name, own in zip(apps, times, strict=True):
            ratios = [a / b for a, b in zip(own, times[0], strict=True)]
            low, middle, high = quantiles(own, n=4)
            print(
                f"  {name:32}{middle:5.0f} us{low:7.0f} to{high:5.0f}"
                "{1:8.2f}{0:7.2f} to{2:5.2f}".format(*quantiles(ratios, n=4))
            )


def grow(rounds: int, *, plain_http: bool) -> None:
    """Print what a field costs in longer and longer forms, and a form on a page."""
    for what, sizes, make in (
        ("field of a form", (10, 50, 100, 200), long_form),
        ("form on a page", (1, 10, 50), many_forms),
    ):
        clocks = [
            Visitor(make(size), plain_http=plain_http).clock("GET") for size in sizes
        ]
        for size, times in zip(sizes, interleaved(clocks, rounds // 10), strict=True):
            print(f"{what}, {size:3} of them: {median(times) / size:6.1f} us each")


def long_form(size: int) -> Flask:
    """Make an app with a form of this many fields."""
    fields = {f"field{i}": StringField(f"Field {i}") for i in range(size)}
    form_class = type("LongForm", (Form,), fields)
    app = make_app("{{ quick_form(form) }}")
    Forms(app)
    app.add_url_rule("/", "index", view_of(form_class))
    return app


def many_forms(size: int) -> Flask:
    """Make an app with this many named forms on its page."""
    app = make_app(
        f"{{% for i in range({size}) %}}{{{{ show_form('name', i) }}}}{{% endfor %}}"
    )
    forms = Forms(app)
    forms.add("name", NameForm, handler=lambda form: None)
    app.add_url_rule("/", "index", lambda: render_template("page.html"))
    return app


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--plain-http", action="store_true")
    parser.add_argument("--bare", action="store_true")
    given = parser.parse_args()
    compare(given.rounds, plain_http=given.plain_http)
    grow(given.rounds, plain_http=given.plain_http)


if __name__ == "__main__":
    main()
