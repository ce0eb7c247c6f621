"""What of a request was looked at, which its response has to say."""

from __future__ import annotations

from typing import cast

from flask import (
    Request,
    Response,
    after_this_request,
    has_request_context,
    request,
)
from werkzeug.http import parse_set_header


def current_visit() -> Request | None:
    """Return the request that is being handled, if one is."""
    if not has_request_context():
        return None

    # Itself and not the proxy, which would look for it again at each use.
    return cast("Request", request._get_current_object())  # type: ignore[attr-defined] # of the proxy


def depend_on(visit: Request, *headers: str) -> None:
    """Say that the response depends on these headers of its request (RFC 9111, 4.1).

    It is then also for one visitor only, unless the view has said how to cache it.
    """
    used: set[str] = vars(visit).setdefault("_greet_used", set())

    if not used:

        @after_this_request
        def mark(response: Response) -> Response:
            used.update(*map(parse_set_header, response.headers.getlist("Vary")))
            response.headers["Vary"] = ", ".join(sorted(used))
            response.headers.setdefault("Cache-Control", "private")
            return response

    used.update(headers)
