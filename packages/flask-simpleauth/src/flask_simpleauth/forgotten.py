"""Forgot and reset: the pages, what their forms do, and the mail with the link."""

from __future__ import annotations

from functools import partial

from flask import Response, flash, url_for

from . import recovery
from .errors import AuthError, LinkIsDead, WeakPassword
from .forms import ForgotForm, ResetForm
from .identity import normalise
from .letters import Letters, deliver
from .pages import refused, render
from .proxies import client_network
from .refusals import dead_link
from .standing import may_sign_in
from .state import current_state
from .texts import say, texts
from .throttling import RESET
from .visit import current_visit


def forgot_page() -> str:
    """Ask for the address, or say that nothing can be sent."""
    return render("simpleauth/forgot.html", can_mail=current_state().mailer is not None)


def reset_page(key: str) -> str | Response:
    """Ask for the new password; getting the page does not use the link up."""
    try:
        recovery.owner_of(current_state().services(), key)
    except LinkIsDead as error:
        return dead_link(error, "simpleauth.forgot")
    return render("simpleauth/reset.html")


def send_link(form: ForgotForm) -> None:
    """Send a link, if the address has an account; the answer does not tell."""
    identity = form.email.data or ""
    try:
        normalised = normalise(identity)
        services = current_state().services()
        services.throttle.reserve(RESET, account=normalised, address=client_network())
    except AuthError as error:
        raise refused(error) from error

    deliver(partial(_write, identity=normalised))
    flash(
        texts.gettext(
            "If that address has an account, a link to a new password is on its way."
        )
    )


def reset(form: ResetForm) -> str | None:
    """Set the new password, and lead to the sign-in page."""
    services = current_state().services()
    try:
        user = recovery.finish_reset(services, form.key.data or "", form.new.data or "")
    except WeakPassword as error:
        form.new.errors = [say(error)]
        return None
    except AuthError as error:
        raise refused(error) from error

    # They sign in next, and need not wait for who guesses at the account.
    current_visit().recognise(user, anew=True)
    flash(texts.gettext("Your password is changed. Sign in with the new one."))
    return url_for("simpleauth.login")


def _write(letters: Letters, identity: str) -> None:
    services = current_state().services()
    user = services.users.find(identity)
    if user is None or not may_sign_in(services, user):
        return

    key = recovery.start_reset(services, user, mailed=True)
    letters.send(
        services.attributes.read(user, "email"),
        "reset",
        link=letters.site.url("simpleauth.reset_page", key=key),
        minutes=recovery.RESET.lifetime // 60,
    )
