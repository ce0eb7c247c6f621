"""The blueprint: which page is where, and which form does what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request
from flask_nameform import Forms

from . import (
    account,
    contact,
    forgotten,
    joining,
    leaving,
    session_list,
    token_list,
    unlocking,
    views,
)
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
    UnlockForm,
)
from .state import KEY
from .texts import texts

_ = texts.lazy


_PAGES: dict[str, tuple[str, Callable[..., Any]]] = {
    "/login": ("login", views.login_page),
    "/signup": ("signup", joining.signup_page),
    "/signup/<key>": ("join_page", joining.join_page),
    "/tokens": ("tokens", token_list.tokens_page),
    "/logout": ("logout", views.logout_page),
    "/account": ("account", account.account_page),
    "/delete": ("delete", leaving.delete_page),
    "/confirm": ("confirm", account.confirm_page),
    "/address/<key>": ("address_page", contact.address_page),
    "/forgot": ("forgot", forgotten.forgot_page),
    "/reset/<key>": ("reset_page", forgotten.reset_page),
    "/unlock/<key>": ("unlock_page", unlocking.unlock_page),
}


def make_blueprint(url_prefix: str, sign_up_form: type[SignupForm]) -> Blueprint:
    """Return the blueprint with our pages, templates and forms, for one app."""
    blueprint = Blueprint(
        KEY,
        __name__,
        url_prefix=url_prefix,
        template_folder="templates",
        static_folder="static",
    )
    for path, (endpoint, page) in _PAGES.items():
        blueprint.add_url_rule(path, endpoint, page)
    blueprint.after_request(_forbid_storing)
    blueprint.add_app_template_global(texts.gettext, "auth_text")

    _add_forms(Forms(blueprint=blueprint), sign_up_form)
    return blueprint


def _add_forms(forms: Forms, sign_up_form: type[SignupForm]) -> None:
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
        "create-token",
        token_list.CreateTokenForm,
        handler=token_list.create_token,
        title=_("A new token"),
    )
    forms.add(
        "revoke-token",
        token_list.RevokeTokenForm,
        handler=token_list.revoke_token,
        load=token_list.find_token,
        title=_("End a token"),
    )
    forms.add("unlock", UnlockForm, handler=unlocking.unlock, title=_("Sign in again"))
    forms.add(
        "export", leaving.ExportForm, handler=leaving.export, title=_("Your data")
    )
    forms.add(
        "delete",
        leaving.DeleteForm,
        handler=leaving.delete,
        title=_("Delete your account"),
    )


def _forbid_storing(response: Response) -> Response:
    """Keep our pages out of every cache, the browser's own too."""
    if request.endpoint == f"{KEY}.static":
        return response
    response.cache_control.private = None
    response.cache_control.no_store = True
    response.headers.setdefault("Referrer-Policy", "same-origin")
    return response
