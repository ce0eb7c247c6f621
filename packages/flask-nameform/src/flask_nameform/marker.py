"""The hidden field ``_form``: which form was posted, about what, from which page.

Of a named form it is signed, so that a page in it is one that this app has shown, and
going back there is never an open redirect.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import quote

from flask import request
from itsdangerous import BadData

from .settings import signing_keys
from .signing import serializer

#: The name of the hidden field.
FIELD = "_form"

# Of a request that shows another page than its own: which one.
_SHOWN_ON = "flask_nameform.shown_on"

# What may stand in a path or query as it is (RFC 3986), and the escapes in it.
_PATH_SAFE = "/:@!$&'()*+,;=~"
_QUERY_SAFE = _PATH_SAFE + "?%[]"


class Marker(NamedTuple):
    """A form as a page showed it."""

    #: The full name, such as ``"blog.comment"``.
    name: str
    #: Tells copies of a form on one page apart.
    key: str | None = None
    #: Path and query below the script root, escaped as in a URL.
    page: str | None = None
    #: What the form is about, as JSON.
    arguments: str | None = None
    #: The session that got these arguments.
    session: str | None = None
    #: How it was laid out.
    layout: str = "stacked"

    @property
    def form(self) -> tuple[str, str | None, str | None]:
        """What tells the form from others on the page."""
        return self.name, self.key, self.arguments


def sign(marker: Marker) -> str:
    """Return the marker as the hidden field holds it.

    :raises RuntimeError: if the app has no ``SECRET_KEY``.
    """
    return _signed(marker, _secret_keys())


def read(text: str, name: str) -> Marker:
    """Return the marker of the form ``name`` in a posted field.

    One that is missing, not ours or of another form counts as one that says no more: it
    was posted by hand-written HTML, a script, or before ``SECRET_KEY`` changed.
    """
    marker = load(text)
    return marker if marker and marker.name == name else Marker(name)


def load(text: str) -> Marker | None:
    """Return the marker in a posted field if this app signed it."""
    try:
        return _loaded(text, _secret_keys())
    except (BadData, UnicodeError):
        return None


@contextmanager
def shown_on(page: str) -> Generator[None, None, None]:
    """Take what is shown in this block for that page, which a GET of it shows too.

    :param page: path and query below the script root, escaped as in a URL.
    """
    request.environ[_SHOWN_ON] = page
    try:
        yield
    finally:
        del request.environ[_SHOWN_ON]


def this_page() -> str | None:
    """Return the page being shown, or ``None`` if a GET of its URL shows no page."""
    if _SHOWN_ON in request.environ:
        return str(request.environ[_SHOWN_ON])

    methods = request.url_rule.methods if request.url_rule is not None else None

    if request.method not in ("GET", "HEAD") and "GET" not in (methods or ()):
        return None

    path = quote(request.path, safe=_PATH_SAFE)
    query = quote(request.query_string, safe=_QUERY_SAFE)
    return f"{path}?{query}" if query else path


def page_url(page: str | None) -> str:
    """Return the URL of the page, or of the app's root if the page is not known."""
    return quote(request.script_root, safe=_PATH_SAFE) + (page or "/")


@lru_cache(1000)
def _signed(marker: Marker, secret_keys: tuple[Any, ...]) -> str:
    return str(serializer("marker", secret_keys).dumps(marker))


# What is not ours raises, and is not kept.
@lru_cache(1000)
def _loaded(text: str, secret_keys: tuple[Any, ...]) -> Marker:
    return Marker(*serializer("marker", secret_keys).loads(text))


def _secret_keys() -> tuple[Any, ...]:
    return tuple(signing_keys("Named forms"))
