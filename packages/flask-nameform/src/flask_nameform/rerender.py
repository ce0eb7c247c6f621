"""The page of a form, shown again after a submission that was not accepted.

The request that submitted is over first: its teardown has run, its transaction is
rolled back, its cookies are known. Then the page is shown by an ordinary GET, so what
it shows is true, and its own guards decide who sees it. Both answers reach the browser
as one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from werkzeug.datastructures import Headers
from werkzeug.wrappers import Response

from .cookies import apply_cookies, merge_set_cookies
from .csrf import FIELD
from .submission import Exchange, Submission
from .varying import vary_on, with_vary
from .wanted import HEADERS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# What is about the body of the first request, about the version of a page that the
# browser has, or about how the first one was run.
_DROPPED = (
    "CONTENT_LENGTH",
    "CONTENT_TYPE",
    "HTTP_EXPECT",
    "HTTP_IF_MATCH",
    "HTTP_IF_MODIFIED_SINCE",
    "HTTP_IF_NONE_MATCH",
    "HTTP_IF_RANGE",
    "HTTP_IF_UNMODIFIED_SINCE",
    "HTTP_RANGE",
    "HTTP_TRANSFER_ENCODING",
    "RAW_URI",
    "REQUEST_URI",
    "werkzeug.debug.preserve_context",
    "wsgi.input_terminated",
)

_TOKEN_HEADER = "HTTP_X_CSRFTOKEN"  # noqa: S105 # no password

# About a page that was shown as it is, which this one was not.
_STALE_HEADERS = ("ETag", "Expires", "Last-Modified")


class Rerender:
    """Wraps an app's ``wsgi_app``; acts only if the endpoint of a form asked for it."""

    def __init__(self, wsgi_app: WSGIApplication) -> None:
        self._wsgi_app = wsgi_app

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "POST":
            return self._wsgi_app(environ, start_response)

        exchange = Exchange()
        exchange.put_in(environ)
        before = dict(environ)
        cookies: list[str] = []

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            if exchange.submission is None:
                varying = with_vary(headers, HEADERS) if exchange.of_form else headers
                return start_response(status, varying, *rest)
            cookies.extend(Headers(headers).getlist("Set-Cookie"))
            return _discard

        body = self._wsgi_app(environ, start)
        exchange.over = True

        if exchange.submission is None:
            return body

        with ExitStack() as ending:
            ending.callback(_close, body)
            answer = self._show(before, exchange, exchange.submission, cookies)
            # What is to follow the answer, a mail say, follows the one that is sent.
            answer.call_on_close(ending.pop_all().close)
        return vary_on(answer, *HEADERS)(before, start_response)

    def _show(
        self,
        environ: WSGIEnvironment,
        exchange: Exchange,
        submission: Submission,
        cookies: list[str],
    ) -> Response:
        """Return the page with the submission, or the form without that page."""
        if exchange.page is not None:
            page_environ = _page_environ(environ, exchange.page, exchange.posted_to)
            answer = self._run(page_environ, cookies)

            if answer.status_code >= 500:
                return answer  # the page fails by itself; that is not ours to hide

            if exchange.shown and answer.status_code == 200:
                return _refuse_with(answer, submission)

        # What that answer did to the session goes with it: nobody has seen it.
        exchange.alone = True
        return self._run(_with_token(_without_body(environ), submission), cookies)

    def _run(self, environ: WSGIEnvironment, cookies: list[str]) -> Response:
        """Run a request after the first one, and put the cookies of both together."""
        path = environ.get("SCRIPT_NAME", "") + environ["PATH_INFO"]
        environ["HTTP_COOKIE"] = apply_cookies(
            environ.get("HTTP_COOKIE", ""), cookies, path
        )
        answer = Response.from_app(self._wsgi_app, environ, buffered=True)
        merged = merge_set_cookies(cookies, answer.headers.getlist("Set-Cookie"))
        answer.headers.setlist("Set-Cookie", merged)
        return answer


def _refuse_with(page: Response, submission: Submission) -> Response:
    """Turn the page into the answer to the submission."""
    page.status_code = submission.status

    for name in _STALE_HEADERS:
        page.headers.pop(name, None)

    page.headers["Cache-Control"] = "no-store"
    page.headers.update(submission.headers)
    return page


def _page_environ(
    environ: WSGIEnvironment, page: str, posted_to: str
) -> WSGIEnvironment:
    """Return the environ of a GET of the page, made from that of the first request."""
    path, _, query = page.partition("?")
    # What middleware on the way to the app takes off the path has to be put before it.
    taken_off = environ["PATH_INFO"].removesuffix(posted_to)
    return {
        **_without_body(environ),
        "REQUEST_METHOD": "GET",
        "PATH_INFO": taken_off + unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
    }


def _without_body(environ: WSGIEnvironment) -> WSGIEnvironment:
    kept = {key: value for key, value in environ.items() if key not in _DROPPED}
    return {**kept, "CONTENT_LENGTH": "0", "wsgi.input": BytesIO()}


def _with_token(environ: WSGIEnvironment, submission: Submission) -> WSGIEnvironment:
    """Say again in a header what was in the body, for what protects the views."""
    token = submission.posted.get(FIELD, "")
    return {_TOKEN_HEADER: token, **environ} if token.isascii() else environ


def _close(body: Iterable[bytes]) -> None:
    """Let what follows the request that made this body begin."""
    close: Callable[[], None] | None = getattr(body, "close", None)

    if close is not None:
        close()


def _discard(data: bytes) -> None:
    """Be the ``write`` of WSGI for an answer that is not sent."""
