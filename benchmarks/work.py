"""The work an app does for a visitor, each kind looked at once before it is timed."""

from __future__ import annotations

from collections.abc import Callable

from .peers import EMAIL, NAME, PASSWORD, Site
from .visitor import BROWSER, PROGRAM, Clock, Request, Visitor

# Django's own view says 302, as all did before HTTP/1.1.
_SEE_OTHER = (302, 303)


def _checked(
    visitor: Visitor, request: Request, statuses: tuple[int, ...], text: str = ""
) -> Clock:
    clock = visitor.clock(request)
    status, page = visitor.send(request)
    if status not in statuses or text not in page:
        raise RuntimeError(f"Not {statuses} with {text!r}, but {status}: {page}")
    return clock


def public(site: Site) -> Clock:
    """Show a page to nobody in particular."""
    visitor = Visitor(site.wsgi, BROWSER)
    return _checked(visitor, visitor.request("GET"), (200,), "<h1>Hello</h1>")


def signed_in_visitor(site: Site) -> Visitor:
    """Return a visitor who has signed in as Ada."""
    visitor = Visitor(site.wsgi, BROWSER)
    _checked(visitor, _credentials(site, visitor), _SEE_OTHER)
    return visitor


def _credentials(site: Site, visitor: Visitor) -> Request:
    return visitor.fill_in(site.login, **{site.identity: EMAIL, "password": PASSWORD})


def signed_in(site: Site) -> Clock:
    """Show a page to who has signed in."""
    visitor = signed_in_visitor(site)
    return _checked(visitor, visitor.request("GET", "/in"), (200,), NAME)


def signed_in_in_turns(site: Site) -> Clock:
    """Show a page to many who have signed in, in turns."""
    visitor = Visitor(site.wsgi, BROWSER)
    requests = []
    for cookies in site.visitors():
        visitor.cookies = dict(cookies)
        requests.append(visitor.request("GET", "/in"))
    _checked(visitor, requests[0], (200,), "<h1>Hello</h1>")
    return visitor.clock(*requests)


def sign_in(site: Site) -> Clock:
    """Sign in with the form."""
    visitor = Visitor(site.wsgi, BROWSER)
    return _checked(visitor, _credentials(site, visitor), _SEE_OTHER)


def json_sign_in(site: Site) -> Clock:
    """Sign in with JSON, from a script on a page."""
    visitor = Visitor(site.wsgi, BROWSER)
    request = visitor.as_json(
        site.login, site.json_login, email=EMAIL, password=PASSWORD
    )
    return _checked(visitor, request, (200,))


def api_call(site: Site) -> Clock:
    """Answer a program that shows a token."""
    visitor = Visitor(site.wsgi, {**PROGRAM, **site.token()})
    return _checked(visitor, visitor.request("GET", "/api"), (200,), NAME)


def greeted(site: Site) -> Clock:
    """Greet a visitor with a name, a time zone, and languages they prefer."""
    visitor = Visitor(site.wsgi, BROWSER)
    visitor.get("/name")
    visitor.cookies["timezone"] = "Europe/Prague"
    return _checked(visitor, visitor.request("GET"), (200,), NAME)


def _form(
    sent: str | None, statuses: tuple[int, ...], *, known: bool
) -> Callable[[Site], Clock]:
    def work(site: Site) -> Clock:
        visitor = Visitor(site.wsgi, BROWSER)
        if known:
            visitor.send(visitor.fill_in("/", name=NAME))
        if sent is None:
            request = visitor.request("GET")
        else:
            request = visitor.fill_in("/", name=sent)
        return _checked(visitor, request, statuses)

    return work


#: Each kind of work by its name.
WORK: dict[str, Callable[[Site], Clock]] = {
    "public": public,
    "signed in": signed_in,
    "signed in, many": signed_in_in_turns,
    "sign in": sign_in,
    "json sign in": json_sign_in,
    "api": api_call,
    "greeted": greeted,
    "shown": _form(None, (200,), known=False),
    "shown, known": _form(None, (200,), known=True),
    "posted": _form("Ada", _SEE_OTHER, known=False),
    "posted, known": _form("Ada", _SEE_OTHER, known=True),
    "refused": _form("", (422,), known=False),
    "refused, known": _form("", (422,), known=True),
}
