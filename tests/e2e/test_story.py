"""The guest book's story, in a browser and over plain http."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from conftest import Site


def heading(page: Page, text: str) -> None:
    # What comes before the name depends on the hour of whoever runs the test.
    expect(page.get_by_role("heading", level=1)).to_contain_text(text)


def test_the_whole_story(page: Page, site: Site) -> None:
    """A visitor is greeted, signs up, writes, leaves, and is back after a restart."""
    page.goto("/")
    heading(page, "Hello there")
    site.look(page, "front")

    page.get_by_label("What is your name?").fill("Grace")
    page.get_by_role("button", name="Submit").click()
    heading(page, ", Grace!")

    page.goto("/mine")
    expect(page).to_have_title("Sign in · Guest book")
    site.look(page, "sign-in")

    site.sign_up(page, "Ada", "ada@example.org")
    heading(page, ", Ada!")

    page.get_by_label("Your entry").fill("A fine book, <b>this</b>.")
    page.get_by_role("button", name="Sign the book").click()
    expect(page.get_by_role("status")).to_contain_text("Thank you!")
    expect(page.get_by_role("article")).to_contain_text("A fine book, <b>this</b>.")
    site.look(page, "signed")

    page.get_by_role("link", name="Your entries").click()
    expect(page.get_by_role("article")).to_have_count(1)

    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("Ada")

    page.wait_for_load_state("networkidle")
    site.stop()
    site.start()

    page.goto("/mine")
    site.sign_in(page, "ada@example.org")
    heading(page, "Your entries")
    expect(page.get_by_role("article")).to_have_count(1)


def test_account_page(page: Page, site: Site) -> None:
    """One sees where one is signed in, in the site's own layout."""
    site.sign_up(page, "Ada", "ada@example.org")
    page.get_by_role("link", name="Account").click()
    expect(page.get_by_role("main")).to_contain_text("Chrome · Linux (this one)")
    site.look(page, "account")


def test_users_by_role(page: Page, site: Site) -> None:
    """An account made admin from the command line sees the users by role."""
    site.sign_up(page, "Ada", "ada@example.org")
    answer = page.request.get("/admin/users")
    assert answer.status == 403
    page.get_by_role("button", name="Sign out").click()
    site.sign_up(page, "Grace", "grace@example.org")

    site.flask("auth", "grant", "grace@example.org", "admin")
    page.goto("/")
    page.get_by_role("link", name="Users").click()
    expect(page.get_by_role("region", name="admin")).to_contain_text("Grace")
    expect(page.get_by_role("region", name="Without a role")).to_contain_text("Ada")
    site.look(page, "users")


def test_invalid_input_is_kept(page: Page, site: Site) -> None:
    """What was typed comes back with its errors, and the summary has the focus."""
    page.goto("/")
    page.get_by_role("link", name="Sign up").first.click()
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("E-mail address").fill("ada@example.org")
    page.get_by_label("Password").fill("short")
    page.get_by_role("button", name="Sign up").click()

    summary = page.get_by_role("link", name="Use at least 12 characters.")
    expect(summary).to_be_visible()
    expect(page.get_by_label("Your name")).to_have_value("Ada")
    expect(page.get_by_label("E-mail address")).to_have_value("ada@example.org")
    expect(page.get_by_label("Password")).to_have_value("")
    site.look(page, "invalid")

    summary.click()
    expect(page.get_by_label("Password")).to_be_focused()


def test_markup_in_a_name(page: Page, site: Site) -> None:
    """A name that is markup is shown as what was typed."""
    page.goto("/")
    page.get_by_label("What is your name?").fill("<script>alert(1)</script>")
    page.get_by_role("button", name="Submit").click()
    heading(page, ", <script>alert(1)</script>!")
