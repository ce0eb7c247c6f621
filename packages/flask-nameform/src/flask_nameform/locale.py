"""Which language a page is in: ours and WTForms' texts on it are in the same one."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from functools import cache, lru_cache
from importlib import import_module
from typing import NamedTuple

from flask import (
    Response,
    after_this_request,
    current_app,
    g,
    has_app_context,
    has_request_context,
    request,
)
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from .settings import current_settings
from .varying import vary_on

_KEPT = "flask_nameform.language"


class Language(NamedTuple):
    """A language as an app speaks it."""

    #: The tag as in ``<html lang>`` (BCP 47).
    tag: str
    #: Where the app's own code and translations are.
    root_path: str | None = None


#: The language that texts are written in, which is spoken where no app is.
SOURCE = Language("en")


def current_locale() -> str:
    """Return the language of the page being made, a tag as in ``<html lang>`` (BCP 47).

    If the app has Flask-Babel, that knows. Else it is one of ``NAMEFORM_LOCALES``: of
    several, the one that serves the browser best, which the response then says
    (``Vary: Accept-Language``); the first where no browser asks.
    """
    return current_language().tag


def current_language() -> Language:
    """Return the language of the page being made.

    It costs a look into the environ, so it may be asked for each text.
    """
    kept: Language | None

    if has_request_context():
        kept = request.environ.get(_KEPT)
    else:
        kept = g.get(_KEPT) if has_app_context() else SOURCE

    return _find_out() if kept is None else kept


@contextmanager
def use_locale(locale: str) -> Generator[None]:
    """Let texts be in this language for a while, such as that of a mail's reader.

    Flask-Babel's are too.
    """
    if "babel" in current_app.extensions:
        with import_module("flask_babel").force_locale(locale.replace("-", "_")):
            yield
        return

    kept = request.environ if has_request_context() else vars(g)
    before = kept.get(_KEPT)
    kept[_KEPT] = _language(locale, current_app.root_path)

    try:
        yield
    finally:
        kept[_KEPT] = before


@lru_cache
def find_locale(accepted: str, offered: tuple[str, ...]) -> str:
    """Return the offered locale that serves best, or else the first of them.

    A tag is looked up by truncating it (RFC 4647, section 3.4). At last any variety of
    the language is nearer than another language.

    :param accepted: a list of tags as in ``Accept-Language``.
    """
    offers = {tag.lower().partition("-")[0]: tag for tag in reversed(offered)}
    offers |= {tag.lower(): tag for tag in offered}

    for tag, quality in parse_accept_header(accepted, LanguageAccept):
        tag = tag.lower()
        while tag and tag not in offers:
            tag = tag.rpartition("-")[0]
        if tag and quality > 0:
            return offers[tag]

    return offered[0]


def _find_out() -> Language:
    app = current_app

    if "babel" in app.extensions:
        # It is asked each time, since 'force_locale' changes its mind.
        locale = str(import_module("flask_babel").get_locale())
        return _language(locale.replace("_", "-"), app.root_path)

    locales = current_settings().locales

    if not has_request_context():
        return _language(locales[0], app.root_path)

    language = _language(_negotiate(locales), app.root_path)
    request.environ[_KEPT] = language
    return language


def _negotiate(locales: tuple[str, ...]) -> str:
    if len(locales) == 1:
        return locales[0]

    after_this_request(_vary)
    return find_locale(request.headers.get("Accept-Language", ""), locales)


def _vary(response: Response) -> Response:
    return vary_on(response, "Accept-Language")


@cache
def _language(tag: str, root_path: str) -> Language:
    return Language(tag, root_path)
