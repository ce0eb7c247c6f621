"""The guest book's story from the first visit to the last, as a developer sees it.

In debug mode: mails go into the log, and so does the link that confirms an address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from .conftest import PASSWORD, Site, address_of

if TYPE_CHECKING:
    from .conftest import Visit

ADMIN = "Admin"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The example app in debug mode, filled by its demo."""
    site = Site(tmp_path_factory.mktemp("site"))
    site.flask("demo", "--password", PASSWORD)
    site.start("--debug", "--no-reload")
    yield site
    site.stop()


def heading(page: Page, text: str) -> None:
    # What comes before the name depends on the hour of whoever runs the test.
    expect(page.get_by_role("heading", level=1)).to_contain_text(text)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def sign_up_by_mail(page: Page, site: Site, name: str) -> None:
    page.goto("/auth/signup")
    page.get_by_label("E-mail address").fill(address_of(name))
    press(page, "Sign up")
    expect(page.get_by_role("status")).to_contain_text("We have sent you a mail.")
    page.goto(site.link_mailed_to(address_of(name)))
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign up")


def test_the_whole_story(page: Page, site: Site, visit: Visit, name: str) -> None:
    """A visitor is greeted, signs up, confirms, writes, corrects, and leaves again."""
    page.goto("/")
    heading(page, "Hello there")
    page.get_by_label("What is your name?").fill(name.upper())
    press(page, "Submit")
    heading(page, f", {name.upper()}!")

    sign_up_by_mail(page, site, name)
    heading(page, f", {name}!")
    write_and_correct(page, site)

    page.goto("/")
    page.get_by_role("link", name="Older").click()
    expect(page.get_by_text("Page 2 of 7")).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(10)

    page.get_by_role("link", name="Your entries").click()
    expect(page.get_by_role("article")).to_have_count(1)
    page.get_by_role("link", name="Delete the entry").click()
    press(page, "Delete this entry")
    expect(page.get_by_role("status")).to_contain_text("The entry is gone.")

    sign_out_another_device(page, site, visit(), name)
    press(page, "Sign out")
    expect(page.get_by_role("heading", level=1)).not_to_contain_text(name)


def write_and_correct(page: Page, site: Site) -> None:
    page.get_by_label("Your entry").fill("A fine bok, <b>this</b>.")
    press(page, "Sign the book")
    expect(page.get_by_role("status")).to_contain_text("Thank you!")
    expect(page.get_by_role("article").first).to_contain_text("bok, <b>this</b>.")
    site.look(page, "signed")

    page.get_by_role("link", name="Change the entry").click()
    save = page.get_by_role("button", name="Save", exact=True)
    save.wait_for()
    page.get_by_role("textbox", name="Your entry").last.fill("A fine book")
    save.click()
    expect(page.get_by_role("article").first).to_contain_text("A fine book")
    expect(page.get_by_role("status")).to_contain_text("Your entry is changed.")


def sign_out_another_device(page: Page, site: Site, other: Page, name: str) -> None:
    other.goto("/mine")
    site.sign_in(other, name)
    expect(other).to_have_url(re.compile("/mine$"))
    page.get_by_role("link", name="Account").click()
    expect(page.get_by_role("main")).to_contain_text("(this one)")
    site.look(page, "account")
    page.get_by_role("button", name="Sign out Chrome").click()
    expect(page.get_by_role("status")).to_contain_text("That device is signed out.")
    other.reload()
    expect(other).to_have_title("Sign in · Guest book")


def test_invalid_input_is_kept(page: Page, site: Site, name: str) -> None:
    """What was typed comes back with its errors, and the summary has the focus."""
    page.goto("/auth/signup")
    page.get_by_label("E-mail address").fill(address_of(name))
    press(page, "Sign up")
    page.goto(site.link_mailed_to(address_of(name)))
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Password").fill("short")
    press(page, "Sign up")

    expect(page.get_by_role("group", name="There is a problem")).to_be_focused()
    expect(page.get_by_label("Your name")).to_have_value(name)
    expect(page.get_by_label("Password")).to_have_value("")
    site.look(page, "invalid")
    page.get_by_role("link", name="Use at least 12 characters.").click()
    expect(page.get_by_label("Password")).to_be_focused()


@pytest.mark.parametrize("page", ["desktop", "phone without script"], indirect=True)
def test_an_admin(page: Page, site: Site, visit: Visit, name: str) -> None:
    """An admin finds a user, gives a role, and shuts them out at once."""
    theirs = visit()
    sign_up_by_mail(theirs, site, name)
    assert theirs.request.get("/admin/users").status == 403

    page.goto("/admin/users")
    site.sign_in(page, ADMIN)
    expect(page.get_by_role("region", name="admin")).to_contain_text(ADMIN)
    page.get_by_label("Name or e-mail address").fill(name)
    press(page, "Search")
    page.get_by_role("region", name="Without a role").get_by_role("link").click()

    page.get_by_role("combobox", name="Role").select_option("admin")
    press(page, "Change the role")
    expect(page.get_by_role("status")).to_contain_text("The role is changed.")
    assert theirs.request.get("/admin/users").status == 200

    press(page, "End all sessions")
    expect(page.get_by_role("status")).to_contain_text("All sessions are ended.")
    theirs.goto("/mine")
    site.sign_in(theirs, name)
    expect(theirs).to_have_url(re.compile("/mine$"))

    press(page, "Deactivate")
    expect(page.get_by_role("status")).to_contain_text("deactivated")
    theirs.reload()
    expect(theirs).to_have_title("Sign in · Guest book")

    page.get_by_role("link", name="Log").click()
    expect(page.get_by_role("table")).to_contain_text("deactivate")
    site.look(page, "log")


def test_markup_in_a_name(page: Page) -> None:
    """A name that is markup is shown as what was typed."""
    page.goto("/")
    page.get_by_label("What is your name?").fill("<script>alert(1)</script>")
    press(page, "Submit")
    heading(page, ", <script>alert(1)</script>!")
