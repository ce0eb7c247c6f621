"""Signing up: at once, with a link that was asked for, or by invitation."""

from __future__ import annotations

from functools import partial

from flask import Response, flash
from flask_nameform import FormError

from . import flows, invitations
from .errors import (
    AuthError,
    InvalidIdentity,
    InvalidUsername,
    Taken,
    UsernameTaken,
    WeakPassword,
)
from .forms import SignupForm
from .identity import normalise
from .letters import Letters, deliver
from .origin import current_site
from .pages import go_on, refused, render
from .proxies import client_network
from .refusals import dead_link
from .sign_up_modes import good_links, is_open
from .state import current_state
from .texts import say, texts
from .throttling import SIGN_UP
from .visit import current_visit
from .way_back import open_next


def signup_page() -> str | Response | tuple[str, int]:
    """Show the sign-up form, or say that visitors cannot sign up."""
    if current_visit().user is not None:
        return go_on()
    if not is_open():
        mode = current_state().settings().sign_up
        return render("simpleauth/no_signup.html", mode=mode), 403
    return render("simpleauth/signup.html")


def join_page(key: str) -> str | Response:
    """Show the sign-up form for the address that the link was sent to."""
    services = current_state().services()
    try:
        invitations.read(services, key, good_links())
    except Taken as error:
        return dead_link(error)
    except AuthError as error:
        return dead_link(error, "simpleauth.signup" if is_open() else None)
    return render("simpleauth/signup.html")


def sign_up(form: SignupForm) -> str | None:
    """Do what the form asks for: it depends on how the visitor came to it."""
    if form.key.data:
        return _join(form)
    if not is_open():
        raise FormError(
            texts.gettext("Nobody can sign up here at the moment."), status=403
        )
    if form.is_for_the_address:
        _send_link(form)
        return None
    return _sign_up_at_once(form)


def invite(address: str, role: str | None = None) -> str:
    """Invite somebody, by mail if that can be sent, and return the link.

    :raises AuthError: as :func:`.invitations.invite`.
    :raises RuntimeError: where invitations open nothing.
    """
    state = current_state()
    if not good_links():
        raise RuntimeError(
            "SIMPLEAUTH_SIGN_UP is 'closed', so an invitation would open nothing. Set"
            " it to 'invite'."
        )

    key = invitations.invite(state.services(), address, role)
    if state.mailer is not None:
        deliver(partial(_write_invitation, address=normalise(address), key=key))
    return current_site().url("simpleauth.join_page", key=key)


def _sign_up_at_once(form: SignupForm) -> str | None:
    try:
        user = flows.sign_up(
            current_state().services(),
            form.email.data or "",
            form.password.data or "",
            name=form.name_text,
            username=form.username_text,
            own=form.own_values(),
            address=client_network(),
        )
    except (InvalidUsername, UsernameTaken) as error:
        form.username.errors = [say(error)]
        return None
    except (InvalidIdentity, Taken) as error:
        form.email.errors = [say(error)]
        return None
    except WeakPassword as error:
        form.password.errors = [say(error)]
        return None
    except AuthError as error:
        raise refused(error) from error

    current_visit().sign_in(user)
    return open_next(form.next.data or "")


def _send_link(form: SignupForm) -> None:
    """Send a mail to the address; the answer does not tell if it has an account."""
    services = current_state().services()
    try:
        address = normalise(form.email.data or "")
        services.throttle.reserve(SIGN_UP, account=address, address=client_network())
    except InvalidIdentity as error:
        form.email.errors = [say(error)]
        return
    except AuthError as error:
        raise refused(error) from error

    back = open_next(form.next.data or "")
    deliver(partial(_write_to_visitor, address=address, back=back))
    flash(texts.gettext("We have sent you a mail. Open the link in it to go on."))


def _join(form: SignupForm) -> str | None:
    try:
        user, invitation = invitations.accept(
            current_state().services(),
            form.key.data or "",
            form.password.data or "",
            good_links(),
            name=form.name_text,
            username=form.username_text,
            own=form.own_values(),
        )
    except (InvalidUsername, UsernameTaken) as error:
        form.username.errors = [say(error)]
        return None
    except WeakPassword as error:
        form.password.errors = [say(error)]
        return None
    except AuthError as error:
        raise refused(error) from error

    current_visit().sign_in(user)
    return invitation.back or open_next(form.next.data or "")


def _write_to_visitor(letters: Letters, address: str, back: str | None) -> None:
    """Write to who wants to sign up: a link, or that they have an account."""
    services = current_state().services()
    # Made in either case, so that both take the same time.
    key = invitations.start_sign_up(services, address, back=back)
    owner = services.users.find(address)
    if owner is None:
        link = letters.site.url("simpleauth.join_page", key=key)
        hours = invitations.SIGN_UP.lifetime // 3600
        letters.send(address, "sign-up", link=link, hours=hours)
    else:
        letters.send(
            services.attributes.read(owner, "email"),
            "have-account",
            login=letters.site.url("simpleauth.login"),
            forgot=letters.site.url("simpleauth.forgot"),
        )


def _write_invitation(letters: Letters, address: str, key: str) -> None:
    link = letters.site.url("simpleauth.join_page", key=key)
    days = invitations.INVITE.lifetime // (24 * 3600)
    letters.send(address, "invitation", link=link, days=days)
