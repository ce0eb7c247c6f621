"""What those get who may not see a view: anonymous visitors, and the wrong users."""

from __future__ import annotations

from typing import cast

from flask import Response, abort, jsonify, redirect, request, url_for
from flask_nameform.marker import page_url, this_page

from .state import current_state
from .visit import current_visit
from .way_back import home, seal_next


def challenge(endpoint: str = "simpleauth.login") -> Response:
    """Return what asks a visitor to sign in, or to show the password once more.

    A page leads to the one that asks and back again; an API client gets 401.
    """
    if wants_json():
        response = _json_error(401, "Sign in first.")
        response.headers["WWW-Authenticate"] = "Bearer"  # RFC 6750, section 3
        return response

    page = this_page()
    back = home() if page is None else page_url(page)
    target = url_for(endpoint, next=seal_next(back))
    return cast(Response, redirect(target, 303))


def forbid() -> Response:
    """Return 403: signed in, and still not the right one."""
    visit, audit = current_visit(), current_state().services().audit
    key = None if visit.token is None else visit.token.user_id
    audit.note("access", key, "Forbidden", detail=request.endpoint or "")

    if not wants_json():
        abort(403)  # so that the app's own error page answers
    response = _json_error(403, "You may not do this.")
    if visit.scopes:
        # RFC 6750, section 3.1: a token with more scope might do.
        response.headers["WWW-Authenticate"] = 'Bearer error="insufficient_scope"'
    return response


def wants_json() -> bool:
    """Tell whether the client is a program that talks JSON rather than HTML."""
    if "Authorization" in request.headers:
        return True
    accepted = request.accept_mimetypes
    best = accepted.best_match(["text/html", "application/json"], "text/html")
    return best == "application/json" or request.is_json


def _json_error(status: int, message: str) -> Response:
    response = jsonify(error=message)
    response.status_code = status
    return response
