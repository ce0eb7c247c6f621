"""Incidents with input that nobody's browser sends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Clock, Site

PASSWORD = "correct horse battery"

#: Our forms, what is right in each of their fields, and whether one is signed in.
FORMS: dict[str, tuple[dict[str, str], bool]] = {
    "login": ({"email": "ada@example.org", "password": PASSWORD}, False),
    "signup": (
        {"name": "Eve", "email": "eve@example.org", "password": PASSWORD},
        False,
    ),
    "forgot": ({"email": "ada@example.org"}, False),
    "reset": ({"key": "x", "new": PASSWORD}, False),
    "password": ({"current": PASSWORD, "new": "staple correct horse"}, True),
    "confirm": ({"password": PASSWORD}, True),
    "address": ({"new": "new@example.org", "current": PASSWORD}, True),
    "confirm-address": ({"key": "x"}, True),
    "unlock": ({"key": "x"}, False),
}

VALUES: dict[str, Any] = {
    "empty": "",
    "blank": " \t\n",
    "null": None,
    "zero": 0,
    "true": True,
    "false": False,
    "number": 1.5,
    "list": ["a", "b"],
    "empty list": [],
    "dict": {"a": "b"},
    "nested": [[[{"a": [None]}]]],
    "megabyte": "x" * 1_000_000,
    "nul": "a\0b",
    "only nul": "\0",
    "high surrogate": "a\ud800@b.org",
    "low surrogate": "\udc00",
    "controls": "\x1b[2J\x7f\u202e",
}


#: What is no name; everything else may be one, see below.
NO_NAMES = {"empty", "blank", "null", "megabyte"}

#: What a browser cannot send in a form.
ONLY_JSON = {"high surrogate", "low surrogate"}


@pytest.mark.parametrize("as_json", [True, False], ids=["json", "form"])
@pytest.mark.parametrize("form", FORMS)
def test_devise_cve_2019_16109_odd_values(
    site: Site, clock: Clock, form: str, as_json: bool
) -> None:
    """3.13 Devise CVE-2019-16109, CVE-2013-0233, Flask-Security PR #1258.

    What is no text, nothing, or text that nobody types matches no row and makes none;
    it is answered, and never with a 500.
    """
    right, is_in = FORMS[form]
    if form == "signup":
        site.stop_mail()
    client = site.sign_in() if is_in else site.client()
    before = site.counts()
    for name in right:
        for kind, value in VALUES.items():
            if name == "name" and kind not in NO_NAMES:
                continue
            if not as_json and (kind in ONLY_JSON or not isinstance(value, str)):
                continue
            data: dict[str, Any] = {**right, name: value}
            kwargs: dict[str, Any] = {"json": data} if as_json else {"data": data}
            answer = client.post(f"/auth/-/forms/{form}", **kwargs)
            told = (name, kind, answer.status_code, answer.text)
            assert answer.status_code in (400, 410, 413, 422), told
            after = site.counts()
            assert {**before, "simpleauth_counter": 0} == {
                **after,
                "simpleauth_counter": 0,
            }, told
            clock.advance(3601)  # so that no limit answers in place of us
    assert site.mails.sent == []


@pytest.mark.parametrize("kind", [*sorted(ONLY_JSON), "nul", "null", "controls"])
@pytest.mark.parametrize(
    ("form", "field"),
    [("login", "next"), ("confirm", "next"), ("confirm", "interrupted")],
)
def test_devise_cve_2019_16109_hidden_fields(
    site: Site, form: str, field: str, kind: str
) -> None:
    """3.13 The same for what only scripts would change: it leads nowhere but home."""
    client = site.sign_in() if FORMS[form][1] else site.client()
    data = {**FORMS[form][0], field: VALUES[kind]}
    answer = client.post(f"/auth/-/forms/{form}", json=data)
    assert answer.status_code in (200, 422)
    assert answer.get_json().get("redirect", "/") in ("/", None)


def test_devise_cve_2019_16109_names(site: Site, clock: Clock) -> None:
    """3.13 The same for a name: what no database keeps is left out of it."""
    site.stop_mail()
    for number, kind in enumerate(sorted(VALUES.keys() - NO_NAMES)):
        email = f"eve{number}@example.org"
        data = {**FORMS["signup"][0], "email": email, "name": VALUES[kind]}
        answer = site.client().post("/auth/-/forms/signup", json=data)
        assert answer.status_code in (200, 400, 422), kind
        with site.app.app_context():
            user = site.user(email)
            name = "" if user is None else user.name
        assert name.encode().decode() == name, kind
        assert not any(character in name for character in "\0\x1b\x7f"), kind
        clock.advance(3601)  # so that no limit answers in place of us


@pytest.mark.parametrize("form", FORMS)
def test_flask_security_1258_whole_body(site: Site, form: str) -> None:
    """3.13 Flask-Security PR #1258: JSON that is no object was a 500."""
    client = site.sign_in() if FORMS[form][1] else site.client()
    before, path = site.counts()["user"], f"/auth/-/forms/{form}"
    bodies = [b"", b"null", b"0", b"true", b"[]", b'"x"', b"{", b"\xff"]
    for body in (*bodies, b"[" * 100_000):
        answer = client.post(path, data=body, content_type="application/json")
        assert 400 <= answer.status_code < 500, body
        assert site.counts()["user"] == before, body


