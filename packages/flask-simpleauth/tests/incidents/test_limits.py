"""Incidents in which guessing was not held up, or everybody was."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from flask_simpleauth import Throttled
from flask_simpleauth.testing import FakeClock
from flask_simpleauth.throttling import SIGN_IN, network_of
from werkzeug.middleware.proxy_fix import ProxyFix

if TYPE_CHECKING:
    from conftest import Site

WRONG = "wrong horse battery"
ALLOWED = SIGN_IN.by_account or 0


def guess(site: Site, email: str = "ada@example.org", address: str = "") -> int:
    client = site.client()
    if address:
        client.environ_base["REMOTE_ADDR"] = address
    return site.post(client, "login", email=email, password=WRONG).status_code


def test_allauth_0_44_letter_case(site: Site) -> None:
    """3.6 allauth 0.44 and 0.51: another spelling was another bucket."""
    names = (
        "ada@example.org",
        "ADA@example.org",
        " Ada@Example.ORG",
        "ａda@example.org",
    )
    statuses = [guess(site, names[n % len(names)]) for n in range(ALLOWED + 1)]
    assert statuses == [422] * ALLOWED + [429]


def test_allauth_65_14_forged_forwarded_for(site: Site) -> None:
    """3.7 allauth 65.14.2, flask-login #700: a header made each try another client's.

    With ProxyFix what the client itself adds to the header does not count.
    """
    site.app.wsgi_app = ProxyFix(site.app.wsgi_app)  # type: ignore[method-assign] # Flask's way
    statuses = []
    for number in range(SIGN_IN.by_address + 1):
        client = site.client()
        client.environ_base["HTTP_X_FORWARDED_FOR"] = (
            f"198.51.100.{number}, 203.0.113.7"
        )
        email = f"{number}@example.org"
        answer = site.post(client, "login", email=email, password=WRONG)
        statuses.append(answer.status_code)
    assert statuses == [422] * SIGN_IN.by_address + [429]


def test_cve_2026_45364_ipv6(site: Site) -> None:
    """3.7 CVE-2026-45364: each address of one's own IPv6 network was another client."""
    same = ["2001:db8:1:2::1", "2001:0DB8:1:2:ffff::", "2001:db8:1:2:0:0:0:1%eth0"]
    assert len({network_of(address) for address in same[:2]}) == 1
    assert network_of("2001:db8:1:3::1") != network_of(same[0])
    assert network_of("::ffff:192.0.2.1") == network_of("192.0.2.1") == "192.0.2.1"
    statuses = [
        guess(site, f"{n}@example.org", f"2001:db8:1:2::{n:x}")
        for n in range(SIGN_IN.by_address + 1)
    ]
    assert statuses[-1] == 429


def test_allauth_65_8_success_clears(site: Site) -> None:
    """3.8 allauth 65.8.1: one's own success gave the address all its tries back."""
    with site.app.app_context():
        site.auth.create_user("eve@example.org", "correct horse battery")
    statuses = []
    for _ in range(ALLOWED + 1):
        statuses.append(guess(site))
        site.sign_in("eve@example.org")
    assert statuses == [422] * ALLOWED + [429]

    for n in range(SIGN_IN.by_address):
        guess(site, f"{n}@example.org")
        if n % 10 == 0:
            site.sign_in("eve@example.org")
    assert guess(site, "another@example.org") == 429


def test_better_auth_10203_global_bucket(site: Site) -> None:
    """3.9 better-auth PR #10203: clients without an address shared one bucket.

    Who is unknown is not counted by address, and so locks nobody out; the account is.
    """
    unknown = ["", "unknown", "unix:", "10.0.0.1, 10.0.0.2"]
    assert {network_of(address) for address in unknown} == {None}
    client = site.client()
    client.environ_base["REMOTE_ADDR"] = unknown[-1]
    for n in range(SIGN_IN.by_address + 5):
        site.post(client, "login", email=f"{n}@example.org", password=WRONG)
    data = {"email": "ada@example.org", "password": "correct horse battery"}
    assert site.post(client, "login", **data).status_code == 303

    for _ in range(ALLOWED):
        site.post(client, "login", email="eve@example.org", password=WRONG)
    last = site.post(client, "login", email="eve@example.org", password=WRONG)
    assert last.status_code == 429


def test_ghsa_x732_other_paths(site: Site) -> None:
    """3.10 GHSA-x732-6j76-qmhm: another way to write the path had no limit.

    The limit is where a password is looked at: forms, JSON, the app's own calls and the
    page that asks once more share one count. On a device that is known for the account
    it is another one; here it is not known.
    """
    ada = site.sign_in()
    ada.delete_cookie("simpleauth-device")
    email = "ada@example.org"
    ways: list[Callable[[], int]] = [
        lambda: guess(site),
        lambda: (
            site.client()
            .post(
                "/auth/-/forms/login",
                json={"email": email, "password": WRONG},
                headers={"Accept": "application/json"},
            )
            .status_code
        ),
        lambda: site.post(ada, "confirm", password=WRONG).status_code,
        lambda: (
            site.post(
                ada, "password", current=WRONG, new="staple correct horse"
            ).status_code
        ),
        lambda: (
            site.post(ada, "address", current=WRONG, new="new@example.org").status_code
        ),
    ]
    for n in range(ALLOWED):
        assert ways[n % len(ways)]() == 422
    assert [way() for way in ways] == [429] * len(ways)
    with site.app.test_request_context(), pytest.raises(Throttled):
        site.auth.authenticate(email, "correct horse battery")


def test_devise_cve_2019_5421_at_once(site: Site, hashed: list[str]) -> None:
    """3.11 Devise CVE-2019-5421: tries at once were all let through.

    Of fifty wrong passwords at once no more are looked at than one after the other.
    """
    with ThreadPoolExecutor(50) as pool:
        statuses = sorted(pool.map(lambda _: guess(site), range(50)))
    assert statuses == [422] * ALLOWED + [429] * (50 - ALLOWED)
    assert hashed == [WRONG] * ALLOWED


def test_clock_that_steps_back(site: Site, clock: FakeClock) -> None:
    """A clock that is put right ends no session, and no wait before its time.

    Nor does what is used once become good again.
    """
    inside, link = site.sign_in(), site.link()
    statuses = [guess(site) for _ in range(ALLOWED + 1)]
    assert statuses == [422] * ALLOWED + [429]

    clock.advance(-24 * 60 * 60)
    assert site.who(inside) == "ada@example.org"
    assert guess(site) == 429
    fields = {"key": link, "new": "another long phrase"}
    assert site.post(site.client(), "reset", **fields).status_code == 303
    assert site.post(site.client(), "reset", **fields).status_code != 303
    assert site.who(inside) == "nobody"
