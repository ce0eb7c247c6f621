"""What those get who may not see a view: strangers, wrong users, who comes too late."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlsplit, urlunsplit

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
from flask_nameform.wanted import Wanted, wanted

from .errors import AuthError, LinkIsDead
from .pages import render
from .resume import seal_request
from .state import current_state
from .texts import say, texts
from .visit import current_visit
from .way_back import home, seal_next


def challenge() -> Response:
    """Return what asks a visitor to sign in.

    A page leads to the one that asks and back again; an API client gets 401, and so
    does htmx, with the header that makes it go there.
    """
    if wants_json():
        return _unauthorized(texts.gettext("Sign in first."))
    address = url_for("simpleauth.login", next=_sealed_page())
    return _lead_to(address)


def ask_password() -> Response:
    """Return what asks who is signed in for their password once more.

    What a form has posted goes on afterwards. Uploads, JSON, and what htmx has sent are
    not kept: their sender gets 401 with the page to go to.
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
    if request.method in ("GET", "HEAD") or wanted() is Wanted.FRAGMENT:
        return _lead_to(address)

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


def _lead_to(address: str) -> Response:
    if wanted() is not Wanted.FRAGMENT:
        return cast(Response, redirect(address, 303))
    # It would follow a redirect by itself, and put the page where a part of one was.
    response = current_app.response_class(status=401)
    response.headers["HX-Redirect"] = address
    return response


def _sealed_page() -> str:
    """Return the page that was asked for, to be come back to."""
    if wanted() is Wanted.FRAGMENT:
        return seal_next(_page_of_htmx() or home())
    page = this_page()
    return seal_next(home() if page is None else page_url(page))


def _page_of_htmx() -> str | None:
    """Return the page, a part of which was asked for, if it is one of this site."""
    current = urlsplit(request.headers.get("HX-Current-URL", ""))
    is_own = current.netloc == request.host
    return urlunsplit(("", "", current.path, current.query, "")) if is_own else None


def _unauthorized(message: str, **more: str) -> Response:
    response = _json_error(401, message, **more)
    response.headers["WWW-Authenticate"] = "Bearer"  # RFC 6750, section 3
    return response


def _json_error(status: int, message: str, **more: str) -> Response:
    response = jsonify(error=message, **more)
    response.status_code = status
    return response
