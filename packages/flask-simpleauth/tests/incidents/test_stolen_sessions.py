"""Incidents with sessions: stolen, planted, left over, or somebody else's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from flask_simpleauth.state import current_state
from flask_simpleauth.testing import AuthClient

if TYPE_CHECKING:
    from conftest import Clock, Site

PASSWORD = "correct horse battery"
NEW = "staple correct horse"
YEAR = 365 * 86400


def key_of(client: AuthClient) -> str:
    cookie = client.get_cookie("simpleauth")
    return "" if cookie is None else cookie.value


def thief_with(site: Site, key: str) -> AuthClient:
    """Return a browser into which a stolen cookie was put."""
    client = site.client()
    client.set_cookie("simpleauth", key)
    return client


@pytest.mark.parametrize("way", ["password", "reset"])
def test_devise_cve_2015_8314_new_password(site: Site, way: str) -> None:
    """3.16 The same: a new password left the cookies of other browsers good.

    It ends the sessions of all of them, not only of the one that it was set in.
    """
    ada, others = site.sign_in(), [site.sign_in(), site.sign_in(remember="1")]
    assert [site.who(other) for other in others] == ["ada@example.org"] * 2
    if way == "password":
        site.post(ada, "password", current=PASSWORD, new=NEW)
        assert site.who(ada) == "ada@example.org"
    else:
        site.post(site.client(), "reset", key=site.link(), new=NEW)
        assert site.who(ada) == "nobody"
    assert [site.who(other) for other in others] == ["nobody"] * 2


@pytest.mark.parametrize("end", ["logout", "password", "expiry", "revoked", "forged"])
def test_devise_cve_2015_8314_remembered(site: Site, clock: Clock, end: str) -> None:
    """3.16 Devise CVE-2015-8314, Flask-Login: the cookie was good for ever.

    A remembered session ends with signing out, with a new password, in time, when it is
    revoked, and no client can prolong it.
    """
    ada = site.sign_in(remember="1")
    thief = thief_with(site, key_of(ada))
    assert site.who(thief) == "ada@example.org"
    if end == "logout":
        site.post(ada, "logout")
    elif end == "password":
        site.post(ada, "password", current=PASSWORD, new=NEW)
    elif end == "expiry":
        clock.advance(YEAR)
    elif end == "revoked":
        site.app.test_cli_runner().invoke(args="auth sign-out ada@example.org")
    else:
        thief = thief_with(site, key_of(ada)[:-1] + "_")
    assert site.who(thief) == "nobody"


@pytest.mark.parametrize("remember", ["", "1"])
def test_flask_login_480_cookie_after_logout(site: Site, remember: str) -> None:
    """3.17 flask-login #480, #190, #755; superset 2025: good after signing out.

    A copy of the cookie, and of all others the browser had, is worth nothing.
    """
    ada = site.sign_in(remember=remember)
    copied = key_of(ada)
    site.post(ada, "logout")
    thief = thief_with(site, copied)
    assert site.who(thief) == "nobody"
    assert thief.get("/in").status_code == 303
    headers = {"Accept": "application/json"}
    assert thief.get("/in", headers=headers).status_code == 401


def test_better_auth_ghsa_xg6x_half_signed_in(site: Site) -> None:
    """3.18 better-auth GHSA-xg6x-h9c9-2m83, allauth 64.1: half was taken for whole.

    There is no half: a password that is only looked at signs nobody in, and neither
    does one that is wrong.
    """

    @site.app.get("/check")
    def check() -> str:
        site.auth.authenticate("ada@example.org", PASSWORD)
        return site.auth.user.email if site.auth.user else "nobody"

    client = site.client()
    assert client.get("/check").text == "nobody"
    site.post(client, "login", email="ada@example.org", password="wrong")
    for path in ("/in", "/auth/account", "/auth/confirm"):
        assert client.get(path).status_code == 303
    assert site.who(client) == "nobody"
    assert key_of(client) == ""
    assert site.counts()["simpleauth_token"] == 0


def test_ghsa_f66q_somebody_elses_proof(site: Site, clock: Clock) -> None:
    """3.19 GHSA-f66q-9rf6-8795, GHSA-97r5-pg8x-p63p: another user's proof was enough.

    Who is asked for the password once more must show their own.
    """
    with site.app.app_context():
        site.auth.create_user("eve@example.org", NEW)
    ada = site.sign_in()
    for data in ({"password": NEW}, {"password": NEW, "email": "eve@example.org"}):
        assert site.post(ada, "confirm", **data).status_code == 422
    for form, new in (("password", f"{NEW} 2"), ("address", "new@example.org")):
        answer = site.post(ada, form, current=NEW, new=new, email="eve@example.org")
        assert answer.status_code == 422
    assert site.who(ada) == "ada@example.org"


def test_cve_2014_0482_fixation(site: Site) -> None:
    """3.25 CVE-2014-0482, Flask-Login, Flask-Security: the session before was kept.

    Each sign-in has a new key, a planted one has no power, and who signs in after
    somebody else inherits nothing.
    """
    with site.app.app_context():
        site.auth.create_user("eve@example.org", PASSWORD)
    planted = "x" * 43
    client = thief_with(site, planted)
    assert site.who(client) == "nobody"
    site.post(client, "login", email="ada@example.org", password=PASSWORD)
    first = key_of(client)
    assert first not in ("", planted)
    assert site.who(thief_with(site, planted)) == "nobody"

    with client.session_transaction() as own:
        own["note"] = "Ada's"
    site.post(client, "login", email="ada@example.org", password=PASSWORD)
    assert key_of(client) != first
    assert site.who(thief_with(site, first)) == "nobody"

    second = key_of(client)
    site.post(client, "login", email="eve@example.org", password=PASSWORD)
    assert site.who(client) == "eve@example.org"
    assert site.who(thief_with(site, second)) == "nobody"
    with client.session_transaction() as own:
        assert "note" not in own


@pytest.mark.parametrize("form", ["login", "logout"])
def test_cve_2014_0482_csrf_token(site: Site, form: str) -> None:
    """3.25 The same for the token against forged posts of browsers without the header.

    One that was got before signing in, or out, is refused afterwards.
    """
    client = site.client() if form == "login" else site.sign_in()
    del client.environ_base["HTTP_SEC_FETCH_SITE"]
    page = client.get("/auth/forgot").text
    field = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert field is not None
    forgot = {"email": "nobody@example.org", "csrf_token": field[1]}
    assert client.post("/auth/-/forms/forgot", data=forgot).status_code == 303

    site.post(client, form, email="ada@example.org", password=PASSWORD)
    assert client.post("/auth/-/forms/forgot", data=forgot).status_code == 400


def test_django_cve_2015_5143_rows_for_nobody(site: Site) -> None:
    """3.30 Django CVE-2015-5143 and -5963: requests of nobody filled the table."""
    client = site.client()
    before = site.counts()
    for n in range(1000):
        thief_with(site, f"{n:043d}").get("/who") if n % 50 == 0 else None
        client.get(("/who", "/in", "/auth/login", "/auth/account")[n % 4])
        if n % 10 == 0:
            site.post(client, "logout")
    assert site.counts() == before


@pytest.mark.parametrize("how", ["deactivated", "deleted"])
def test_allauth_65_13_inactive_users(site: Site, how: str) -> None:
    """3.31 allauth 65.13, better-auth GHSA-2vg6-77g8-24mp: who was gone went on.

    From the next request on, a session, a remembered one and an API token are nobody's.
    """
    clients = [site.sign_in(), site.sign_in(remember="1")]
    with site.app.app_context():
        users = current_state().services().users
        ada = site.user()
        token = site.auth.create_api_token(ada, "backup")
        if how == "deleted":
            users.delete(ada)
        else:
            users.save(ada, {"active": False})
    assert [site.who(client) for client in clients] == ["nobody"] * 2
    headers = {"Authorization": f"Bearer {token}"}
    assert site.client().get("/who", headers=headers).text == "nobody"
    assert site.who(site.sign_in()) == "nobody"


def test_flask_login_721_shared_g(site: Site) -> None:
    """3.35 flask-login #721: in a pushed context the second client was the first."""
    with site.app.app_context():
        ada = site.sign_in()
        assert site.who(ada) == "ada@example.org"
        assert site.who(site.client()) == "nobody"
        assert site.auth.user is None
