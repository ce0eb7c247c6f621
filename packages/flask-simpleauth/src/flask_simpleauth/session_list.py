"""Where one is signed in: the list, and ending one session or all others."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any, NamedTuple

from flask import flash
from flask_nameform import Form
from wtforms import HiddenField, SubmitField

from . import ending
from .guards import JUST_SHOWN, guard
from .state import current_state
from .store import Token
from .texts import texts
from .visit import current_visit
from .way_back import home

_ = texts.lazy

# Of the digest, which is no secret: enough to tell a user's sessions apart.
_ID_LENGTH = 16


class SessionView(NamedTuple):
    """A session as its owner sees it."""

    #: What tells it from the others.
    session: str
    device: str
    started_at: datetime
    used_at: datetime
    #: The one that is looking.
    is_this: bool

    @classmethod
    def of(cls, token: Token, this: Token | None) -> SessionView:
        """Return the view of a session's token."""
        return cls(
            session=token.digest[:_ID_LENGTH],
            device=token.label,
            started_at=datetime.fromtimestamp(token.created_at, timezone.utc),
            used_at=datetime.fromtimestamp(token.seen_at, timezone.utc),
            is_this=this is not None and token.digest == this.digest,
        )

    def as_json(self) -> dict[str, Any]:
        """Return the same, its instants as ISO 8601 has them."""
        started, used = self.started_at.isoformat(), self.used_at.isoformat()
        return {**self._asdict(), "started_at": started, "used_at": used}


class EndSessionForm(Form):
    """Sign out one device."""

    session = HiddenField()
    submit = SubmitField(_("Sign out"))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        shown: SessionView | None = kwargs.get("obj")
        if shown is not None:
            # There is a list of these buttons, and each needs a name of its own.
            self.submit.render_kw = {"aria-label": _label(shown)}


class OtherSessionsForm(Form):
    """Sign out everywhere else."""

    submit = SubmitField(_("Sign out everywhere else"))


def own_sessions() -> list[SessionView]:
    """Return where the visitor is signed in, the last used first."""
    visit = current_visit()
    return [SessionView.of(token, visit.token) for token in visit.sessions]


def find_session(session: str = "") -> SessionView | None:
    """Return the session of the visitor that a form is about, if it still runs."""
    return next((own for own in own_sessions() if own.session == session), None)


def _end_session(form: EndSessionForm, _shown: SessionView | None) -> str | None:
    """End the session that was posted, if it is one of the visitor's."""
    visit, services = current_visit(), current_state().services()
    wanted = form.session.data or ""
    for token in visit.sessions:
        if token.digest[:_ID_LENGTH] != wanted:
            continue
        if visit.token is not None and token.digest == visit.token.digest:
            visit.sign_out()
            return home()
        ending.end_session(services, visit.user, token)

    flash(texts.gettext("That device is signed out."))
    return None


def _end_other_sessions(form: OtherSessionsForm) -> None:
    """End all sessions but the one at hand."""
    visit, services = current_visit(), current_state().services()
    ending.end_sessions(services, visit.user, keep=visit.token)
    flash(texts.gettext("Other devices are signed out."))


def _label(view: SessionView) -> str:
    return texts.gettext(
        "Sign out %(device)s, last used %(time)s",
        device=view.device or texts.gettext("A program"),
        time=f"{view.used_at:%Y-%m-%d %H:%M UTC}",
    )


end_session = guard(_end_session, JUST_SHOWN)
end_other_sessions = guard(_end_other_sessions, JUST_SHOWN)
