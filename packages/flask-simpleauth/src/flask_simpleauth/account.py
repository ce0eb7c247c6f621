"""For who is signed in: the account page, the password, and showing it once more."""

from __future__ import annotations

from flask import Response, flash, jsonify, make_response

from . import flows
from .confirmation import is_confirmed
from .errors import AuthError, BadCredentials, WeakPassword
from .forms import ConfirmForm, PasswordForm
from .guards import Requirement, guard
from .pages import refused, render
from .refusals import wants_json
from .resume import open_request
from .session_list import own_sessions
from .state import current_state
from .takeout import account_data
from .texts import say, texts
from .token_list import own_tokens
from .visit import current_client, current_visit
from .way_back import open_next


def _account_page() -> str | Response:
    """Show what one can do with the account; to a script, what is known of it."""
    state, user = current_state(), current_visit().user
    services, sessions = state.services(), own_sessions()
    if wants_json():
        return jsonify(
            account=account_data(services, user),
            sessions=[session.as_json() for session in sessions],
            api_tokens=[token.as_json() for token in own_tokens()],
        )

    can_mail = state.mailer is not None
    return render(
        "simpleauth/account.html",
        address=services.attributes.read(user, "email"),
        sessions=sessions,
        can_mail=can_mail,
        is_confirmed=can_mail and is_confirmed(services, user),
    )


def _confirm_page() -> str:
    """Ask for the password once more."""
    return render("simpleauth/confirm.html")


def _confirm(form: ConfirmForm) -> str | Response | None:
    """Start a new session for who shows the password, and lead back."""
    waiting = open_request(form.interrupted.data or "")
    try:
        current_visit().confirm(form.password.data or "")
    except BadCredentials:
        form.password.errors = [texts.gettext("That is not your password.")]
        return None
    except AuthError as error:
        raise refused(error) from error

    if waiting is not None:
        return make_response(render("simpleauth/continue.html", waiting=waiting))
    return open_next(form.next.data or "")


def _change_password(form: PasswordForm) -> None:
    """Change the password; the session at hand goes on, with a new key."""
    visit = current_visit()
    try:
        flows.change_password(
            current_state().services(),
            visit.user,
            form.current.data or "",
            form.new.data or "",
            current_client(),
        )
    except BadCredentials:
        form.current.errors = [texts.gettext("That is not your current password.")]
        return
    except WeakPassword as error:
        form.new.errors = [say(error)]
        return
    except AuthError as error:
        raise refused(error) from error

    if visit.has_session:
        visit.sign_in(visit.user, remember=visit.is_remembered)
    flash(texts.gettext("Your password is changed. Other devices are signed out."))


account_page = guard(_account_page, Requirement())
confirm_page = guard(_confirm_page, Requirement())
confirm = guard(_confirm, Requirement())
change_password = guard(_change_password, Requirement())
