"""Incidents in which something was told, stored or done that should not have been."""

from __future__ import annotations

import logging
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from flask_simpleauth import Attributes, AuditRecord, Message, audited
from flask_simpleauth.audit import Caller
from flask_simpleauth.authentication import Attempt
from flask_simpleauth.state import current_state
from flask_simpleauth.stores.plain import PlainUser

if TYPE_CHECKING:
    from conftest import Site

PASSWORD = "correct horse battery"
NEW = "staple correct horse"

FORMS: dict[str, dict[str, Any]] = {
    "login": {"email": "ada@example.org", "password": PASSWORD},
    "signup": {"name": "Eve", "email": "eve@example.org", "password": PASSWORD},
    "logout": {},
    "forgot": {"email": "ada@example.org"},
    "reset": {"key": "", "new": NEW},
    "password": {"current": PASSWORD, "new": NEW},
    "other-sessions": {},
    "confirm": {"password": PASSWORD},
    "address": {"new": "eve@evil.example", "current": PASSWORD},
    "send-confirmation": {},
    "confirm-address": {"key": ""},
    "end-session": {"session": "x"},
    "unlock": {"key": ""},
    "create-token": {"name": "evil", "days": "90"},
    "revoke-token": {"token": "x"},
    "export": {},
    "delete": {"sure": "y"},
}


FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Content-Type": "text/plain"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
]


def test_cve_2014_0473_all_forms(site: Site) -> None:
    """3.23 The same: none of our forms is forgotten below."""
    names = site.app.extensions["nameform"].registry
    assert {f"simpleauth.{name}" for name in FORMS} == set(map(str, names))


@pytest.mark.parametrize("form", FORMS)
def test_cve_2014_0473_other_sites(site: Site, form: str) -> None:
    """3.23 Django CVE-2014-0473 and login CSRF: another site signed people in or out.

    No form of ours takes anything from another site.
    """
    ada = site.sign_in()
    del ada.environ_base["HTTP_SEC_FETCH_SITE"]
    before = site.counts(), len(site.mails.sent)
    for headers in FOREIGN:
        answer = ada.post(f"/auth/-/forms/{form}", data=FORMS[form], headers=headers)
        assert answer.status_code in (400, 415), headers
        assert (site.counts(), len(site.mails.sent)) == before, headers
        assert site.who(ada) == "ada@example.org", headers
    assert site.who(ada) == "ada@example.org"
    assert site.who(site.sign_in()) == "ada@example.org"


def test_flask_security_421_secret_in_a_get(site: Site) -> None:
    """3.23 Flask-Security #421 (CVE-2021-21241): GET /login answered with a token.

    No page, HTML or JSON, has the key of the session, a hash or a password in it.
    """
    ada = site.sign_in()
    cookie = ada.get_cookie("simpleauth")
    assert cookie is not None
    for path in ("login", "signup", "logout", "account", "confirm", "forgot"):
        for accept in ("text/html", "application/json"):
            answer = ada.get(f"/auth/{path}", headers={"Accept": accept})
            for secret in (cookie.value, "scrypt:", PASSWORD):
                assert secret not in answer.text + str(answer.headers)


def test_cve_2026_27205_caches(site: Site) -> None:
    """3.26 Flask CVE-2023-30861 and CVE-2026-27205, Django CVE-2026-35193.

    What depends on who is there says so; our own pages are stored nowhere.
    """
    for client in (site.client(), site.sign_in()):
        for path in ("/who", "/in"):
            vary = {
                part.strip() for part in client.get(path).headers["Vary"].split(",")
            }
            assert {"Cookie", "Authorization"} <= vary
            assert "private" in client.get(path).headers["Cache-Control"]
        for path in ("login", "signup", "logout", "account", "forgot", "reset/x"):
            answer = client.get(f"/auth/{path}")
            assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("kind", ["form", "json"])
def test_better_auth_cve_2025_61928_mass_assignment(site: Site, kind: str) -> None:
    """3.27 better-auth CVE-2025-61928: a key was made for the user named in the body.

    What nobody asked for changes nothing: not who one is, nor what one may.
    """
    site.stop_mail()
    extra = {
        "id": "77",
        "user_id": "1",
        "userId": "1",
        "role": "admin",
        "roles": "admin",
        "is_admin": "1",
        "active": "",
        "verified": "1",
        "confirmed": "1",
        "confirmed_at": "1",
        "created_at": "0",
        "password_hash": "x",
    }
    data = {"name": "Eve", "email": "eve@example.org", "password": PASSWORD, **extra}
    eve = site.client()
    path = "/auth/-/forms/signup"
    eve.post(path, **({"json": data} if kind == "json" else {"data": data}))
    eve = site.sign_in("eve@example.org")
    site.post(eve, "password", current=PASSWORD, new=NEW, **extra)
    assert site.who(site.sign_in()) == "ada@example.org"
    with site.app.app_context():
        user = site.user("eve@example.org")
        assert (user.id, user.active, user.roles) == (2, True, [])
        assert not site.auth.is_confirmed(user)


def test_allauth_0_63_secrets_in_text(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    """3.33 allauth 0.63.4 and Django CVE-2018-16984: a token or a hash was in a text.

    What we hand out tells no password, hash or key when it is printed or logged.
    """
    records: list[AuditRecord] = []

    def note(sender: object, record: AuditRecord) -> None:
        records.append(record)

    with caplog.at_level(logging.DEBUG), audited.connected_to(note):
        ada = site.sign_in()
        site.sign_in(password="wrong horse battery")
        link = site.link()
        site.post(site.client(), "reset", key=link, new=NEW)
    cookie = ada.get_cookie("simpleauth")
    assert cookie is not None
    with site.app.app_context():
        services = current_state().services()
        user = site.user()
        token = services.api_tokens.make(user.id, "backup")
        kept = services.tokens.list_for(user.id, "api")
    memory_user = PlainUser(1, "a@b.org", "A", user.password_hash)
    attempt = Attempt("ada@example.org", PASSWORD)
    printed = [user, *kept, *records, memory_user, attempt, services, Attributes()]
    printed += [Caller(), *site.mails.sent, Message("a@b.org", "Hello", link)]
    text = "".join(map(repr, printed)) + "".join(map(str, printed)) + caplog.text
    secrets = (
        PASSWORD,
        NEW,
        "wrong horse",
        link,
        token,
        cookie.value,
        "scrypt:256:8:1$",
    )
    for secret in (*secrets, user.password_hash, kept[0].digest):
        assert secret not in text


PROGRAM = """
import sys
for name in sys.argv[1:]:
    sys.modules[name] = None
from flask import Flask
from flask_simpleauth import SimpleAuth
from flask_simpleauth.stores.embedded import User
app = Flask("app")
SimpleAuth(app)
print(sorted(map(str, app.url_map.iter_rules())))
print(sorted(map(str, User.metadata.tables)), sorted(map(str, User.__table__.columns)))
print(sorted(app.config))
"""


def test_flask_security_optional_packages() -> None:
    """3.36 Flask-Security: installing an extra changed the user model, and it broke.

    No table, route or setting depends on whether an optional package is there.
    """

    def run(*missing: str) -> str:
        command = [sys.executable, "-c", PROGRAM, *missing]
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 # our own
        return done.stdout

    optional = (
        "argon2",
        "bcrypt",
        "flask_babel",
        "redis",
        "flask_mailman",
        "flask_wtf",
    )
    assert run() == run(*optional)
