"""The page shown again, with other WSGI applications around the app and within it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from flask import Flask, Response, render_template_string
from flask_nameform import Forms, NameForm
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import Client, TestResponse

Hidden = Callable[..., dict[str, str]]
SendBlank = Callable[..., TestResponse]
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


def page(app: Flask, template: str = "{{ show_form('name') }}") -> None:
    """Add the page of a form."""
    app.add_url_rule("/page", "page", lambda: render_template_string(template))


@pytest.mark.parametrize("base", ["/", "/mounted/deep"])
def test_an_app_may_be_mounted(
    app: Flask, hidden: Hidden, send_blank: SendBlank, base: str
) -> None:
    """Below another app all addresses and pages are where they should be."""

    def other(environ: Any, start_response: Any) -> Iterable[bytes]:
        raise AssertionError  # pragma: no cover # not to be called

    root = base.rstrip("/")
    mounted = DispatcherMiddleware(other, {root: app}) if root else app
    client = Client(mounted)
    html = client.get(f"{root}/?a=1", headers={"Sec-Fetch-Site": "none"}).text
    assert f'action="{root}/-/forms/name"' in html
    answer = send_blank(client, html, f"{root}/-/forms/name")
    assert answer.status_code == 422
    assert answer.text.startswith("<p>Hello")
    fields = {**hidden(answer.text), "name": "Ada"}
    answer = client.post(f"{root}/-/forms/name", data=fields, headers=SAME_ORIGIN)
    assert answer.location == f"{root}/?a=1"


class StripPrefix:
    """The well-known middleware that mounts an app by cutting its path."""

    def __init__(self, wsgi_app: Any) -> None:
        self.wsgi_app = wsgi_app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        environ["PATH_INFO"] = environ["PATH_INFO"].removeprefix("/cut")
        environ["SCRIPT_NAME"] = "/cut"
        return self.wsgi_app(environ, start_response)


def fix(wsgi_app: Any) -> Any:
    return ProxyFix(wsgi_app, x_for=1, x_proto=1, x_host=1, x_prefix=1)


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(
    ("middleware", "path", "root"),
    [(StripPrefix, "/cut", "/cut"), (fix, "", "/prefix")],
)
def test_middleware_may_come_before_or_after(
    send_blank: SendBlank,
    middleware: Callable[[Any], Any],
    path: str,
    root: str,
    first: bool,
) -> None:
    """Whatever rewrites the request does so for the page as well, once."""
    app = Flask(__name__)
    app.secret_key = "x"
    forms = Forms()
    forms.add("name", NameForm, handler=lambda form: None)

    if first:
        app.wsgi_app = middleware(app.wsgi_app)  # type: ignore[method-assign] # Flask's way
    forms.init_app(app)
    if not first:
        app.wsgi_app = middleware(app.wsgi_app)  # type: ignore[method-assign] # Flask's way

    page(app, "{{ request.url }} {{ show_form('name') }}")
    client = app.test_client()
    client.environ_base.update(
        HTTP_X_FORWARDED_PROTO="https",
        HTTP_X_FORWARDED_HOST="site.example",
        HTTP_X_FORWARDED_PREFIX="/prefix",
    )
    html = client.get(f"{path}/page").text
    assert f'action="{root}/-/forms/name"' in html
    answer = send_blank(client, html, f"{path}/-/forms/name")
    assert answer.status_code == 422
    assert answer.text.split("<form")[0] == html.split("<form")[0]


def test_middleware_that_answers_late_loses_nothing(send_blank: SendBlank) -> None:
    """An app that runs when its body is read gives the form on a page of its own."""
    late = Flask("late")
    late.secret_key = "x"
    forms = Forms()
    forms.add("name", NameForm, handler=lambda form: None)
    wsgi_app = late.wsgi_app

    def lazy(environ: Any, start_response: Any) -> Iterator[bytes]:
        yield from wsgi_app(environ, start_response)

    late.wsgi_app = lazy  # type: ignore[method-assign] # Flask's way
    forms.init_app(late)
    page(late)
    client = late.test_client()
    answer = send_blank(client, client.get("/page").text)
    assert answer.status_code == 422
    assert "<h1>Name</h1>" in answer.text


def test_middleware_may_collect_the_answer(send_blank: SendBlank) -> None:
    """What is between us and the app may hand over a plain list."""
    app = Flask(__name__)
    app.secret_key = "x"
    forms = Forms()
    forms.add("name", NameForm, handler=lambda form: None)
    wsgi_app = app.wsgi_app

    def collect(environ: Any, start_response: Any) -> list[bytes]:
        body: Any = wsgi_app(environ, start_response)
        try:
            return list(body)
        finally:
            body.close()

    app.wsgi_app = collect  # type: ignore[method-assign] # Flask's way
    forms.init_app(app)
    page(app, "Page {{ show_form('name') }}")
    client = app.test_client()
    answer = send_blank(client, client.get("/page").text)
    assert answer.status_code == 422
    assert answer.text.startswith("Page")
    answer.close()  # as a server does; there is nothing left to end


def test_without_the_wrapper_nothing_is_lost(app: Flask, hidden: Hidden) -> None:
    """Where somebody took our wrapper away the form is on a page of its own."""
    html = app.test_client().get("/", headers=SAME_ORIGIN).text
    data = {**hidden(html), "name": ""}
    with app.test_request_context(
        "/-/forms/name", method="POST", data=data, headers=SAME_ORIGIN
    ):
        answer = app.full_dispatch_request()
    assert answer.status_code == 422
    assert "<h1>Name</h1>" in answer.get_data(as_text=True)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "POST"])
def test_other_requests_pass_untouched(app: Flask, method: str) -> None:
    """A stream stays a stream, and ``write`` is what the server gave."""
    started: list[str] = []

    def stream() -> Iterator[str]:
        assert started == ["200 OK"]
        yield "a"
        yield "b"

    app.add_url_rule(
        "/stream", "stream", lambda: Response(stream()), methods=["GET", "POST", "PUT"]
    )
    builder = app.test_request_context("/stream", method=method, headers=SAME_ORIGIN)

    def start(status: str, headers: Any, exc_info: Any = None) -> Any:
        started.append(status)
        return None

    body: Any = app.wsgi_app(builder.request.environ, start)
    assert started == ["200 OK"]
    list(body)
    body.close()
