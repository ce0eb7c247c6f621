"""Writing and changing entries: in place by the script, and without it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import Browser, Page, expect

if TYPE_CHECKING:
    from conftest import Site


def write(page: Page, text: str) -> None:
    page.get_by_label("Your entry").first.fill(text)
    page.get_by_role("button", name="Sign the book").click()
    expect(page.get_by_role("article").first).to_contain_text(text)


def test_in_place(page: Page, site: Site) -> None:
    """With the script an entry appears, opens and changes on the page it is on."""
    site.sign_up(page, "Ada", "ada@example.org")
    page.evaluate("window.stayed = true")
    write(page, "A fine bok")
    expect(page.get_by_role("status")).to_contain_text("Thank you!")
    expect(page.get_by_label("Your entry")).to_have_value("")

    change = page.get_by_role("link", name="Change the entry")
    expect(change).to_be_focused()
    change.press("Enter")
    editor = page.get_by_role("textbox", name="Your entry").nth(1)
    expect(editor).to_be_focused()
    site.look(page, "editing")

    editor.fill("   ")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("There is a problem")).to_be_visible()
    editor.fill("A fine book")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("article").first).to_contain_text("A fine book")
    expect(page.get_by_role("status")).to_contain_text("Your entry is changed.")
    expect(change).to_be_focused()
    assert page.evaluate("window.stayed") is True


def test_without_script(browser: Browser, site: Site) -> None:
    """Without scripts the same links and forms lead to pages of their own."""
    context = browser.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    site.sign_up(page, "Ada", "ada@example.org")
    write(page, "A fine bok")
    page.get_by_role("link", name="Change the entry").click()
    expect(page).to_have_url(re.compile(r"/entries/1$"))
    page.get_by_label("Your entry").fill("A fine book")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("article")).to_contain_text("A fine book")

    page.get_by_role("link", name="Change the entry").click()
    page.get_by_role("button", name="Delete this entry").click()
    expect(page.get_by_role("status")).to_contain_text("The entry is gone.")
    expect(page.get_by_role("article")).to_have_count(0)
    context.close()


def test_switching_the_language(page: Page, site: Site) -> None:
    """The whole site changes its language, and keeps it."""
    page.goto("/auth/login")
    page.get_by_role("combobox", name="Language").select_option("Deutsch")
    page.get_by_role("button", name="Change").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    site.look(page, "anmelden")
    page.goto("/")
    expect(page.get_by_role("heading", level=2).first).to_have_text(
        "Wie sollen wir Sie nennen?"
    )


def test_signing_the_other_out(browser: Browser, site: Site) -> None:
    """Who signs out everywhere else ends the session of the other browser."""
    first, second = (browser.new_context(base_url=site.url) for _ in range(2))
    here, there = first.new_page(), second.new_page()
    site.sign_up(here, "Ada", "ada@example.org")
    there.goto("/mine")
    site.sign_in(there, "ada@example.org")
    expect(there).to_have_url(re.compile("/mine$"))

    here.goto("/auth/account")
    here.get_by_role("button", name="Sign out everywhere else").click()
    there.reload()
    expect(there).to_have_title("Sign in · Guest book")
    here.reload()
    expect(here).not_to_have_title("Sign in · Guest book")
    first.close()
    second.close()


def test_by_keyboard(page: Page, site: Site) -> None:
    """The skip link is the first stop, and leads to the content."""
    page.goto("/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("What is your name?")).to_be_focused()
    page.keyboard.type("Grace")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Grace")


def test_admin_ends_a_session(browser: Browser, site: Site) -> None:
    """An admin deactivates an account, and its owner is out at once."""
    first, second = (browser.new_context(base_url=site.url) for _ in range(2))
    ada, admin = first.new_page(), second.new_page()
    site.sign_up(ada, "Ada", "ada@example.org")
    site.sign_up(admin, "Grace", "grace@example.org")
    site.flask("auth", "grant", "grace@example.org", "admin")

    admin.goto("/admin/users")
    admin.get_by_role("link", name="Ada").click()
    site.look(admin, "user")
    admin.get_by_role("button", name="Deactivate").click()
    expect(admin.get_by_role("status")).to_contain_text("deactivated")
    ada.goto("/mine")
    expect(ada).to_have_title("Sign in · Guest book")

    admin.goto("/admin/audit")
    expect(admin.get_by_role("table")).to_contain_text("deactivate")
    site.look(admin, "log")
    first.close()
    second.close()
