"""For who has to wait because others guess: a link by mail that ends the waiting.

It makes the browser known that it is opened in, and signs nobody in.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from flask import Response, flash, url_for

from .errors import AuthError, LinkIsDead, Throttled
from .forms import UnlockForm
from .identity import normalise_either
from .letters import Letters, deliver
from .links import Purpose
from .pages import refused, render
from .proxies import client_network
from .refusals import dead_link
from .standing import may_sign_in
from .state import current_state
from .texts import texts
from .throttling import UNLOCK
from .visit import current_visit

#: Ten minutes, as OWASP ASVS 6.5.5 asks of what is sent to sign in with.
LINK = Purpose("unlock", lifetime=10 * 60)


def offer(identity: str) -> None:
    """Send the owner of an account a link, unless they were sent one in the last hour.

    Whether there is such an account nobody is told.

    :param identity: an address or a user name, as it was typed; what is neither has
        not been counted, and does not get here.
    """
    services = current_state().services()
    with suppress(Throttled):
        usernames = services.attributes.username is not None
        account = normalise_either(identity, usernames=usernames)
        services.throttle.reserve(UNLOCK, account=account, address=client_network())
        deliver(partial(_write, identity=account))


def unlock_page(key: str) -> str | Response:
    """Ask whether it is them; getting the page does not use the link up."""
    try:
        current_state().services().links.read(LINK, key)
    except LinkIsDead as error:
        return dead_link(error)
    return render("simpleauth/unlock.html")


def unlock(form: UnlockForm) -> str:
    """Know the browser as one of the user's, and lead to the sign-in page."""
    services = current_state().services()
    try:
        with (
            services.auditing("unlock") as entry,
            services.links.using(LINK, form.key.data or "") as link,
        ):
            entry.account = services.key_of(link.user)
            current_visit().recognise(link.user, anew=True)
    except AuthError as error:
        raise refused(error) from error

    flash(texts.gettext("You can sign in now."))
    return url_for("simpleauth.login")


def _write(letters: Letters, identity: str) -> None:
    services = current_state().services()
    user = services.users.find(identity)
    if user is None or not may_sign_in(services, user):
        return

    with services.auditing("start-unlock", user):
        key = services.links.make(LINK, user)
    letters.send(
        services.attributes.read(user, "email"),
        "unlock",
        link=letters.site.url("simpleauth.unlock_page", key=key),
        minutes=LINK.lifetime // 60,
    )
