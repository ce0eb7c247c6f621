"""What of a request was looked at, which its response has to say."""

from __future__ import annotations

from flask import Response, after_this_request, request
from werkzeug.http import parse_set_header


def depend_on(*headers: str) -> None:
    """Say that the response depends on these headers of its request (RFC 9111, 4.1).

    It is then also for one visitor only, unless the view has said how to cache it.
    """
    used: set[str] = vars(request).setdefault("_greet_used", set())

    if not used:

        @after_this_request
        def mark(response: Response) -> Response:
            used.update(*map(parse_set_header, response.headers.getlist("Vary")))
            response.headers["Vary"] = ", ".join(sorted(used))
            response.headers.setdefault("Cache-Control", "private")
            return response

    used.update(headers)
