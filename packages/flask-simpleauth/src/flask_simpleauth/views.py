"""The pages, and what happens when their forms are posted."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, abort, redirect
from flask_nameform import FormError, Forms

from . import flows
from .errors import AuthError, InvalidIdentity, Taken, TryLater, WeakPassword
from .forms import LoginForm, LogoutForm, SignupForm
from .guards import home, open_next
from .state import KEY, current_state
from .visit import client_network, current_visit


def make_blueprint(url_prefix: str) -> Blueprint:
    """Return the blueprint with our pages, templates and forms, for one app."""
    blueprint = Blueprint(
        KEY, __name__, url_prefix=url_prefix, template_folder="templates"
    )
    blueprint.add_url_rule("/login", "login", login_page)
    blueprint.add_url_rule("/signup", "signup", signup_page)
    blueprint.add_url_rule("/logout", "logout", logout_page)
    blueprint.after_request(_forbid_storing)

    forms = Forms(blueprint=blueprint)
    forms.add("login", LoginForm, handler=log_in)
    forms.add("signup", SignupForm, handler=sign_up)
    forms.add("logout", LogoutForm, handler=log_out)
    return blueprint


def login_page() -> str | Response:
    """Show the sign-in form."""
    return _page("simpleauth/login.html", sign_up=_sign_up_is_open())


def signup_page() -> str | Response:
    """Show the sign-up form, if visitors may sign up."""
    if not _sign_up_is_open():
        abort(404)
    return _page("simpleauth/signup.html")


def logout_page() -> str | Response:
    """Show the button that signs out; a mere link could be set by any other site."""
    if current_visit().user is None:
        return cast(Response, redirect(home(), 303))
    return _render("simpleauth/logout.html")


def log_in(form: LoginForm) -> str | None:
    """Sign in who the form says, if the password agrees."""
    try:
        user = flows.authenticate(
            current_state().services(),
            form.email.data or "",
            form.password.data or "",
            address=client_network(),
        )
    except AuthError as error:
        raise _refused(error) from error

    current_visit().sign_in(user)
    return open_next(form.next.data or "")


def sign_up(form: SignupForm) -> str | None:
    """Make an account and sign in."""
    if not _sign_up_is_open():
        raise FormError("Nobody can sign up here at the moment.", status=403)

    try:
        user = flows.sign_up(
            current_state().services(),
            form.email.data or "",
            form.password.data or "",
            name=form.name.data or "",
            address=client_network(),
        )
    except (InvalidIdentity, Taken) as error:
        form.email.errors = [str(error)]
        return None
    except WeakPassword as error:
        form.password.errors = [str(error)]
        return None
    except AuthError as error:
        raise _refused(error) from error

    current_visit().sign_in(user)
    return open_next(form.next.data or "")


def log_out(form: LogoutForm) -> str:
    """Sign out."""
    current_visit().sign_out()
    return home()


def _refused(error: AuthError) -> FormError:
    """Return what shows the form again with the error and its status."""
    headers: dict[str, str] = {}
    if isinstance(error, TryLater):
        headers["Retry-After"] = str(error.retry_after)
    return FormError(str(error), status=error.status, headers=headers)


def _sign_up_is_open() -> bool:
    return current_state().settings().sign_up == "open"


def _page(template: str, **context: object) -> str | Response:
    """Render a page for visitors; who is signed in already has no need of it."""
    if current_visit().user is not None:
        return cast(Response, redirect(home(), 303))
    return _render(template, **context)


def _render(template: str, **context: object) -> str:
    state = current_state()
    return state.layout.render(template, state.settings().base_template, **context)


def _forbid_storing(response: Response) -> Response:
    """Keep our pages out of every cache, the browser's own too."""
    response.cache_control.private = None
    response.cache_control.no_store = True
    response.headers.setdefault("Referrer-Policy", "same-origin")
    return response
