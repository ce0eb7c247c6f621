"""What those get who may not see a view: strangers, wrong users, who comes too late."""

from __future__ import annotations

from typing import cast

from flask import (
    Response,
    abort,
    current_app,
    jsonify,
    redirect,
    request,
    url_for,
)
from flask_nameform.marker import page_url, shown_on, this_page

from .errors import AuthError, LinkIsDead
from .pages import render
from .resume import seal_request
from .state import current_state
from .texts import say, texts
from .visit import current_visit
from .way_back import home, seal_next


def challenge() -> Response:
    """Return what asks a visitor to sign in.

    A page leads to the one that asks and back again; an API client gets 401.
    """
    if wants_json():
        return _unauthorized(texts.gettext("Sign in first."))
    address = url_for("simpleauth.login", next=_sealed_page())
    return cast(Response, redirect(address, 303))


def ask_password() -> Response:
    """Return what asks who is signed in for their password once more.

    What a form has posted goes on afterwards. Uploads and JSON are not kept: their
    sender gets 401 with the page to go to.
    """
    visit, way_back = current_visit(), _sealed_page()
    address = url_for("simpleauth.confirm", next=way_back)
    if not visit.has_session:
        return _unauthorized(
            texts.gettext("Only who is signed in with a password may do this.")
        )
    if wants_json():
        return _unauthorized(
            texts.gettext("Show your password first."), redirect=address
        )
    if request.method in ("GET", "HEAD"):
        return cast(Response, redirect(address, 303))

    visit.interrupted, visit.way_back = seal_request(), way_back
    with shown_on(address.removeprefix(request.script_root)):
        html = render("simpleauth/confirm.html", is_lost=not visit.interrupted)
    response = current_app.make_response((html, 401))
    response.cache_control.no_store = True
    return response


def forbid() -> Response:
    """Return 403: signed in, and still not the right one."""
    visit, audit = current_visit(), current_state().services().audit
    key = None if visit.token is None else visit.token.user_id
    audit.note("access", key, "Forbidden", detail=request.endpoint or "")

    if not wants_json():
        abort(403)  # so that the app's own error page answers
    response = _json_error(403, texts.gettext("You may not do this."))
    if visit.scopes:
        # RFC 6750, section 3.1: a token with more scope might do.
        response.headers["WWW-Authenticate"] = 'Bearer error="insufficient_scope"'
    return response


def dead_link(error: AuthError, again: str | None = None) -> Response:
    """Return 410: say why a link does nothing any more, and where to go.

    :param again: the endpoint of the page where one asks for another, if one can.
    """
    status, message = LinkIsDead.status, say(error)
    if wants_json():
        where = url_for(again or "simpleauth.login")
        return _json_error(status, message, redirect=where)
    page = render("simpleauth/dead_link.html", message=message, again=again)
    return current_app.make_response((page, status))


def wants_json() -> bool:
    """Tell whether the client is a program that talks JSON rather than HTML."""
    if "Authorization" in request.headers:
        return True
    accepted = request.accept_mimetypes
    best = accepted.best_match(["text/html", "application/json"], "text/html")
    return best == "application/json" or request.is_json


def _sealed_page() -> str:
    """Return the page that was asked for, to be come back to."""
    page = this_page()
    return seal_next(home() if page is None else page_url(page))


def _unauthorized(message: str, **more: str) -> Response:
    response = _json_error(401, message, **more)
    response.headers["WWW-Authenticate"] = "Bearer"  # RFC 6750, section 3
    return response


def _json_error(status: int, message: str, **more: str) -> Response:
    response = jsonify(error=message, **more)
    response.status_code = status
    return response
