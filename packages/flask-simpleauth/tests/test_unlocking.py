"""Guessing at an account does not keep its owner out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flask_simpleauth.testing import AuthClient
from flask_simpleauth.throttling import SIGN_IN

if TYPE_CHECKING:
    from conftest import Clock, Site

ADA = "ada@example.org"
PASSWORD = "correct horse battery"
COOKIE = "simpleauth-device"


def guess(site: Site, email: str = ADA) -> None:
    """Be an enemy who makes the account wait."""
    for _ in range(SIGN_IN.by_account):
        site.sign_in(email, "wrong")
    site.mails.sent.clear()


def try_in(site: Site, client: AuthClient, password: str = PASSWORD) -> int:
    return site.post(client, "login", email=ADA, password=password).status_code


def unlock(site: Site, client: AuthClient, path: str) -> int:
    assert "Sign in again" in client.get(path).text
    return site.post(client, "unlock", key=path.rpartition("/")[2]).status_code


def test_known_device_does_not_wait(site: Site) -> None:
    """Where one has signed in before, others' guesses make nobody wait."""
    client = site.sign_in()
    site.post(client, "logout")
    guess(site)
    assert try_in(site, site.client()) == 429
    assert try_in(site, client) == 303


def test_known_device_has_its_own_limit(site: Site) -> None:
    """On a known device, too, one may not guess without end."""
    client = site.sign_in()
    site.post(client, "logout")
    statuses = [try_in(site, client, "wrong") for _ in range(SIGN_IN.by_account + 1)]
    assert statuses == [422] * SIGN_IN.by_account + [429]
    assert try_in(site, client) == 429
    assert try_in(site, site.client()) == 303


def test_device_of_another(site: Site) -> None:
    """A device that is known for one is not known for another, until they sign in."""
    with site.app.app_context():
        site.auth.create_user("eve@example.org", PASSWORD)
    client = site.sign_in("eve@example.org")
    guess(site)
    assert try_in(site, client) == 429


def test_device_cookie_signs_nobody_in(site: Site) -> None:
    """The cookie that makes a device known has no power."""
    cookie = site.sign_in().get_cookie(COOKIE)
    assert cookie is not None
    assert cookie.http_only
    thief = site.client()
    thief.set_cookie(COOKIE, cookie.value)
    assert site.who(thief) == "nobody"
    thief.set_cookie("simpleauth", cookie.value)
    assert site.who(thief) == "nobody"


def test_https(site: Site) -> None:
    """Over https it has the name that no other site can plant."""
    client = site.client()
    client.post(
        "https://localhost/auth/-/forms/login",
        data={"email": ADA, "password": PASSWORD},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    cookie = client.get_cookie(f"__Host-{COOKIE}")
    assert cookie is not None
    assert cookie.secure


def test_link(site: Site) -> None:
    """Who has to wait is sent a link that ends it, in the browser that opens it."""
    guess(site)
    client = site.client()
    typed = "ADA@Example.org"
    refused = site.post(client, "login", email=typed, password=PASSWORD)
    assert refused.status_code == 429
    assert "we have sent you by mail" in refused.text
    assert [message.to for message in site.mails.sent] == [ADA]

    assert unlock(site, client, site.mails.link()) == 303
    assert site.who(client) == "nobody"
    assert "You can sign in now." in client.get("/auth/login").text
    assert try_in(site, client) == 303
    assert try_in(site, site.client()) == 429


def test_link_works_once(site: Site) -> None:
    """The link ends the waiting in one browser."""
    guess(site)
    try_in(site, site.client())
    path = site.mails.link()
    assert unlock(site, site.client(), path) == 303
    assert site.client().get(path).status_code == 410
    key = path.rpartition("/")[2]
    assert site.post(site.client(), "unlock", key=key).status_code == 410


def test_link_ends(site: Site, clock: Clock) -> None:
    """The link is dead after ten minutes (OWASP ASVS 6.5.5), as it says."""
    guess(site)
    client = site.client()
    told = site.post(client, "login", email=ADA, password=PASSWORD).text
    assert "within 10 minutes" in told
    assert "within 10 minutes" in site.mails.sent[0].text
    path = site.mails.link()
    clock.advance(10 * 60 - 1)
    assert client.get(path).status_code == 200
    clock.advance(1)
    assert client.get(path).status_code == 410


def test_link_for_who_guessed_themselves(site: Site) -> None:
    """Who has tried too often on a device of their own gets new tries by the link."""
    client = site.sign_in()
    while try_in(site, client, "wrong") != 429:
        pass
    assert unlock(site, client, site.mails.link()) == 303
    assert try_in(site, client) == 303


def test_few_mails(site: Site, clock: Clock) -> None:
    """Whoever guesses on and on does not fill the owner's mailbox: one an hour."""
    guess(site)
    for _ in range(6 * 6):
        for _ in range(3):
            site.sign_in(password="wrong")
        clock.advance(10 * 60)
    assert len(site.mails.sent) == 6


def test_nobody_is_told(site: Site) -> None:
    """The answer is the same for who has no account, and they get no mail."""
    texts = []
    for email in (ADA, "nobody@example.org"):
        guess(site, email)
        client = site.client()
        answer = site.post(client, "login", email=email, password=PASSWORD)
        texts.append(re.sub(rf'{email}|value="[^"]*"', "", answer.text))
        assert answer.status_code == 429
    assert texts[0] == texts[1]
    assert [message.to for message in site.mails.sent] == []


def test_inactive_owner(site: Site) -> None:
    """Who may not sign in is sent no link."""
    with site.app.app_context():
        site.auth.deactivate(site.user())
    guess(site)
    assert try_in(site, site.client()) == 429
    assert site.mails.sent == []


def test_without_mail(site: Site) -> None:
    """Where no mail can be sent none is promised."""
    site.stop_mail()
    guess(site)
    answer = site.post(site.client(), "login", email=ADA, password=PASSWORD)
    assert answer.status_code == 429
    assert "by mail" not in answer.text


def test_new_password_ends_the_waiting(site: Site) -> None:
    """Who has set a new password by mail can sign in with it at once."""
    guess(site)
    client, key = site.client(), site.link()
    site.post(client, "reset", key=key, new="staple correct horse")
    assert try_in(site, client, "staple correct horse") == 303
