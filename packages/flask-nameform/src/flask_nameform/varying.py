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


def with_vary(
    headers: list[tuple[str, str]], names: tuple[str, ...]
) -> list[tuple[str, str]]:
    """Return the headers of a WSGI answer that depends on these headers too.

    It costs less than :func:`vary_on` does, once Flask's session has said ``Cookie``.
    """
    said = [value for name, value in headers if name.lower() == "vary"]
    others = [(name, value) for name, value in headers if name.lower() != "vary"]
    return [*others, ("Vary", ", ".join([*said, *names]))]
