"""Forgot and reset: the pages, what their forms do, and the mail with the link."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlsplit

from flask import (
    Flask,
    after_this_request,
    current_app,
    flash,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response

from . import flows, recovery
from .errors import AuthError, LinkIsDead, WeakPassword
from .forms import ForgotForm, ResetForm
from .mail import Message
from .pages import refused, render
from .state import current_state
from .throttling import RESET
from .visit import client_network

_OWN_MACHINE = ("localhost", "127.0.0.1", "::1")

logger = logging.getLogger(__name__)


def forgot_page() -> str:
    """Ask for the address, or say that nothing can be sent."""
    return render("simpleauth/forgot.html", can_mail=current_state().mailer is not None)


def reset_page(key: str) -> str | tuple[str, int]:
    """Ask for the new password; getting the page does not use the link up."""
    try:
        recovery.owner_of(current_state().services(), key)
    except LinkIsDead as error:
        return render("simpleauth/dead_link.html", message=str(error)), error.status
    return render("simpleauth/reset.html")


def send_link(form: ForgotForm) -> None:
    """Send a link, if the address has an account; the answer does not tell."""
    identity = form.email.data or ""
    try:
        normalised = flows.normalise(identity)
        services = current_state().services()
        services.throttle.reserve(RESET, account=normalised, address=client_network())
    except AuthError as error:
        raise refused(error) from error

    app: Any = current_app
    _after_the_response(app._get_current_object(), normalised, _origin())
    flash("If that address has an account, a link to a new password is on its way.")


def reset(form: ResetForm) -> str | None:
    """Set the new password, and lead to the sign-in page."""
    services = current_state().services()
    try:
        recovery.finish_reset(services, form.key.data or "", form.new.data or "")
    except WeakPassword as error:
        form.new.errors = [str(error)]
        return None
    except AuthError as error:
        raise refused(error) from error

    flash("Your password is changed. Sign in with the new one.")
    return url_for("simpleauth.login")


def _origin() -> str | None:
    """Return what the link begins with; not what just anybody wrote as the host."""
    configured = current_state().settings().origin
    if configured is not None:
        return configured
    host = urlsplit(request.host_url).hostname
    return request.host_url.rstrip("/") if host in _OWN_MACHINE else None


def _after_the_response(app: Flask, identity: str, origin: str | None) -> None:
    """Look the account up and send the link when the answer is on its way.

    Were it done before, the time taken would tell which addresses have accounts.
    """
    path = url_for("simpleauth.reset_page", key="KEY").removesuffix("KEY")

    def send() -> None:
        with app.app_context():
            try:
                _send(identity, origin, path)
            except Exception:
                logger.exception("The link to a new password was not sent.")

    def arrange(response: Response) -> Response:
        response.call_on_close(send)
        return response

    after_this_request(arrange)


def _send(identity: str, origin: str | None, path: str) -> None:
    state = current_state()
    if state.mailer is None or origin is None:
        logger.error(
            "No link to a new password was sent: %s.",
            "SimpleAuth has no mailer" if origin else "SIMPLEAUTH_ORIGIN is not set",
        )
        return

    services = state.services()
    user = services.users.find(identity)
    if user is None or not services.attributes.is_active(user):
        return

    link = origin + path + recovery.start_reset(services, user)
    text = render_template(
        "simpleauth/reset.txt", link=link, minutes=recovery.RESET.lifetime // 60
    )
    to = services.attributes.read(user, "email")
    state.mailer(Message(to=to, subject="A new password", text=text))
