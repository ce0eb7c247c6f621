"""Incidents in which one could tell who has an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from flask_simpleauth.state import current_state
from flask_simpleauth.testing import CHEAP_HASH
from werkzeug.security import generate_password_hash

if TYPE_CHECKING:
    from conftest import Site

PASSWORD = "correct horse battery"

CASES: dict[str, dict[str, Any]] = {
    "inactive@example.org": {"active": False},
    "without@example.org": {"password_hash": ""},
    "old@example.org": {"password_hash": "pbkdf2:sha256:1000$salt$" + "0" * 64},
    "unusable@example.org": {"password_hash": "!FQi0HNC9sufHeI4pD4ZZ7QIz3"},
}


@pytest.fixture
def people(site: Site) -> list[str]:
    """Addresses of every kind of account, and of none."""
    with site.app.app_context():
        services = current_state().services()
        for email, changes in CASES.items():
            user = site.auth.create_user(email, PASSWORD)
            services.users.save(user, changes)
    return ["ada@example.org", "nobody@example.org", *CASES]


@pytest.mark.parametrize("way", ["form", "json", "call"])
def test_django_20760_timing(
    site: Site, people: list[str], hashed: list[str], way: str
) -> None:
    """3.20 Django #20760, CVE-2016-2513, CVE-2024-39329, CVE-2025-13473; allauth 65.3.

    Whoever is asked for, by whatever way, exactly one password is hashed.
    """
    for email in people:
        hashed.clear()
        if way == "form":
            site.sign_in(email, "wrong")
        elif way == "json":
            data = {"email": email, "password": "wrong"}
            site.client().post("/auth/-/forms/login", json=data)
        else:
            with site.app.app_context(), pytest.raises(Exception, match="do not match"):
                site.auth.authenticate(email, "wrong")
        assert hashed == ["wrong"], email


def test_django_cve_2016_2513_other_work(site: Site, hashed: list[str]) -> None:
    """3.20 Django CVE-2016-2513: a hash by an older method took another time.

    It is made anew by today's at the first sign-in, and so takes it no more.
    """
    old = generate_password_hash(PASSWORD, "pbkdf2:sha256:1000")
    with site.app.app_context():
        users = current_state().services().users
        users.save(users.find("ada@example.org"), {"password_hash": old})
    assert site.who(site.sign_in()) == "ada@example.org"
    with site.app.app_context():
        assert site.user().password_hash.startswith(f"{CHEAP_HASH}$")

    hashed.clear()
    assert site.who(site.sign_in()) == "ada@example.org"
    assert hashed == [PASSWORD]


def test_django_20760_words(site: Site, people: list[str]) -> None:
    """3.20 The same: the words of the answer are the same for all."""
    answers = set()
    for email in people:
        answer = site.post(site.client(), "login", email=email, password="wrong")
        answers.add((answer.status_code, answer.text.replace(email, "")))
    assert len(answers) == 1


def test_flask_security_reset_work(site: Site, people: list[str]) -> None:
    """3.20 Flask-Security: the reset page took 209 ms for known users, 107 ms else.

    The answer is finished before anything is looked up.
    """
    answers = set()
    for email in people:
        answer = site.client().post(
            "/auth/-/forms/forgot", data={"email": email}, buffered=False
        )
        assert site.mails.sent == []
        answers.add((answer.status_code, answer.data, answer.headers["Location"]))
    assert len(answers) == 1


def test_allauth_0_55_changing_to_a_taken_address(site: Site) -> None:
    """3.22 allauth 0.55, #3318: adding an address told whether it was taken.

    The answer is the same for a taken address; its owner is told by mail.
    """
    with site.app.app_context():
        site.auth.create_user("eve@example.org", PASSWORD)
    ada = site.sign_in()
    answers = []
    for new in ("eve@example.org", "free@example.org"):
        answer = site.post(ada, "address", new=new, current=PASSWORD)
        page = ada.get("/auth/account").text
        answers.append((answer.status_code, answer.data, page.replace(new, "")))
        assert site.mails.sent[-1].to == new
    assert answers[0] == answers[1]
    assert site.mails.sent[0].text != site.mails.sent[1].text


def test_allauth_0_55_signing_up_with_a_taken_address(site: Site) -> None:
    """3.22 allauth #3959: signing up told whether the address was taken."""
    answers = []
    for email in ("ada@example.org", "free@example.org"):
        client = site.client()
        answer = site.post(client, "signup", email=email)
        page = client.get("/auth/signup").text
        answers.append((answer.status_code, answer.data, page))
        assert site.mails.sent[-1].to == email
    assert answers[0] == answers[1]
    assert site.mails.sent[0].text != site.mails.sent[1].text


@pytest.mark.parametrize("stored", ["", "!", "!FQi0HNC9sufHeI4pD4ZZ7QIz3", "None"])
def test_allauth_65_11_blank_password(site: Site, stored: str) -> None:
    """3.32 allauth 65.11.1: who had no password signed in with a blank one."""
    with site.app.app_context():
        users = current_state().services().users
        users.save(users.find("ada@example.org"), {"password_hash": stored})
    for password in ("", "None", "null", "!", "0"):
        with (
            site.app.app_context(),
            pytest.raises(Exception, match="do not match"),
        ):
            site.auth.authenticate("ada@example.org", password)
        assert site.who(site.sign_in(password=password)) == "nobody", password
