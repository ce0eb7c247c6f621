"""The address we write to: confirming it, and changing it, for who is signed in."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, flash, url_for
from flask_nameform import FormError

from . import address
from .authentication import reauthenticate
from .errors import AuthError, BadCredentials, InvalidIdentity, LinkIsDead
from .forms import AddressForm, ConfirmAddressForm, SendConfirmationForm
from .guards import Requirement, guard
from .identity import normalise
from .letters import Letters, deliver
from .pages import refused, render
from .proxies import client_network
from .refusals import dead_link
from .state import current_state
from .texts import say, texts
from .throttling import ADDRESS
from .visit import current_client, current_visit

_AGAIN = "simpleauth.account"


def _send_confirmation(form: SendConfirmationForm) -> None:
    """Send a link to the address the account has."""
    user = current_visit().user
    own = str(current_state().services().attributes.read(user, "email"))
    try:
        _post_link(user, own)
    except AuthError as error:
        raise refused(error) from error


def _change(form: AddressForm) -> None:
    """Send a link to the new address; the answer does not tell whether it is taken."""
    user, services = current_visit().user, current_state().services()
    own = str(services.attributes.read(user, "email"))
    try:
        new = normalise(form.new.data or "")
        if new == own:
            form.new.errors = [texts.gettext("You have that address already.")]
            return
        secret = form.current.data or ""
        reauthenticate(services, user, secret, current_client())
        _post_link(user, new)
    except InvalidIdentity as error:
        form.new.errors = [say(error)]
    except BadCredentials:
        form.current.errors = [texts.gettext("That is not your current password.")]
    except AuthError as error:
        raise refused(error) from error


def _address_page(key: str) -> str | Response:
    """Ask whether the address is theirs; getting the page does not use the link up."""
    services = current_state().services()
    try:
        wanted = address.address_of(services, current_visit().user, key)
    except LinkIsDead as error:
        return dead_link(error, _AGAIN)
    return render("simpleauth/address.html", address=wanted)


def _confirm(form: ConfirmAddressForm) -> str:
    """Give the account the address, confirmed."""
    services = current_state().services()
    try:
        address.finish(services, current_visit().user, form.key.data or "")
    except AuthError as error:
        raise refused(error) from error

    flash(texts.gettext("Your address is confirmed."))
    return url_for(_AGAIN)


def _post_link(user: Any, new: str) -> None:
    state = current_state()
    if state.mailer is None:
        raise FormError(
            texts.gettext("This site sends no mail, so it cannot do that."), status=403
        )

    services = state.services()
    services.throttle.reserve(ADDRESS, account=new, address=client_network())
    deliver(partial(_write, user_id=services.key_of(user), new=new))
    flash(
        texts.gettext(
            "We have sent a link to that address. Open it while you are signed in here."
        )
    )


def _write(letters: Letters, user_id: Any, new: str) -> None:
    """Write to the new address: a link, or that it has an account already."""
    services = current_state().services()
    user = services.users.get(user_id)
    if user is None:
        return

    # Made in either case, so that both take the same time.
    key = address.start(services, user, new)
    owner = services.users.find(new)
    if owner is None or services.key_of(owner) == user_id:
        link = letters.site.url("simpleauth.address_page", key=key)
        hours = address.ADDRESS.lifetime // 3600
        letters.send(new, "confirm-address", link=link, hours=hours)
    else:
        letters.send(new, "address-taken", link=letters.site.url("simpleauth.forgot"))


send_confirmation = guard(_send_confirmation, Requirement())
change = guard(_change, Requirement())
address_page = guard(_address_page, Requirement())
confirm = guard(_confirm, Requirement())
