"""What every page tells browsers and caches, whoever asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from flask import Flask, request, request_finished
from flask_simpleauth.state import VISIT
from werkzeug.http import parse_cookie
from werkzeug.test import TestResponse

if TYPE_CHECKING:
    from tests.security.conftest import MakeSite, Site

ORIGINS = ["http://localhost", "https://book.example"]


def varies_on(answer: TestResponse) -> set[str]:
    return {name.lower() for name in answer.vary}


@contextmanager
def who_was_read(app: Flask) -> Iterator[list[object]]:
    """Note each request that has asked who is there."""
    visits: list[object] = []

    def note(sender: Flask, **_: object) -> None:
        if VISIT in request.environ:
            visits.append(request.environ[VISIT])

    with request_finished.connected_to(note, app):
        yield visits


@pytest.fixture(params=ORIGINS, ids=["http", "https"])
def site(request: pytest.FixtureRequest, make_site: MakeSite) -> Site:
    """The example app on one's own machine, and in production."""
    return make_site(request.param)


def test_every_page_for_everybody(site: Site, count: Callable[[str], None]) -> None:
    """A page that read the user says so; ours are stored nowhere; all say the rest."""
    tried = read_the_user = 0
    for kind, visitor in site.visitors().items():
        for path in site.pages():
            with who_was_read(site.app) as visits:
                answer = visitor.get(path)
            told = (kind, path, answer.status_code, dict(answer.headers))
            assert answer.status_code < 500, told
            headers = answer.headers
            cache = headers.get("Cache-Control", "")

            if path.startswith("/auth/") and "/static/" not in path:
                assert "no-store" in cache, told
                assert "public" not in cache, told
            if visits:
                read_the_user += 1
                assert {"cookie", "authorization"} <= varies_on(answer), told
                assert "private" in cache or "no-store" in cache, told
            elif path == "/static/style.css":
                assert "cookie" not in varies_on(answer), told
                assert "Set-Cookie" not in headers, told

            assert headers["Referrer-Policy"] == "same-origin", told
            assert headers["X-Content-Type-Options"] == "nosniff", told
            assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], told
            assert ("Strict-Transport-Security" in headers) is site.is_secure, told
            if answer.mimetype == "text/html":
                assert "accept-language" in varies_on(answer), told
            tried += 1
    assert tried == 5 * len(site.pages())
    assert read_the_user > tried / 2
    count(f"headers: {tried} pages shown, {read_the_user} of which read the user")


def test_every_cookie(site: Site) -> None:
    """Each cookie is for this host alone, hidden from scripts, Secure where it can be.

    That of a session ends with the browser, unless somebody wanted to stay signed in.
    """
    seen: set[tuple[str, str]] = set()
    for remember in ("", "1"):
        visitor = site.visitor()
        answers = [
            visitor.post(
                "/auth/-/forms/login",
                data={
                    "email": "ada@example.org",
                    "password": "correct horse battery",
                    "remember": remember,
                },
            ),
            visitor.post("/-/forms/name", data={"name": "Ada"}),
            visitor.post("/auth/-/forms/other-sessions"),
            visitor.post("/auth/-/forms/logout"),
        ]
        for number, answer in enumerate(answers):
            for line in answer.headers.getlist("Set-Cookie"):
                parts = [part.strip() for part in line.split(";")]
                name = parts[0].partition("=")[0]
                attributes = set(parts[1:])
                seen.add((name, remember))
                assert name.startswith("__Host-") is site.is_secure, line
                assert ("Secure" in attributes) is site.is_secure, line
                assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= attributes, line
                assert not any(part.startswith("Domain") for part in attributes), line
                if number == 0 and name.endswith("simpleauth"):
                    lasts = any(part.startswith("Max-Age") for part in attributes)
                    assert lasts is bool(remember), line
    prefix = "__Host-" if site.is_secure else ""
    assert {name for name, _ in seen} == {
        f"{prefix}{name}" for name in ("session", "simpleauth", "simpleauth-device")
    }


def test_cookie_of_the_other_scheme(make_site: MakeSite) -> None:
    """Over https a cookie that http could have planted is not read, nor the reverse."""
    for origin, other in zip(ORIGINS, ("__Host-simpleauth", "simpleauth"), strict=True):
        site = make_site(origin)
        ada = site.sign_in("ada")
        own = "simpleauth" if other.startswith("__") else "__Host-simpleauth"
        host = origin.rpartition("/")[2]
        cookie = ada.get_cookie(own, domain=host)
        assert cookie is not None
        thief = site.visitor()
        thief.set_cookie(other, cookie.value, domain=host)
        assert thief.get("/mine").status_code == 303
        thief.set_cookie(own, cookie.value, domain=host)
        assert thief.get("/mine").status_code == 200
        with site.app.app_context():
            from example_app.extensions import db

            db.drop_all()
            db.create_all()


def test_a_refusal_and_an_error_are_private_too(site: Site) -> None:
    """What is refused, redirected or broken says who it was for as well."""
    visitor = site.sign_in("ada")
    for path in ("/admin/users", "/entries/999"):
        answer = visitor.get(path)
        assert answer.status_code in (403, 404)
        assert "cookie" in varies_on(answer)
        assert "private" in answer.headers["Cache-Control"]
    asked = site.visitor().get("/mine")
    assert asked.status_code == 303
    assert "cookie" in varies_on(asked)


def test_no_secret_in_a_cookie_of_flask(site: Site) -> None:
    """The session of Flask, which anybody can read, has no key and no password."""
    visitor = site.sign_in("ada", remember="1")
    with visitor.session_transaction(base_url=site.origin) as session:
        kept = repr(dict(session))
    for line in visitor.get("/").headers.getlist("Set-Cookie"):
        kept += repr(parse_cookie(line))
    assert "correct horse" not in kept
    assert "scrypt" not in kept
