"""For who is signed in: the account page, the password, and showing it once more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone

from flask import Response, flash, make_response

from . import flows
from .confirmation import is_confirmed
from .errors import AuthError, BadCredentials, WeakPassword
from .forms import ConfirmForm, OtherSessionsForm, PasswordForm
from .guards import Requirement, guard
from .pages import refused, render
from .resume import open_request
from .state import current_state
from .store import Token
from .texts import say, texts
from .visit import client_network, current_visit
from .way_back import open_next


@dataclass(frozen=True)
class SessionView:
    """A session as its owner sees it."""

    device: str
    started_at: datetime
    used_at: datetime
    #: The one that is looking.
    is_this: bool

    @classmethod
    def of(cls, token: Token, this: Token | None) -> SessionView:
        """Return the view of a session's token."""
        return cls(
            device=token.label,
            started_at=datetime.fromtimestamp(token.created_at, timezone.utc),
            used_at=datetime.fromtimestamp(token.seen_at, timezone.utc),
            is_this=this is not None and token.digest == this.digest,
        )


def _account_page() -> str:
    """Show what one can do with the account."""
    visit, services = current_visit(), current_state().services()
    tokens = services.sessions.list_for(services.attributes.read(visit.user, "id"))
    can_mail = current_state().mailer is not None
    return render(
        "simpleauth/account.html",
        sessions=[SessionView.of(token, visit.token) for token in tokens],
        can_mail=can_mail,
        is_confirmed=can_mail and is_confirmed(services, visit.user),
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
            address=client_network(),
        )
    except BadCredentials:
        form.current.errors = [texts.gettext("That is not your current password.")]
        return
    except WeakPassword as error:
        form.new.errors = [say(error)]
        return
    except AuthError as error:
        raise refused(error) from error

    visit.sign_in(visit.user, remember=visit.is_remembered)
    flash(texts.gettext("Your password is changed. Other devices are signed out."))


def _end_other_sessions(form: OtherSessionsForm) -> None:
    """End all sessions but the one at hand."""
    visit, services = current_visit(), current_state().services()
    user_id = services.attributes.read(visit.user, "id")
    services.sessions.end_others(user_id, keep=visit.token)
    flash(texts.gettext("Other devices are signed out."))


account_page = guard(_account_page, Requirement())
confirm_page = guard(_confirm_page, Requirement())
confirm = guard(_confirm, Requirement())
change_password = guard(_change_password, Requirement())
end_other_sessions = guard(_end_other_sessions, Requirement())
