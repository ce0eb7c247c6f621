"""The forms of our pages; each can stand on any page of the app."""

from __future__ import annotations

from flask import request
from flask_nameform import Form
from wtforms import EmailField, HiddenField, PasswordField, StringField, SubmitField
from wtforms.validators import DataRequired, Length

from .flows import MAX_IDENTITY, MAX_NAME
from .guards import home, seal_next


def _sealed_next() -> str:
    """Return where to go afterwards; on any other page than ours, nowhere."""
    if request.blueprint != "simpleauth":
        return ""
    return request.args.get("next") or seal_next(home())


class LoginForm(Form):
    """Sign in."""

    email = EmailField(
        "E-mail address",
        [DataRequired("Enter your e-mail address."), Length(max=MAX_IDENTITY)],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        "Password",
        [DataRequired("Enter your password.")],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField(default=_sealed_next)
    submit = SubmitField("Sign in")


class SignupForm(Form):
    """Make an account."""

    name = StringField(
        "Your name",
        [DataRequired("Enter your name."), Length(max=MAX_NAME)],
        description="As the site should greet you.",
        render_kw={"autocomplete": "name"},
    )
    email = EmailField(
        "E-mail address",
        [DataRequired("Enter your e-mail address."), Length(max=MAX_IDENTITY)],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        "Password",
        [DataRequired("Enter a password.")],
        description="Long is good: a few words together, for instance.",
        render_kw={"autocomplete": "new-password"},
    )
    next = HiddenField(default=_sealed_next)
    submit = SubmitField("Sign up")


class LogoutForm(Form):
    """Sign out."""

    submit = SubmitField("Sign out")
