"""Every page of the site: accessible and in shape, by day and by night."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from .conftest import PASSWORD, Site, address_of

if TYPE_CHECKING:
    from .conftest import Visit

# Those behind a link of a mail are looked at below.
FOR_ALL = [
    "/",
    "/?page=2",
    "/greetings",
    "/auth/login",
    "/auth/signup",
    "/auth/forgot",
    "/auth/reset/dead",
    "/nothing",
]
FOR_ADMINS = [
    "/",
    "/mine",
    "/entries/1",
    "/admin/users",
    "/admin/users?q=nobody&_form=admin.search",
    "/admin/users/1",
    "/admin/audit",
    "/auth/account",
    "/auth/tokens",
    "/auth/confirm",
    "/auth/delete",
    "/auth/logout",
]
# The narrow one is what WCAG 2.2, 1.4.10, asks for.
SHAPES = [(1280, "light"), (320, "dark")]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The example app in debug mode, filled by its demo, and Eve, a user."""
    site = Site(tmp_path_factory.mktemp("site"))
    site.flask("demo", "--password", PASSWORD)
    site.flask("auth", "create-user", address_of("Eve"), "--password", PASSWORD)
    site.start("--debug", "--no-reload")
    yield site
    site.stop()


def look_all_over(page: Page, site: Site, name: str) -> None:
    """Look at a page in each shape."""
    for width, scheme in SHAPES:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        site.look(page, name)


@pytest.mark.parametrize("path", FOR_ALL)
def test_a_page_for_all(visit: Visit, site: Site, path: str) -> None:
    """What anybody can see is accessible, in the language of the site too."""
    page = visit(locale="de" if path == "/" else "en")
    page.goto(path)
    look_all_over(page, site, path.strip("/").replace("/", "-").partition("?")[0])


def test_pages_for_admins(visit: Visit, site: Site) -> None:
    """So is what an admin sees, and nothing else is needed to get there."""
    page = visit()
    page.goto("/mine")
    site.sign_in(page, "Admin")
    for path in FOR_ADMINS:
        page.goto(path)
        look_all_over(page, site, "admin" + path.replace("/", "-").partition("?")[0])


def test_pages_behind_links(visit: Visit, site: Site) -> None:
    """So is what a link in a mail leads to: a password, an account, an address."""
    page = visit()
    page.goto("/auth/forgot")
    page.get_by_label("E-mail address").fill("admin@example.org")
    page.get_by_role("button", name="Send me a link").click()
    expect(page.get_by_role("status")).not_to_be_empty()
    page.goto(site.link_mailed_to("admin@example.org"))
    look_all_over(page, site, "reset")

    page.goto("/auth/signup")
    page.get_by_label("E-mail address").fill(address_of("Ada"))
    page.get_by_role("button", name="Sign up").click()
    page.goto(site.link_mailed_to(address_of("Ada")))
    look_all_over(page, site, "sign-up")
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()

    page.goto("/auth/account")
    page.get_by_label("New e-mail address").fill(address_of("Ada-2"))
    page.get_by_label("Current password").first.fill(PASSWORD)
    page.get_by_role("button", name="Change the address").click()
    expect(page.get_by_role("status")).not_to_be_empty()
    page.goto(site.link_mailed_to(address_of("Ada-2")))
    look_all_over(page, site, "address")


def test_refusals(visit: Visit, site: Site) -> None:
    """So is what those see who may not, who have to wait, and who need not wait."""
    eve, thief = visit(), visit()
    eve.goto("/mine")
    site.sign_in(eve, "Eve")
    eve.goto("/admin/users")
    expect(eve.get_by_role("main")).to_contain_text("(403)")
    look_all_over(eve, site, "403")

    for _ in range(10):
        thief.request.post(
            "/auth/-/forms/login",
            form={"email": address_of("Eve"), "password": "wrong"},
            headers={"Sec-Fetch-Site": "same-origin"},
        )
    thief.goto("/auth/login")
    site.sign_in(thief, "Eve")
    expect(thief.get_by_role("main")).to_contain_text("Too many tries.")
    look_all_over(thief, site, "429")

    eve.goto(site.link_mailed_to(address_of("Eve")))
    look_all_over(eve, site, "unlock")


def test_a_broken_site(visit: Visit, site: Site) -> None:
    """So is the page of a site that is broken; the last test, since it breaks it."""
    page = visit()
    site.stop()
    site.start()
    with closing(sqlite3.connect(site.folder / "guestbook.sqlite3")) as database:
        database.execute("DROP TABLE entry")
    page.goto("/")
    expect(page.get_by_role("main")).to_contain_text("(500)")
    look_all_over(page, site, "500")
