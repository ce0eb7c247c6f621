"""The blueprint: which page is where, and which form does what."""

from __future__ import annotations

from flask import Blueprint, Response
from flask_nameform import Forms

from . import account, contact, forgotten, joining, leaving, session_list, views
from .forms import (
    AddressForm,
    ConfirmAddressForm,
    ConfirmForm,
    ForgotForm,
    LoginForm,
    LogoutForm,
    PasswordForm,
    ResetForm,
    SendConfirmationForm,
    SignupForm,
)
from .state import KEY
from .texts import texts

_ = texts.lazy


def make_blueprint(url_prefix: str, sign_up_form: type[SignupForm]) -> Blueprint:
    """Return the blueprint with our pages, templates and forms, for one app."""
    blueprint = Blueprint(
        KEY, __name__, url_prefix=url_prefix, template_folder="templates"
    )
    blueprint.add_url_rule("/login", "login", views.login_page)
    blueprint.add_url_rule("/signup", "signup", joining.signup_page)
    blueprint.add_url_rule("/signup/<key>", "join_page", joining.join_page)
    blueprint.add_url_rule("/logout", "logout", views.logout_page)
    blueprint.add_url_rule("/account", "account", account.account_page)
    blueprint.add_url_rule("/delete", "delete", leaving.delete_page)
    blueprint.add_url_rule("/confirm", "confirm", account.confirm_page)
    blueprint.add_url_rule("/address/<key>", "address_page", contact.address_page)
    blueprint.add_url_rule("/forgot", "forgot", forgotten.forgot_page)
    blueprint.add_url_rule("/reset/<key>", "reset_page", forgotten.reset_page)
    blueprint.after_request(_forbid_storing)
    blueprint.add_app_template_global(texts.gettext, "auth_text")

    forms = Forms(blueprint=blueprint)
    forms.add("login", LoginForm, handler=views.log_in, title=_("Sign in"))
    forms.add("signup", sign_up_form, handler=joining.sign_up, title=_("Sign up"))
    forms.add("logout", LogoutForm, handler=views.log_out, title=_("Sign out"))
    forms.add(
        "password",
        PasswordForm,
        handler=account.change_password,
        title=_("Change your password"),
    )
    forms.add(
        "other-sessions",
        session_list.OtherSessionsForm,
        handler=session_list.end_other_sessions,
        title=_("Sign out everywhere else"),
    )
    forms.add(
        "end-session",
        session_list.EndSessionForm,
        handler=session_list.end_session,
        load=session_list.find_session,
        title=_("Sign out a device"),
    )
    forms.add(
        "confirm",
        ConfirmForm,
        handler=account.confirm,
        title=_("Your password, please"),
    )
    forms.add(
        "address",
        AddressForm,
        handler=contact.change,
        title=_("Change your e-mail address"),
    )
    forms.add(
        "send-confirmation",
        SendConfirmationForm,
        handler=contact.send_confirmation,
        title=_("Confirm your e-mail address"),
    )
    forms.add(
        "confirm-address",
        ConfirmAddressForm,
        handler=contact.confirm,
        title=_("Confirm your e-mail address"),
    )
    forms.add(
        "forgot", ForgotForm, handler=forgotten.send_link, title=_("A new password")
    )
    forms.add(
        "reset", ResetForm, handler=forgotten.reset, title=_("Set a new password")
    )
    forms.add(
        "export", leaving.ExportForm, handler=leaving.export, title=_("Your data")
    )
    forms.add(
        "delete",
        leaving.DeleteForm,
        handler=leaving.delete,
        title=_("Delete your account"),
    )
    return blueprint


def _forbid_storing(response: Response) -> Response:
    """Keep our pages out of every cache, the browser's own too."""
    response.cache_control.private = None
    response.cache_control.no_store = True
    response.headers.setdefault("Referrer-Policy", "same-origin")
    return response
