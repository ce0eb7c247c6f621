"""Incidents in which a visitor was sent to somebody else's site."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import pytest
from flask_simpleauth.way_back import seal_next

if TYPE_CHECKING:
    from conftest import Clock, Site

EVIL = [
    "//e",
    "///e",
    "////e",
    "/\\e",
    "\\\\e",
    "\\/e",
    "/\\/e",
    "/%09/e",
    "\t//e",
    "/\t/e",
    "/\n/e",
    "/\r\n/e",
    " //e",
    "//e/..",
    "http:e",
    "http:/e",
    "http://e",
    "http:///e",
    "https:e",
    "https:/e",
    "https://e",
    "HTTPS://e",
    "https:\\\\e",
    "https:///e",
    "ftp://e",
    "javascript:alert(1)",
    "javascript://%0aalert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "//localhost@e",
    "//localhost:80@e",
    "http://localhost@e",
    "http://localhost:pw@e",
    "http://localhost.e",
    "http://evil-localhost",
    "http://e#localhost",
    "http://e?localhost",
    "http://e\\localhost",
    "/%5Ce",
    "/%5C%5Ce",
    "%2F%2Fe",
    "/%2Fe",
    "/\0/e",
    "\0//e",
    "/e\0",
    "/e\r\nSet-Cookie: a=b",
    "/e\nLocation: //e",
    "/\u200a/e",
    "\u200a//e",
    "//\u200ae",
    "/\u2028/e",
    "//e\uff0eexample",
    "\uff0f\uff0fe",
    "/;@e",
    "//;@e",
    "///\\;@e",
    ".e",
    "@e",
    ":80",
    "//[::1]",
    "//2130706433",
    "http://2130706433",
]


def test_flask_security_open_redirects(site: Site, clock: Clock) -> None:
    """3.1 Flask-Security CVE-2021-32618, CVE-2023-49438, GHSA-w2j7-f3c6-g8cw.

    A target that we have not signed is not gone to, however it is written, in the field
    or in the query, once or twice.
    """
    data = {"email": "ada@example.org", "password": "correct horse battery"}
    for target in EVIL:
        client = site.client()
        page = client.get("/auth/login", query_string={"next": [target, target]})
        assert page.status_code == 200, target
        field = re.search(r'name="next"[^>]*value="([^"]*)"', page.text)
        assert field is not None, target
        for sent in (target, html.unescape(field[1])):
            wrong = {**data, "password": "x", "next": sent}
            answer = site.post(client, "login", **wrong)
            assert answer.status_code == 422, target
            assert "Location" not in answer.headers, target
            answer = site.post(site.client(), "login", **data, next=sent)
            assert answer.headers["Location"] == "/", target
        clock.advance(24 * 60 * 60)  # so that no limit answers in place of us


@pytest.mark.parametrize("path", ["//e", "///e", "//e/x", "/\\e", "/\\e/x"])
def test_way_back_to_a_page_of_another_site(site: Site, path: str) -> None:
    """3.1 Even what we sign ourselves leads to a path of the site.

    A page of our own whose path reads as another site's address is asked for.
    """
    site.app.url_map.merge_slashes = False
    site.app.add_url_rule(
        "/<path:any>", "any", site.auth.login_required(lambda any: "any")
    )
    client = site.client()
    asked = client.get("/", environ_overrides={"PATH_INFO": path})
    page = client.get(asked.headers["Location"])
    field = re.search(r'name="next"[^>]*value="([^"]*)"', page.text)
    assert field is not None
    answer = site.post(
        client,
        "login",
        email="ada@example.org",
        password="correct horse battery",
        next=html.unescape(field[1]),
    )
    location = answer.headers["Location"]
    assert location.startswith("/")
    assert location[1:2] not in {"/", "\\"}


@pytest.mark.parametrize("path", ["//e", "/\\e", "/\t/e", "https://e", "e"])
def test_way_back_that_was_signed(site: Site, path: str) -> None:
    """3.1 The same for what somebody had us sign: what is no path leads home."""
    with site.app.test_request_context():
        sealed = seal_next(path)
    data = {"email": "ada@example.org", "password": "correct horse battery"}
    answer = site.post(site.client(), "login", **data, next=sealed)
    assert answer.headers["Location"] == "/"


def test_flask_user_119_next_in_the_query(site: Site) -> None:
    """3.2 Flask-User #119: the query's target was taken over the one that was kept.

    The way back is signed by us; what an attacker adds to the query does not count.
    """
    client = site.client()
    asked = client.get("/in?q=1")
    page = client.get(asked.headers["Location"] + "&next=//e")
    field = re.search(r'name="next"[^>]*value="([^"]*)"', page.text)
    assert field is not None
    answer = site.post(
        client,
        "login",
        email="ada@example.org",
        password="correct horse battery",
        next=html.unescape(field[1]),
    )
    assert answer.headers["Location"] == "/in?q=1"
