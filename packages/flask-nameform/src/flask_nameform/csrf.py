"""Protection from requests that another site makes in a visitor's name (CSRF).

:mod:`flask_nameform.policy` decides; this is its evidence, its token, and its word in a
view. With any :class:`~flask_nameform.Forms` attached, each view of the app is
protected.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar, cast

from flask import (
    Response,
    after_this_request,
    current_app,
    g,
    has_request_context,
    request,
    session,
)
from markupsafe import Markup
from werkzeug.exceptions import BadRequest

from .attributes import hidden_input
from .hints import why_unproven
from .i18n import texts
from .masking import masked, proves, unmasked
from .policy import SAFE_METHODS, Decision, Evidence, Policy, Verdict, decide
from .settings import current_settings
from .varying import vary_on

#: The name of the hidden field that carries the token.
FIELD = "csrf_token"
#: The headers that may carry it instead, for scripts.
HEADERS = ("X-CSRFToken", "X-CSRF-Token")

_SESSION_KEY = "_nameform_csrf"
_EXEMPT = "_nameform_csrf_exempt"
_CHECKED = "flask_nameform.csrf_checked"

Exemptible = TypeVar("Exemptible")


class CSRFError(BadRequest):
    """The request was refused: it may not be the visitor who wants it. Status 400."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            texts.gettext(
                "This request could not be verified, so nothing was changed."
                " Go back, load the page again and send it once more."
            )
        )
        #: Why, in words for a log.
        self.reason = reason


def exempt(target: Exemptible) -> Exemptible:
    """Leave a view function, a class view or a blueprint unprotected.

    A decorator without arguments; ``csrf.exempt(blueprint)`` covers the blueprints
    nested in it too. For endpoints that other sites call and that authenticate each
    call by themselves, such as a webhook with a signature.
    """
    # The mark is the object itself: a subclass or a copy made by functools.wraps has
    # the mark too, but is not what was marked.
    setattr(target, _EXEMPT, target)
    return target


def protect() -> None:
    """Refuse the current request unless it is the visitor who wants it.

    :raises CSRFError: if it was refused.
    """
    if request.method in SAFE_METHODS or request.url_rule is None:
        return  # nothing will run that changes anything

    if not allows():
        raise _refusal("the token is missing or does not match")


def allows(form_name: str | None = None, *, own_form: bool = False) -> bool:
    """Return whether the current request may act; ``False`` if its token is wanting.

    :param form_name: the form whose token is asked for, by default the one whose
        marker was posted.
    :param own_form: one of our endpoints, which need proof even from visitors without
        cookies.
    :raises CSRFError: if the headers of the request veto it.
    """
    # What an app's view may do without proof, a form of ours may not.
    if not own_form and (is_proven() or _is_left_to_flask_wtf()):
        return True

    decision = headers_decide(own_form=own_form)

    if decision.verdict is Verdict.VETO:
        raise _refusal(decision.reason)
    if (
        decision.verdict is Verdict.TOKEN
        and not _has_token(form_name)
        and not _has_their_token()
    ):
        _tell_why()
        return False

    request.environ[_CHECKED] = True
    return True


def headers_decide(*, own_form: bool) -> Decision:
    """Return what the app's policy says of the current request by its headers."""
    settings = current_settings()
    policy = Policy(settings.csrf, settings.trusted_origins)
    return decide(_evidence(own_form=own_form), policy)


def is_proven() -> bool:
    """Return whether the current request was asked, and may act."""
    return bool(request.environ.get(_CHECKED))


def is_exempt() -> bool:
    """Return whether the view of the current request is :func:`exempt`."""
    return any(map(_is_marked, _marked_by()))


def token(form_name: str = "") -> str:
    """Return a token for the form, or for a script or hand-written form.

    Each call returns another string, so that a compressed page does not give it away
    (BREACH). It ends with the session, and with :func:`rotate`. It is empty for a
    browser that sends ``Sec-Fetch-Site``, which is decided by that header.
    """
    if not _needs_token():
        return ""

    return masked(_session_secret(), form_name)


def session_tag() -> str:
    """Return what tells this session from any other, and is no secret.

    It ends with the session, and with :func:`rotate`.
    """
    return unmasked(_session_secret(), "session")


