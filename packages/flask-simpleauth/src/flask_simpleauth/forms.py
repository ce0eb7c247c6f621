"""The forms of our pages; each can stand on any page of the app."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from flask import request
from flask_nameform import Form
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    HiddenField,
    PasswordField,
    StringField,
    SubmitField,
)
from wtforms.validators import DataRequired, Length
from wtforms.widgets import TextInput

from . import invitations, recovery
from .errors import AuthError
from .identity import MAX_IDENTITY, MAX_NAME, MAX_USERNAME
from .secret_text import Secret
from .sign_up_modes import good_links
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


def _key_of_an_invitation() -> str:
    is_there = request.endpoint == "simpleauth.join_page"
    return _key_in_the_address() if is_there else ""


def _key_in_the_address() -> str:
    return str((request.view_args or {}).get("key", ""))


def has_usernames() -> bool:
    """Tell whether one may sign in with a user name here."""
    return current_state().services().attributes.username is not None


def _email_field() -> EmailField:
    return EmailField(
        _("E-mail address"),
        [DataRequired(_("Enter your e-mail address.")), Length(max=MAX_IDENTITY)],
        render_kw={"autocomplete": "username"},
    )


class _Secretive:
    """Keeps what was typed out of reprs."""

    data: Any

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)  # type: ignore[misc] # that of the field
        if isinstance(self.data, str):
            self.data = Secret(self.data)


class SecretField(_Secretive, PasswordField):
    """A field for a password."""


class KeyField(_Secretive, HiddenField):
    """A field for the key of a link."""


class LoginForm(Form):
    """Sign in."""

    #: Or the user name, where your class has one to sign in with.
    email = _email_field()
    password = SecretField(
        _("Password"),
        [DataRequired(_("Enter your password."))],
        render_kw={"autocomplete": "current-password"},
    )
    remember = BooleanField(_("Stay signed in on this device"))
    next = HiddenField(default=_sealed_next)
    submit = SubmitField(_("Sign in"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_usernames():
            self.email.label.text = texts.gettext("E-mail address or user name")
            self.email.widget = TextInput()


class SignupForm(Form):
    """Make an account.

    Where mail can be sent it asks for the address first, and for the rest who has
    opened the link that was sent there. A subclass may have more fields:

    .. code-block:: python

        class MemberForm(SignupForm):
            city = StringField("Where do you live?")

            def own_values(self) -> dict[str, Any]:
                return {"city": self.city.data}

        auth = SimpleAuth(sign_up_form=MemberForm)
    """

    key = KeyField(default=_key_of_an_invitation)
    #: Not there unless your class keeps it.
    name = StringField(
        _("Your name"),
        [DataRequired(_("Enter your name.")), Length(max=MAX_NAME)],
        description=_("As the site should greet you."),
        render_kw={"autocomplete": "name"},
    )
    email = _email_field()
    #: Not there unless your class has one to sign in with.
    username = StringField(
        _("User name"),
        [DataRequired(_("Enter a user name.")), Length(max=MAX_USERNAME)],
        description=_("You can sign in with it, too."),
        render_kw={"autocomplete": "nickname"},
    )
    password = SecretField(
        _("Password"),
        [DataRequired(_("Enter a password."))],
        description=_("Long is good: a few words together, for instance."),
        render_kw={"autocomplete": "new-password"},
    )
    next = HiddenField(default=_sealed_next)
    submit = SubmitField(_("Sign up"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

        #: Whether it asks for no more than the address yet.
        self.is_for_the_address = False
        if current_state().services().attributes.name is None:
            del self["name"]
        if not has_usernames():
            del self["username"]
        if self.key.data:
            self._settle_the_address(self.key.data)
        elif current_state().mailer is not None:
            self._ask_for_the_address()

    def __iter__(self) -> Iterator[Field]:
        """Give the button last, below the fields of a subclass."""
        fields = list(super().__iter__())
        return iter(sorted(fields, key=lambda field: field.name == "submit"))

    @property
    def name_text(self) -> str:
        """The name that was typed, if one was asked for."""
        return (self["name"].data or "") if "name" in self else ""

    @property
    def username_text(self) -> str:
        """The user name that was typed, if one was asked for."""
        return (self["username"].data or "") if "username" in self else ""

    def own_values(self) -> dict[str, Any]:
        """Return what else a new user has, by the names of your user class."""
        return {}

    def _settle_the_address(self, key: str) -> None:
        with suppress(AuthError):
            services = current_state().services()
            self.email.data = invitations.read(services, key, good_links()).address
        # It is the link that tells, whatever is sent.
        self.email.validators = ()
        self.email.render_kw = {"autocomplete": "username", "readonly": True}

    def _ask_for_the_address(self) -> None:
        self.is_for_the_address = True
        self.email.description = _("We send you a link with which you can go on.")
        for field in list(self):
            if field.name not in ("key", "email", "next", "submit"):
                del self[field.name]


class LogoutForm(Form):
    """Sign out."""

    submit = SubmitField(_("Sign out"))


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

    password = SecretField(
        _("Password"),
        [DataRequired(_("Enter your password."))],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField(default=lambda: current_visit().way_back or _sealed_next())
    interrupted = HiddenField(default=lambda: current_visit().interrupted)
    submit = SubmitField(_("Continue"))


class PasswordForm(_OwnForm):
    """Change your password."""

    current = SecretField(
        _("Current password"),
        [DataRequired(_("Enter your current password."))],
        render_kw={"autocomplete": "current-password"},
    )
    new = SecretField(
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
    current = SecretField(
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

    key = KeyField(default=_key_in_the_address)
    submit = SubmitField(_("This is my address"))


class ForgotForm(Form):
    """Ask for a link to a new password."""

    email = _email_field()
    submit = SubmitField(_("Send me a link"))


class UnlockForm(Form):
    """Sign in again at once, with a link."""

    key = KeyField(default=_key_in_the_address)
    submit = SubmitField(_("Sign in again"))


def _email_of_the_links_owner() -> str:
    services = current_state().services()
    with suppress(AuthError):
        owner = recovery.owner_of(services, _key_in_the_address())
        return str(services.attributes.read(owner, "email"))
    return ""


class ResetForm(Form):
    """Set a new password, with a link."""

    # For password managers; nothing here reads it.
    email = EmailField(
        _("E-mail address"),
        default=_email_of_the_links_owner,
        render_kw={"autocomplete": "username", "readonly": True},
    )
    key = KeyField(default=_key_in_the_address)
    new = SecretField(
        _("New password"),
        [DataRequired(_("Enter a new password."))],
        description=_(
            "You will be signed out everywhere, and can then sign in with it."
        ),
        render_kw={"autocomplete": "new-password"},
    )
    submit = SubmitField(_("Set the password"))
