"""Incidents with links in mails, and with whom they were sent to."""

from __future__ import annotations

import zlib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from flask_simpleauth import SimpleAuth, address, invitations, recovery, unlocking
from flask_simpleauth.errors import LinkIsDead
from flask_simpleauth.links import Purpose
from flask_simpleauth.state import current_state
from flask_simpleauth.tokens import signer
from itsdangerous import BadData, BadSignature

if TYPE_CHECKING:
    from conftest import Clock, Site

PASSWORD = "correct horse battery"
NEW = "staple correct horse"


def test_django_cve_2012_4520_poisoned_host(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    """3.3 Django CVE-2012-4520, Flask-Security: links led to whatever the Host said.

    Without an origin, no mail goes out for a request to another host, and the log says
    what to set; with it, the link begins with that.
    """
    headers = {"Sec-Fetch-Site": "same-origin", "Host": "evil.example"}
    form = "/auth/-/forms/forgot"
    data = {"email": "ada@example.org"}
    client = site.client()
    assert client.post(form, data=data, headers=headers).status_code == 303
    assert site.mails.sent == []
    assert "SIMPLEAUTH_ORIGIN" in caplog.text


def test_django_cve_2012_4520_with_an_origin(site: Site) -> None:
    """3.3 The same with an origin: what the request says of its host is in no mail."""
    site.app.config["SIMPLEAUTH_ORIGIN"] = "https://example.org"
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    data = {"email": "ada@example.org"}
    site.client().post("/auth/-/forms/forgot", data=data, headers=headers)
    assert "https://example.org/auth/reset/" in site.mails.sent[0].text
    assert "evil" not in repr(site.mails.sent[0].text) + str(site.mails.sent[0].html)


@pytest.mark.parametrize(
    "typed",
    [
        "ada@examp\u0131e.org",
        "\u0251da@example.org",
        "\uff41da@example.org",
        "ADA@EXAMPLE.ORG",
        "ada@example.org,eve@evil.example",
        "ada@example.org\neve@evil.example",
        "ada@example.org eve@evil.example",
        "<ada@example.org>",
    ],
)
def test_django_cve_2019_19844_mail_to_the_typed_address(
    site: Site, typed: str
) -> None:
    """3.4 Django CVE-2019-19844: a look-alike matched, and the mail went to it.

    A mail goes to the stored address or to nobody, whatever was typed.
    """
    site.post(site.client(), "forgot", email=typed)
    assert {mail.to for mail in site.mails.sent} <= {"ada@example.org"}


def test_django_cve_2019_19844_turkish_letters(site: Site) -> None:
    """3.4 The same incident's own letter: the dotless i is not an i."""
    with site.app.app_context():
        site.auth.create_user("mike@example.org", PASSWORD)
    site.post(site.client(), "forgot", email="m\u0131ke@example.org")
    assert site.mails.sent == []


@pytest.mark.parametrize("at", ["\uff20", "\ufe6b"])
def test_next_auth_ghsa_7rqj_homoglyph_at(site: Site, at: str) -> None:
    """3.5 next-auth GHSA-7rqj-j65f-68wh: validated first, normalised afterwards.

    What is validated is what is stored: a look-alike of the sign is the sign, once.
    """
    site.stop_mail()
    statuses = [
        site.post(
            site.client(), "signup", name="Eve", email=email, password=PASSWORD
        ).status_code
        for email in (f"eve{at}evil.example", f"a@b{at}c")
    ]
    assert statuses == [303, 422]
    with site.app.app_context():
        assert site.user("eve@evil.example") is not None
    assert site.counts()["user"] == 2


def test_devise_cve_2026_32700_link_used_at_once(site: Site) -> None:
    """3.11 Devise CVE-2026-32700, better-auth GHSA-hc7v-rggr-4hvx, Flask-Security.

    Of twenty who use one link at once, exactly one sets the password.
    """
    key = site.link()

    def use(number: int) -> int:
        client = site.client()
        return site.post(client, "reset", key=key, new=f"{NEW} {number}").status_code

    with ThreadPoolExecutor(20) as pool:
        assert sorted(pool.map(use, range(20))) == [303] + [410] * 19


def test_devise_cve_2026_32700_confirms_only_what_was_mailed(site: Site) -> None:
    """3.11 The same incident: a link confirmed the address asked for meanwhile.

    Of two wishes for a new address each link is good for its own, and the first is
    dead after the second.
    """
    ada = site.sign_in()
    keys = []
    for new in ("one@example.org", "two@example.org"):
        site.post(ada, "address", new=new, current=PASSWORD)
        assert site.mails.sent[-1].to == new
        keys.append(site.mails.link().rpartition("/")[2])
    assert site.post(ada, "confirm-address", key=keys[0]).status_code == 410
    site.post(ada, "confirm-address", key=keys[1])
    assert site.who(ada) == "two@example.org"


def test_allauth_0_61_code_used_twice(site: Site, app: Flask, clock: Clock) -> None:
    """3.12 allauth 0.61, Fortify CVE-2022-25838: a code was good twice in its window.

    There are no codes yet; what is good once here, a link, is not good a second time
    in another worker either.
    """
    other = Flask("other", instance_path=app.instance_path)
    other.config.update(app.config)
    SimpleAuth(other, clock=clock)
    key = site.link()
    assert site.post(site.client(), "reset", key=key, new=NEW).status_code == 303
    again = site.post(other.test_client(), "reset", key=key, new=f"{NEW} 2")
    assert again.status_code == 410


def test_flask_cve_2025_47278_key_rotation(site: Site, clock: Clock) -> None:
    """3.14 Flask CVE-2025-47278, Flask-Security: the oldest key signed.

    After a rotation the new key signs, and what the old one signed is still good.
    """
    old = site.link()
    site.app.config.update(SECRET_KEY="new key", SECRET_KEY_FALLBACKS=["for tests"])
    new = site.link()
    assert signer([b"new key"], "reset").loads(new)
    with pytest.raises(BadSignature):
        signer([b"for tests"], "reset").loads(new)
    for key in (old, new):
        assert site.client().get(f"/auth/reset/{key}").status_code == 200

    site.app.config["SECRET_KEY_FALLBACKS"] = []
    assert site.client().get(f"/auth/reset/{old}").status_code == 410
    assert site.client().get(f"/auth/reset/{new}").status_code == 200


PURPOSES = (
    recovery.RESET,
    address.ADDRESS,
    invitations.SIGN_UP,
    invitations.INVITE,
    unlocking.LINK,
)
SIGNED = ("next", "device", "resume", *(purpose.name for purpose in PURPOSES))


def is_good_for(name: str, key: str) -> bool:
    """Tell whether a key opens what has this name."""
    services = current_state().services()
    if name == "session":
        return services.sessions.resolve(key) is not None
    if name == "api":
        return services.api_tokens.resolve(key) is not None
    try:
        signer(current_state().secret_keys(), name).loads(key)
        if name in {purpose.name for purpose in PURPOSES}:
            services.links.read(Purpose(name, 60), key)
    except (BadData, LinkIsDead):
        return False
    return True


def test_django_cve_2026_6873_purposes(site: Site) -> None:
    """3.15 Django CVE-2026-6873: a value signed for one purpose was good for another.

    No link, session, API token or way back is good for anything but its own purpose.
    """
    with site.app.test_request_context():
        services = current_state().services()
        user = site.user()
        keys: dict[str, str] = {
            purpose.name: services.links.make(purpose, user) for purpose in PURPOSES
        }
        keys["session"], _ = services.sessions.start(user.id)
        keys["api"] = services.api_tokens.make(user.id, "backup")
        secret_keys = current_state().secret_keys()
        for name in ("next", "device", "resume"):
            keys[name] = signer(secret_keys, name).dumps("/in")

        for made_for, key in keys.items():
            for name in ("session", "api", *SIGNED):
                assert is_good_for(name, key) is (name == made_for), (made_for, name)


def test_django_cve_2026_6873_bare_keys(site: Site) -> None:
    """3.15 The same for what is inside: the key that is signed, or has a checksum.

    The rows of all are in one table, found by their keys' digests. A key that is put
    into the wrapping of another purpose is not good for that.
    """
    with site.app.test_request_context():
        services = current_state().services()
        user, secret_keys = site.user(), current_state().secret_keys()
        bare = {
            purpose.name: signer(secret_keys, purpose.name).loads(
                services.links.make(purpose, user)
            )
            for purpose in PURPOSES
        }
        bare["session"], _ = services.sessions.start(user.id)
        bare["api"] = services.api_tokens.make(user.id, "backup")[3:-8]

        for made_for, key in bare.items():
            wrapped = {
                purpose.name: signer(secret_keys, purpose.name).dumps(key)
                for purpose in PURPOSES
            }
            wrapped["session"] = key
            wrapped["api"] = f"sa_{key}{zlib.crc32(key.encode()):08x}"
            for name, text in wrapped.items():
                assert is_good_for(name, text) is (name == made_for), (made_for, name)


@pytest.mark.parametrize("purpose", PURPOSES, ids=lambda purpose: purpose.name)
def test_devise_cve_2019_16109_expired(
    site: Site, clock: Clock, purpose: Purpose
) -> None:
    """3.13 Devise CVE-2019-16109: using a link up did not ask how old it was.

    Neither looking at a link that is too old nor using it up does anything.
    """
    with site.app.test_request_context():
        links = current_state().services().links
        key = links.make(purpose, site.user())
        clock.advance(purpose.lifetime)
        with pytest.raises(LinkIsDead):
            links.read(purpose, key)
        with pytest.raises(LinkIsDead), links.using(purpose, key):
            pytest.fail("It was used.")


def test_cve_2024_45231_failing_mail(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    """3.21 Django CVE-2024-45231: a mail server's error showed who has an account.

    A mail that cannot be sent changes no answer.
    """

    def fail(message: object) -> None:
        raise OSError("no connection")

    site.app.extensions["simpleauth"].replace(mailer=fail)
    answers = []
    for email in ("ada@example.org", "nobody@example.org"):
        answer = site.post(site.client(), "forgot", email=email)
        answers.append((answer.status_code, answer.headers["Location"], answer.data))
    assert answers[0] == answers[1]
    assert "OSError" in caplog.text


def test_laravel_13658_throttled_only_if_known(site: Site) -> None:
    """3.21 laravel/framework #13658: a second reset was refused for real users only."""
    statuses = {
        email: [
            site.post(site.client(), "forgot", email=email).status_code
            for _ in range(7)
        ]
        for email in ("ada@example.org", "nobody@example.org")
    }
    assert statuses["ada@example.org"] == statuses["nobody@example.org"]
    assert statuses["ada@example.org"][-1] == 429


def test_fastapi_users_cve_2025_68481_another_browser(site: Site) -> None:
    """3.24 fastapi-users CVE-2025-68481, Authlib CVE-2025-68158: state of no browser.

    No link signs anybody in: with one for a new password one signs in afterwards, and
    one for an address is good only for who is signed in as its owner.
    """
    stranger = site.client()
    site.post(stranger, "reset", key=site.link(), new=NEW)
    assert site.who(stranger) == "nobody"

    ada = site.sign_in(password=NEW)
    site.post(ada, "address", new="new@example.org", current=NEW)
    path = site.mails.link()
    key = path.rpartition("/")[2]
    assert stranger.get(path).status_code == 303
    site.post(stranger, "confirm-address", key=key)
    with site.app.app_context():
        site.auth.create_user("eve@example.org", PASSWORD)
    eve = site.sign_in("eve@example.org")
    assert site.post(eve, "confirm-address", key=key).status_code == 410
    assert site.who(eve) == "eve@example.org"
    assert site.who(ada) == "ada@example.org"


def test_better_auth_ghsa_g38m_pre_registered_victim(site: Site) -> None:
    """3.28 better-auth GHSA-g38m-r43w-p2q7, GHSA-fmh4-wcc4-5jm3; allauth 64.2.1.

    Who makes an account with a victim's address keeps nothing of it once the victim
    has come by mail: no password, no session, no API token.
    """
    with site.app.app_context():
        eve = site.auth.create_user("victim@example.org", PASSWORD)
        token = site.auth.create_api_token(eve, "later")
    session = site.sign_in("victim@example.org")
    key = site.link("victim@example.org")
    site.post(site.client(), "reset", key=key, new=NEW)

    assert site.who(session) == "nobody"
    assert site.who(site.sign_in("victim@example.org")) == "nobody"
    headers = {"Authorization": f"Bearer {token}"}
    assert site.client().get("/who", headers=headers).text == "nobody"
    assert site.who(site.sign_in("victim@example.org", NEW)) == "victim@example.org"


@pytest.mark.parametrize(
    "change", [{"email": "new@example.org"}, {"password_hash": ""}]
)
def test_allauth_0_35_old_link_after_a_change(
    site: Site, change: dict[str, Any]
) -> None:
    """3.34 allauth 0.35, Flask-Security: a link survived a change of the address.

    A change of the address or of the password, by whatever way, kills the link.
    """
    key = site.link()
    with site.app.app_context():
        users = current_state().services().users
        users.save(users.find("ada@example.org"), change)
    assert site.client().get(f"/auth/reset/{key}").status_code == 410
    assert site.post(site.client(), "reset", key=key, new=NEW).status_code == 410
