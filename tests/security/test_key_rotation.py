"""What is signed outlasts a change of the secret key for as long as the app says so."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from flask_simpleauth.testing import AuthClient, FakeClock
from flask_simpleauth.throttling import SIGN_IN
from werkzeug.test import TestResponse

from .conftest import PASSWORD

if TYPE_CHECKING:
    from .conftest import Site

ADA = "ada@example.org"
DAY = 24 * 60 * 60

#: Tells whether something that was signed before still does what it is for.
Works = Callable[[], bool]


def post(client: AuthClient, form: str, **data: str) -> TestResponse:
    return client.post(f"/auth/-/forms/{form}", data=data)


def hidden_field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]* value="([^"]+)"', page)
    assert found, page
    return found[1]


def session(site: Site, clock: FakeClock) -> Works:
    """Flask's session: a visitor's name."""
    visitor = site.visitor()
    visitor.submit_form("name", name="Kim")
    return lambda: "Kim" in visitor.get("/").text


def device(site: Site, clock: FakeClock) -> Works:
    """The cookie of a device: its owner need not wait while others guess."""
    clock.advance(DAY)  # after which no guess counts any more
    owner = site.sign_in("ada")
    owner.delete_cookie("simpleauth")

    def works() -> bool:
        clock.advance(DAY)
        for _ in range(SIGN_IN.by_account + 1):
            post(site.visitor(), "login", email=ADA, password="guess")
        answer = post(owner, "login", email=ADA, password=PASSWORD)
        return answer.status_code == 303

    return works


def link(site: Site, clock: FakeClock) -> Works:
    """A link in a mail."""
    post(site.visitor(), "forgot", email=ADA)
    path = site.mails.link()
    return lambda: site.visitor().get(path).status_code == 200


def marker(site: Site, clock: FakeClock) -> Works:
    """What a form in a page says of itself: which entry it is about."""
    owner = site.sign_in("ada")
    page = owner.get("/entries/1").text.partition('id="edit-form"')[2]
    data = {"_form": hidden_field(page, "_form"), "text": "Changed"}
    return lambda: owner.post("/-/forms/edit", data=data).status_code == 303


def way_back(site: Site, clock: FakeClock) -> Works:
    """Where to go after signing in."""
    _, _, sealed = site.visitor().get("/mine").headers["Location"].partition("next=")

    def works() -> bool:
        data = {"email": ADA, "password": PASSWORD, "next": sealed}
        return post(site.visitor(), "login", **data).headers["Location"] == "/mine"

    return works


def resumption(site: Site, clock: FakeClock) -> Works:
    """A request that waits until the password has been shown once more."""
    owner = site.sign_in("ada")
    clock.advance(11 * 60)
    page = post(owner, "export", submit="1").text
    sealed = hidden_field(page, "interrupted")
    clock.advance(-11 * 60)

    def works() -> bool:
        answer = post(owner, "confirm", password=PASSWORD, interrupted=sealed)
        return answer.status_code == 200 and "/auth/-/forms/export" in answer.text

    return works


@pytest.mark.parametrize("make", [session, device, link, marker, way_back, resumption])
def test_rotation(site: Site, make: Callable[[Site, FakeClock], Works]) -> None:
    """What the old key signed works while that is a fallback, and the new one signs."""
    clock, config = FakeClock(), site.app.config
    site.app.extensions["simpleauth"].replace(clock=clock)
    old = config["SECRET_KEY"]
    used_soon, used_late = make(site, clock), make(site, clock)

    config.update(SECRET_KEY="a new key", SECRET_KEY_FALLBACKS=[old])
    assert used_soon()
    signed_anew = make(site, clock)

    config.update(SECRET_KEY_FALLBACKS=[])
    assert not used_late()
    assert signed_anew()