def hidden_field(form_name: str, *, own_form: bool = False) -> Markup:
    """Return a hidden field with a token for the form, or nothing if none is needed."""
    if not has_request_context():
        return Markup()  # nobody will send it from here

    value = token(form_name) if own_form else view_token(form_name)

    return hidden_input(FIELD, value) if value else Markup()


def view_token(form_name: str = "") -> str:
    """Return a token for a form that is sent to a view of the app.

    It is made by what protects these views.
    """
    if not _is_left_to_flask_wtf():
        return token(form_name)

    their_token: Any = current_app.jinja_env.globals[FIELD]
    return str(their_token())


def rotate() -> None:
    """End all tokens of this session; for when a visitor signs in or out.

    Those of Flask-WTF end too. Forms with arguments that are open then have to be sent
    a second time.
    """
    session.pop(_SESSION_KEY, None)

    config = cast("Mapping[str, Any]", current_app.config)
    theirs = config.get("WTF_CSRF_FIELD_NAME", FIELD)
    session.pop(theirs, None)
    g.pop(theirs, None)


def _session_secret() -> str:
    secret: str | None = session.get(_SESSION_KEY)

    if secret is None:
        secret = session[_SESSION_KEY] = secrets.token_urlsafe(32)

    return secret


def _is_left_to_flask_wtf() -> bool:
    """Tell whether another extension protects the views of the app."""
    return "csrf" in current_app.extensions


def _needs_token() -> bool:
    """Tell whether the page being made needs a token, and what it then varies on."""
    mode = current_settings().csrf

    if mode == "default":
        after_this_request(_vary)
        return "Sec-Fetch-Site" not in request.headers

    return mode == "strict"


def _vary(response: Response) -> Response:
    return vary_on(response, "Sec-Fetch-Site")


def _has_token(form_name: str | None) -> bool:
    """Verify the posted token, for this form or for any."""
    secret: str | None = session.get(_SESSION_KEY)

    if secret is None:
        return False

    if form_name is None:
        form_name = request.form.get("_form", "")

    return proves(_posted_token(), secret, form_name, "")


def _posted_token() -> str:
    in_header = next(filter(None, map(request.headers.get, HEADERS)), None)
    return in_header or request.form.get(FIELD) or ""


def _tell_why() -> None:
    """Tell the developer why there is no token, at the level of debug mode."""
    reason = why_unproven(
        has_marker="_form" in request.form,
        has_token=bool(_posted_token()),
        has_session=_SESSION_KEY in session,
    )
    current_app.logger.debug("CSRF: a post to %s: %s", request.endpoint, reason)


def _has_their_token() -> bool:
    """Ask what protects the views, whose token is in a form that is sent to a view."""
    if not _is_left_to_flask_wtf():
        return False

    try:
        current_app.extensions["csrf"].protect()
    except BadRequest:
        return False

    return bool(g.get("csrf_valid"))


def _evidence(*, own_form: bool) -> Evidence:
    headers = request.headers
    authorization = headers.get("Authorization")
    return Evidence(
        method=request.method,
        scheme=request.scheme,
        host=request.host,
        origin=headers.get("Origin"),
        fetch_site=headers.get("Sec-Fetch-Site"),
        has_cookies=bool(request.cookies),
        authorization=authorization and authorization.partition(" ")[0],
        exempt=not own_form and is_exempt(),
        own_form=own_form,
    )


def _marked_by() -> Iterator[Any]:
    """Yield whatever an exemption of the current view could have been put on."""
    for name in request.blueprints:
        yield current_app.blueprints[name]

    for view in current_views():
        yield view
        yield getattr(view, "view_class", None)


def current_views() -> Iterator[Any]:
    """Yield the view of the current request, and the functions that it wraps."""
    view: Any = current_app.view_functions.get(request.endpoint or "")

    while view is not None:
        yield view
        view = getattr(view, "__wrapped__", None)


def _is_marked(target: Any) -> bool:
    return target is not None and getattr(target, _EXEMPT, None) is target


def _refusal(reason: str) -> CSRFError:
    current_app.logger.info("CSRF: %s refused: %s", request.endpoint, reason)
    return CSRFError(reason)
