"""Signing in, up and out: the pages, and what their forms do."""

from __future__ import annotations

from flask import Response, abort
from flask_nameform import FormError

from . import flows
from .errors import AuthError, InvalidIdentity, Taken, WeakPassword
from .forms import LoginForm, LogoutForm, SignupForm
from .pages import go_home, refused, render
from .state import current_state
from .texts import say, texts
from .visit import client_network, current_visit
from .way_back import home, open_next


def login_page() -> str | Response:
    """Show the sign-in form, to who is not signed in."""
    if current_visit().user is not None:
        return go_home()
    return render("simpleauth/login.html", sign_up=_sign_up_is_open())


def signup_page() -> str | Response:
    """Show the sign-up form, if visitors may sign up."""
    if not _sign_up_is_open():
        abort(404)
    if current_visit().user is not None:
        return go_home()
    return render("simpleauth/signup.html")


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
    except AuthError as error:
        raise refused(error) from error

    return open_next(form.next.data or "")


def sign_up(form: SignupForm) -> str | None:
    """Make an account and sign in."""
    if not _sign_up_is_open():
        raise FormError(
            texts.gettext("Nobody can sign up here at the moment."), status=403
        )

    try:
        user = flows.sign_up(
            current_state().services(),
            form.email.data or "",
            form.password.data or "",
            name=form.name.data or "",
            address=client_network(),
        )
    except (InvalidIdentity, Taken) as error:
        form.email.errors = [say(error)]
        return None
    except WeakPassword as error:
        form.password.errors = [say(error)]
        return None
    except AuthError as error:
        raise refused(error) from error

    current_visit().sign_in(user)
    return open_next(form.next.data or "")


def log_out(form: LogoutForm) -> str:
    """Sign out."""
    current_visit().sign_out()
    return home()


def _sign_up_is_open() -> bool:
    return current_state().settings().sign_up == "open"
