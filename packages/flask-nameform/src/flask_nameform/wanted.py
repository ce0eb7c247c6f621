"""What kind of answer a client wants from a form: a page, a part of one, or data."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache

from flask import request
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

#: The headers that decide.
HEADERS = ("Accept", "HX-Request", "HX-Boosted")


class Wanted(Enum):
    """A kind of answer."""

    PAGE = "page"
    #: The HTML of the form alone, which htmx puts where the form was.
    FRAGMENT = "fragment"
    JSON = "json"


def wanted() -> Wanted:
    """Return what the current request wants to have for an answer.

    Who sends JSON gets JSON, as does who prefers it to HTML.
    """
    if request.is_json or _prefers_json(request.headers.get("Accept", "")):
        return Wanted.JSON
    # A boosted form is sent by htmx, and is a form of the page for all that.
    if "HX-Request" in request.headers and "HX-Boosted" not in request.headers:
        return Wanted.FRAGMENT
    # So is one in a frame of Turbo, which takes its frame out of a page (it sends
    # Turbo-Frame, should the page want to know).
    return Wanted.PAGE


def is_turbo() -> bool:
    """Return whether Turbo sent the current form."""
    return "text/vnd.turbo-stream.html" in request.accept_mimetypes.values()


@lru_cache
def _prefers_json(accept: str) -> bool:
    accepted = parse_accept_header(accept, MIMEAccept)
    return accepted["application/json"] > accepted["text/html"]
