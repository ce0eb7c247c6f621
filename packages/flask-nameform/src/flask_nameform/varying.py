"""``Vary``: which headers of a request an answer depends on (RFC 9110, 12.5.5)."""

from __future__ import annotations

from typing import TypeVar

from werkzeug.wrappers import Response

ResponseT = TypeVar("ResponseT", bound=Response)


def vary_on(response: ResponseT, *headers: str) -> ResponseT:
    """Say that an answer depends on these headers, and return it."""
    if "Vary" in response.headers:
        response.vary.update(headers)
    else:
        response.headers["Vary"] = ", ".join(headers)

    return response
