"""A visitor's browser at an app, without what a test client costs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from html import unescape
from io import BytesIO
from itertools import cycle, islice
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

BROWSER = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Accept-Language": "de-AT,de;q=0.9,en;q=0.7",
    "Sec-Fetch-Site": "same-origin",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox",
}
PROGRAM = {"Accept": "application/json", "User-Agent": "curl/8.14.1"}

_JSON = "application/json"
_TOKEN = re.compile('<input[^>]* name="csrf[^"]*"[^>]* value="([^"]+)"')
_FORM = "application/x-www-form-urlencoded"

#: A request as it is sent again and again: its environ, but for the body, and that.
Request = tuple[dict[str, Any], bytes]

#: Does the same request so often, and returns processor and clock time, in seconds
#: for each.
Clock = Callable[[int], tuple[float, float]]


class Visitor:
    """Sends requests to an app, and keeps its cookies."""

    def __init__(self, app: WSGIApplication, headers: Mapping[str, str]) -> None:
        self._app = app
        self._headers = Headers(headers)
        self.cookies: dict[str, str] = {}

    def request(
        self, method: str, path: str = "/", body: bytes = b"", **more: str
    ) -> Request:
        """Return a request with the cookies of this moment.

        :param more: headers beside those of all requests, ``Content_Type`` for one.
        """
        headers = Headers(self._headers)
        headers.update({name.replace("_", "-"): value for name, value in more.items()})
        if self.cookies:
            headers["Cookie"] = self.cookie_header
        environ = EnvironBuilder(
            path, method=method, headers=headers, data=body
        ).get_environ()
        return environ, body

    def send(self, request: Request) -> tuple[int, str]:
        """Send a request, keep the cookies, and return status and page."""
        environ, body = request
        once = {**environ, "wsgi.input": BytesIO(body)}
        answer, status, headers = run_wsgi_app(self._app, once, buffered=True)
        for cookie in headers.getlist("Set-Cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return int(status[:3]), b"".join(answer).decode()

    def get(self, path: str = "/") -> tuple[int, str]:
        """Get a page, and return its status and text."""
        return self.send(self.request("GET", path))

    def fill_in(self, path: str, **values: str) -> Request:
        """Return the request that sends the form of a page, with these values."""
        html = self.get(path)[1]
        inputs = (
            dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
            for tag in re.findall("<input[^>]*>", html)
        )
        fields = {
            i["name"]: unescape(i.get("value", ""))
            for i in inputs
            if "name" in i and i.get("type") != "checkbox"
        }
        found = re.search('<form[^>]* action="([^"]+)"', html)
        action = unescape(found[1]) if found else path
        body = urlencode({**fields, **values}).encode()
        return self.request("POST", action, body, Content_Type=_FORM)

    def as_json(self, page: str, path: str, **values: str) -> Request:
        """Return the request that a script on a page sends: these values as JSON.

        If the page has a token against other sites, that goes along, as a header and
        beside the values, since some look for it there.
        """
        found = _TOKEN.search(self.get(page)[1])
        headers = {"Accept": _JSON, "Content_Type": _JSON}
        if found:
            values["csrf_token"] = headers["X_CSRFToken"] = found[1]
        return self.request("POST", path, json.dumps(values).encode(), **headers)

    @property
    def cookie_header(self) -> str:
        """The cookies, as they are sent."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def clock(self, *requests: Request) -> Clock:
        """Return a function that measures a round of these requests, in turns."""
        in_turns = cycle(requests)

        def measure(times: int) -> tuple[float, float]:
            wall, processor = perf_counter(), process_time()
            for environ, body in islice(in_turns, times):
                once = {**environ, "wsgi.input": BytesIO(body)}
                answer: Any = self._app(once, _start_response)
                b"".join(answer)
                getattr(answer, "close", _nothing)()
            return (process_time() - processor) / times, (perf_counter() - wall) / times

        return measure


def _start_response(*_: Any) -> Callable[[bytes], object]:
    return print


def _nothing() -> None:
    pass