@pytest.mark.parametrize("page", ["reset", "address", "unlock"])
def test_devise_cve_2019_16109_links(site: Site, page: str) -> None:
    """3.13 A link nobody was sent is dead, whatever it looks like."""
    client = site.sign_in()
    keys = ["x", "None", "0", "%00", "%ed%a0%80", "%ff", "x" * 100_000, "%F0%9F%94%91"]
    for key in keys:
        assert client.get(f"/auth/{page}/{key}").status_code == 410, key


def test_devise_cve_2019_16109_api_tokens(site: Site) -> None:
    """3.13 A token nobody was given is nobody's."""
    client = site.client()
    for value in (
        "",
        "Bearer",
        "Bearer ",
        "Bearer None",
        "Bearer sa_",
        "Bearer sa_" + "x" * 51,
        "Bearer sa_" + "x" * 100_000,
        "Bearer sa_" + "\xe9" * 51,
        "Basic YTpi",
        "Digest x=y",
    ):
        answer = client.get("/who", headers={"Authorization": value})
        assert (answer.status_code, answer.text) == (200, "nobody"), value


@pytest.mark.parametrize("cookie", ["simpleauth", "simpleauth-device"])
def test_devise_cve_2019_16109_cookies(site: Site, cookie: str) -> None:
    """3.13 A cookie nobody was given is nobody's."""
    client = site.client()
    values = ["", "x", "None", "\xff", "x" * 4000, "x" * 43, "\0" * 43, "é" * 43]
    for value in (*values, "WyJ4Il0.x", "W10.x"):
        client.set_cookie(cookie, value)
        assert site.who(client) == "nobody", value
        answer = site.post(client, "login", email="ada@example.org", password="wrong")
        assert answer.status_code == 422, value


@pytest.mark.parametrize("form", FORMS)
def test_django_cve_2013_1443_long_input(
    site: Site, hashed: list[str], form: str
) -> None:
    """3.29 Django CVE-2013-1443, CVE-2021-45115, CVE-2023-46695, CVE-2025-27556.

    A megabyte in a field, of text that is slow to normalise, and in all of them at
    once, is refused before it is hashed.
    """
    site.app.config["MAX_FORM_MEMORY_SIZE"] = None
    right, is_in = FORMS[form]
    if form == "signup":
        site.stop_mail()
    client, long = site.sign_in() if is_in else site.client(), "̈́" * 300000 + "@b.org"
    bodies = [dict.fromkeys(right, long), *({**right, name: long} for name in right)]
    hashed.clear()
    for data in bodies:
        for sent in ({"data": data}, {"json": data}):
            answer = client.post(f"/auth/-/forms/{form}", **sent)
            assert 400 <= answer.status_code < 500
    assert set(hashed) <= {PASSWORD}
    assert site.counts()["user"] == 1


def test_django_cve_2013_1443_nothing_is_cut(site: Site) -> None:
    """3.29 Up to the limit every character of a password counts; none is cut off."""
    long = "correct horse " * 73 + "ab"
    assert len(long) == 1024
    with site.app.app_context():
        site.auth.create_user("long@example.org", long)
    assert site.who(site.sign_in("long@example.org", long)) == "long@example.org"
    for wrong in (long[:-1], long[:-1] + "c", long + "x"):
        assert site.who(site.sign_in("long@example.org", wrong)) == "nobody"
