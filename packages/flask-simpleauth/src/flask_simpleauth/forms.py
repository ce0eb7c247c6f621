"""The forms of our pages; each can stand on any page of the app."""

from __future__ import annotations

from flask import request
from flask_nameform import Form
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    PasswordField,
    StringField,
    SubmitField,
)
from wtforms.validators import DataRequired, Length

from .flows import MAX_NAME
from .identity import MAX_IDENTITY
from .state import current_state
from .texts import texts
from .visit import current_visit
from .way_back import home, seal_next

_ = texts.lazy


def _sealed_next() -> str:
    """Return where to go afterwards; on any other page than ours, nowhere."""
    if request.blueprint != "simpleauth":
        return ""
    return request.args.get("next") or seal_next(home())


def _email_field() -> EmailField:
    return EmailField(
        _("E-mail address"),
        [DataRequired(_("Enter your e-mail address.")), Length(max=MAX_IDENTITY)],
        render_kw={"autocomplete": "username"},
    )


class LoginForm(Form):
    """Sign in."""

    email = _email_field()
    password = PasswordField(
        _("Password"),
        [DataRequired(_("Enter your password."))],
        render_kw={"autocomplete": "current-password"},
    )
    remember = BooleanField(_("Stay signed in on this device"))
    next = HiddenField(default=_sealed_next)
    submit = SubmitField(_("Sign in"))


class SignupForm(Form):
    """Make an account."""

    name = StringField(
        _("Your name"),
        [DataRequired(_("Enter your name.")), Length(max=MAX_NAME)],
        description=_("As the site should greet you."),
        render_kw={"autocomplete": "name"},
    )
    email = _email_field()
    password = PasswordField(
        _("Password"),
        [DataRequired(_("Enter a password."))],
        description=_("Long is good: a few words together, for instance."),
        render_kw={"autocomplete": "new-password"},
    )
    next = HiddenField(default=_sealed_next)
    submit = SubmitField(_("Sign up"))


class LogoutForm(Form):
    """Sign out."""

    submit = SubmitField(_("Sign out"))


def _key_in_the_address() -> str:
    return str((request.view_args or {}).get("key", ""))


def _own_email() -> str:
    user = current_visit().user
    attributes = current_state().services().attributes
    return "" if user is None else str(attributes.read(user, "email"))


class _OwnForm(Form):
    """A form that asks who is signed in for their password."""

    # For password managers, which ask whose password it is; nothing here reads it.
    email = EmailField(
        _("E-mail address"),
        default=_own_email,
        render_kw={"autocomplete": "username", "readonly": True},
    )


class ConfirmForm(_OwnForm):
    """Show your password once more."""

    password = PasswordField(
        _("Password"),
        [DataRequired(_("Enter your password."))],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField(default=_sealed_next)
    interrupted = HiddenField(default=lambda: current_visit().interrupted)
    submit = SubmitField(_("Continue"))


class PasswordForm(_OwnForm):
    """Change your password."""

    current = PasswordField(
        _("Current password"),
        [DataRequired(_("Enter your current password."))],
        render_kw={"autocomplete": "current-password"},
    )
    new = PasswordField(
        _("New password"),
        [DataRequired(_("Enter a new password."))],
        description=_("All your other devices will be signed out."),
        render_kw={"autocomplete": "new-password"},
    )
    submit = SubmitField(_("Change the password"))


class AddressForm(_OwnForm):
    """Change your address."""

    new = EmailField(
        _("New e-mail address"),
        [DataRequired(_("Enter the new e-mail address.")), Length(max=MAX_IDENTITY)],
        description=_(
            "We send a link to it, and it is yours once you have opened that."
        ),
        render_kw={"autocomplete": "email"},
    )
    current = PasswordField(
        _("Current password"),
        [DataRequired(_("Enter your current password."))],
        render_kw={"autocomplete": "current-password"},
    )
    submit = SubmitField(_("Change the address"))


class SendConfirmationForm(Form):
    """Ask for a link that confirms your address."""

    submit = SubmitField(_("Send me a link"))


class ConfirmAddressForm(Form):
    """Make an address yours, with a link."""

    key = HiddenField(default=_key_in_the_address)
    submit = SubmitField(_("This is my address"))


class OtherSessionsForm(Form):
    """Sign out everywhere else."""

    submit = SubmitField(_("Sign out everywhere else"))


class ForgotForm(Form):
    """Ask for a link to a new password."""

    email = _email_field()
    submit = SubmitField(_("Send me a link"))


class ResetForm(Form):
    """Set a new password, with a link."""

    key = HiddenField(default=_key_in_the_address)
    new = PasswordField(
        _("New password"),
        [DataRequired(_("Enter a new password."))],
        description=_(
            "You will be signed out everywhere, and can then sign in with it."
        ),
        render_kw={"autocomplete": "new-password"},
    )
    submit = SubmitField(_("Set the password"))
