"""Cookies between two answers that reach the browser as one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timezone

from werkzeug.http import parse_date


def _split(set_cookie: str) -> tuple[str, str, dict[str, str]]:
    """Return name, value as written, and the attributes by lower-case name."""
    pair, *attributes = set_cookie.split(";")
    name, _, value = pair.partition("=")
    parts = (attribute.partition("=") for attribute in attributes)
    return (
        name.strip(),
        value.strip(),
        {key.strip().lower(): value.strip() for key, _, value in parts},
    )


def apply_cookies(cookie: str, set_cookies: Iterable[str], path: str) -> str:
    """Return the ``Cookie`` header a browser sends next (RFC 6265, 5.3 and 5.4).

    :param cookie: the header it sent before.
    :param set_cookies: the ``Set-Cookie`` headers it got since.
    :param path: where the next request goes.
    """
    pairs = (pair.partition("=") for pair in cookie.split(";") if pair.strip())
    jar = {name.strip(): value.strip() for name, _, value in pairs}

    for name, value, attributes in map(_split, set_cookies):
        if not _is_below(path, attributes.get("path", "/")):
            continue
        if _is_over(attributes):
            jar.pop(name, None)
        else:
            jar[name] = value

    return "; ".join(f"{name}={value}" for name, value in jar.items())


def merge_set_cookies(*answers: Iterable[str]) -> list[str]:
    """Return the ``Set-Cookie`` headers of several answers, the last word of each."""
    merged: dict[tuple[str, str, str], str] = {}

    for set_cookie in (header for answer in answers for header in answer):
        name, _, attributes = _split(set_cookie)
        place = name, attributes.get("domain", ""), attributes.get("path", "/")
        merged.pop(place, None)
        merged[place] = set_cookie

    return list(merged.values())


def _is_below(path: str, cookie_path: str) -> bool:
    return f"{path}/".startswith(f"{cookie_path.rstrip('/')}/")


def _is_over(attributes: dict[str, str]) -> bool:
    if "max-age" in attributes:
        return attributes["max-age"] in ("0", "") or attributes["max-age"][0] == "-"

    expires = parse_date(attributes.get("expires"))
    return expires is not None and expires <= datetime.now(timezone.utc)
