"""API tokens as their owner has them: the list, making one, ending one."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple

from flask import Response, flash, jsonify, make_response
from flask_nameform import Form
from wtforms import (
    HiddenField,
    IntegerField,
    SelectMultipleField,
    StringField,
    SubmitField,
)
from wtforms.validators import DataRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from .ending import revoke_api_token
from .errors import AuthError
from .flows import create_api_token as make_api_token
from .guards import JUST_SHOWN, Requirement, guard
from .identity import clean_name
from .pages import refused, render
from .permissions import permissions_of
from .proxies import client_network
from .refusals import wants_json
from .state import current_state
from .store import Token
from .texts import texts
from .throttling import API_TOKEN
from .tokens import NEVER
from .visit import current_visit

_ = texts.lazy

# Of the digest, which is no secret: enough to tell a user's tokens apart.
_ID_LENGTH = 16

_LONGEST_NAME = 100
_LONGEST_DAYS = 3650


class TokenView(NamedTuple):
    """An API token as its owner sees it."""

    #: What tells it from the others; no part of its text.
    token: str
    name: str
    #: The permissions it is limited to; none if it may do all that its owner may.
    scopes: list[str]
    made_at: datetime
    #: ``None`` until it is used.
    used_at: datetime | None
    #: ``None`` if it is good until it is ended.
    ends_at: datetime | None

    @classmethod
    def of(cls, token: Token) -> TokenView:
        """Return the view of a token."""
        is_used = token.seen_at > token.created_at
        return cls(
            token=token.digest[:_ID_LENGTH],
            name=token.label,
            scopes=list(token.data["scopes"]),
            made_at=_instant(token.created_at),
            used_at=_instant(token.seen_at) if is_used else None,
            ends_at=None if token.expires_at == NEVER else _instant(token.expires_at),
        )

    def as_json(self) -> dict[str, Any]:
        """Return the same, its instants as ISO 8601 has them."""
        return {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in self._asdict().items()
        }


class CreateTokenForm(Form):
    """Make a token for a program."""

    name = StringField(
        _("Name"),
        [DataRequired(_("Enter a name.")), Length(max=_LONGEST_NAME)],
        description=_("By which you will know it: what the program is, say."),
        render_kw={"autocomplete": "off"},
    )
    scopes = SelectMultipleField(
        _("What it may do"),
        description=_("If you choose nothing, it may do all that you may."),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    days = IntegerField(
        _("Days it is good for"),
        [Optional(), NumberRange(min=1, max=_LONGEST_DAYS)],
        description=_("Empty if it is good until you end it."),
        default=90,
    )
    submit = SubmitField(_("Make a token"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user = current_visit().user
        permitted: list[Any] = [] if user is None else sorted(permissions_of(user))
        if permitted:
            self.scopes.choices = permitted
        else:
            del self["scopes"]

    @property
    def wanted_scopes(self) -> list[str]:
        """The permissions that were chosen, if there were any to choose from."""
        return (self["scopes"].data or []) if "scopes" in self else []


class RevokeTokenForm(Form):
    """End a token."""

    token = HiddenField()
    submit = SubmitField(_("End"))

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        shown: TokenView | None = kwargs.get("obj")
        if shown is not None:
            # There is a list of these buttons, and each needs a name of its own.
            label = texts.gettext("End %(name)s", name=shown.name)
            self.submit.render_kw = {"aria-label": label}


def own_tokens() -> list[TokenView]:
    """Return the visitor's tokens, the newest first."""
    return [TokenView.of(token) for token in _tokens()]


def find_token(token: str = "") -> TokenView | None:
    """Return the token of the visitor that a form is about, if it is still there."""
    return next((own for own in own_tokens() if own.token == token), None)


def _tokens_page() -> str | Response:
    own = own_tokens()
    if wants_json():
        return jsonify(api_tokens=[token.as_json() for token in own])
    return render("simpleauth/tokens.html", tokens=own)


def _create_token(form: CreateTokenForm) -> Response | None:
    """Make the token, and show it this once."""
    services, user = current_state().services(), current_visit().user
    name, account = clean_name(form.name.data or ""), str(services.key_of(user))
    if not name:
        form.name.errors = [texts.gettext("Enter a name.")]
        return None
    try:
        services.throttle.reserve(API_TOKEN, account=account, address=client_network())
    except AuthError as error:
        raise refused(error) from error

    days = form.days.data
    text = make_api_token(
        services,
        user,
        name,
        scopes=form.wanted_scopes,
        lifetime=timedelta(days=days) if days else None,
    )
    if wants_json():
        return make_response(jsonify(name=name, token=text), 201)
    header = f"Authorization: Bearer {text}"
    page = render("simpleauth/new_token.html", name=name, text=text, header=header)
    return make_response(page)


def _revoke_token(form: RevokeTokenForm, _shown: TokenView | None) -> None:
    """End the token that was posted, if it is one of the visitor's."""
    services, wanted = current_state().services(), form.token.data or ""
    for token in _tokens():
        if token.digest[:_ID_LENGTH] == wanted:
            revoke_api_token(services, current_visit().user, token)
    flash(texts.gettext("That token is good for nothing any more."))


def _tokens() -> list[Token]:
    services = current_state().services()
    return services.api_tokens.list_for(services.key_of(current_visit().user))


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, timezone.utc)


tokens_page = guard(_tokens_page, Requirement())
create_token = guard(_create_token, JUST_SHOWN)
revoke_token = guard(_revoke_token, Requirement())
