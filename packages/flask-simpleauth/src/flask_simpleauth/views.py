"""Signing in and out: the pages, and what their forms do."""

from __future__ import annotations

from flask import Response
from flask_nameform import FormError

from . import unlocking
from .errors import AuthError, BadCredentials, Throttled
from .forms import LoginForm, LogoutForm, has_usernames
from .pages import go_home, go_on, refused, render
from .sign_up_modes import is_open
from .state import current_state
from .texts import say, texts
from .visit import current_visit
from .way_back import home, open_next


def login_page() -> str | Response:
    """Show the sign-in form, to who is not signed in."""
    if current_visit().user is not None:
        return go_on()
    return render("simpleauth/login.html", sign_up=is_open())


def logout_page() -> str | Response:
    """Show the button that signs out; a mere link could be set by any other site."""
    if current_visit().user is None:
        return go_home()
    return render("simpleauth/logout.html")


def log_in(form: LoginForm) -> str | None:
    """Sign in who the form says, if the password agrees."""
    try:
        current_visit().sign_in_with(
            form.email.data or "",
            form.password.data or "",
            remember=bool(form.remember.data),
        )
    except Throttled as error:
        raise _must_wait(error, form.email.data or "") from error
    except BadCredentials as error:
        raise FormError(_no_match(error), status=error.status) from error
    except AuthError as error:
        raise refused(error) from error

    return open_next(form.next.data or "")


def _no_match(error: BadCredentials) -> str:
    if not has_usernames():
        return say(error)
    return texts.gettext(
        "That e-mail address or user name and that password do not match an account."
    )


def _must_wait(error: Throttled, identity: str) -> FormError:
    """Refuse for a while; the owner of the account gets a mail if they are who waits.

    The answer is the same if there is no such account.
    """
    if not error.by_account or current_state().mailer is None:
        return refused(error)

    unlocking.offer(identity)
    return refused(
        error,
        texts.gettext(
            "If this is your account, you need not: within %(minutes)s minutes a link"
            " that we have sent you by mail lets you sign in at once, and a new"
            " password does at any time.",
            minutes=unlocking.LINK.lifetime // 60,
        ),
    )


def log_out(form: LogoutForm) -> str:
    """Sign out."""
    current_visit().sign_out()
    return home()
