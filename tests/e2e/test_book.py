"""Writing and changing entries: by script, by keyboard, and in two browsers at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from .conftest import Site, Visit


def write(page: Page, text: str) -> None:
    page.get_by_label("Your entry").first.fill(text)
    page.get_by_role("button", name="Sign the book").click()
    expect(page.get_by_role("article").first).to_contain_text(text)


@pytest.mark.parametrize("page", ["desktop", "phone"], indirect=True)
def test_in_place(page: Page, site: Site, name: str) -> None:
    """With the script an entry appears, opens and changes on the page it is on."""
    site.sign_up(page, name)
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
    site.look(page, "editing-invalid")
    editor.fill("A fine book")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("article").first).to_contain_text("A fine book")
    expect(page.get_by_role("status")).to_contain_text("Your entry is changed.")
    expect(change).to_be_focused()
    assert page.evaluate("window.stayed") is True


@pytest.mark.parametrize("by_key", [True, False])
def test_thinking_better_of_it(
    visit: Visit, site: Site, name: str, by_key: bool
) -> None:
    """The Escape key or a link closes the form, and the focus is where it was."""
    page = visit()
    site.sign_up(page, name)
    write(page, "As it was")
    change = page.get_by_role("link", name="Change the entry")
    change.click()
    page.get_by_role("textbox", name="Your entry").nth(1).fill("Another")
    if by_key:
        page.keyboard.press("Escape")
    else:
        page.get_by_role("link", name="Leave it as it is").click()
    expect(page.get_by_role("textbox", name="Your entry")).to_have_count(1)
    expect(page.get_by_role("article").first).to_contain_text("As it was")
    expect(change).to_be_focused()


def test_pressing_twice(visit: Visit, site: Site, name: str) -> None:
    """Whoever is impatient writes one entry all the same."""
    page = visit()
    site.sign_up(page, name)
    page.get_by_label("Your entry").fill("Once is enough")
    page.get_by_role("button", name="Sign the book").dblclick()
    expect(page.get_by_role("status")).to_contain_text("Thank you!")
    page.goto("/mine")
    expect(page.get_by_role("article")).to_have_count(1)


def test_without_a_network(visit: Visit, site: Site, name: str) -> None:
    """Where the site is out of reach the form stays, with what was typed."""
    page = visit()
    site.sign_up(page, name)
    page.get_by_label("Your entry").fill("Written on a train")
    page.wait_for_load_state()  # with its script
    page.context.set_offline(True)
    page.get_by_role("button", name="Sign the book").click()
    expect(page.get_by_role("status")).to_contain_text("could not be reached")
    page.context.set_offline(False)
    page.get_by_role("button", name="Sign the book").click()
    expect(page.get_by_role("article").first).to_contain_text("Written on a train")


def test_by_keyboard_alone(visit: Visit) -> None:
    """Signing up and writing take no mouse, and the skip link is the first stop."""
    page = visit()
    press, type_ = page.keyboard.press, page.keyboard.type
    page.goto("/")
    press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    press("Enter")
    press("Tab")
    expect(page.get_by_label("What is your name?")).to_be_focused()
    type_("Radia")
    press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Radia")

    tab_to(page, "link", "Sign up to write in the book")
    press("Enter")
    tab_to(page, "textbox", "Your name")
    for text in ("Radia", "radia@example.org", "correct horse battery"):
        type_(text)
        press("Tab")
    press("Enter")
    tab_to(page, "textbox", "Your entry")
    type_("No mouse was harmed")
    press("Tab")
    press("Enter")
    expect(page.get_by_role("article").first).to_contain_text("No mouse was harmed")


def tab_to(page: Page, role: str, name: str) -> None:
    """Press the Tab key until an element has the focus, as who sees it would."""
    wanted = page.locator(f"role={role}[name*='{name}'i]").first
    wanted.wait_for()
    for _ in range(30):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"The Tab key does not lead to {name!r}.")


def test_switching_the_language(visit: Visit) -> None:
    """The whole site changes its language, and keeps it."""
    page = visit()
    page.goto("/auth/login")
    page.get_by_role("combobox", name="Language").select_option("Deutsch")
    page.get_by_role("button", name="Change").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.get_by_role("heading", level=1)).to_have_text("Anmelden")
    page.goto("/")
    expect(page.get_by_role("heading", level=2).first).to_have_text(
        "Wie sollen wir Sie nennen?"
    )


def test_signing_the_other_out(visit: Visit, site: Site, name: str) -> None:
    """Who signs out everywhere else ends the session of the other browser."""
    here, there = visit(), visit()
    site.sign_up(here, name)
    there.goto("/mine")
    site.sign_in(there, name)
    expect(there).to_have_url(re.compile("/mine$"))
    there.goto("/")

    here.goto("/auth/account")
    here.get_by_role("button", name="Sign out everywhere else").click()
    expect(here.get_by_role("status")).to_contain_text("Other devices are signed out.")

    # What the other one writes now goes nowhere, and they learn that.
    there.get_by_label("Your entry").fill("Too late")
    there.get_by_role("button", name="Sign the book").click()
    expect(there).to_have_title("Sign in · Guest book")
    here.goto("/mine")
    expect(here.get_by_role("article")).to_have_count(0)


def test_after_a_restart(visit: Visit, site: Site, name: str) -> None:
    """A session outlasts the server's process, and so does what was written."""
    page = visit()
    site.sign_up(page, name)
    write(page, "Here to stay")
    page.wait_for_load_state("networkidle")
    site.stop()
    site.start()
    page.goto("/mine")
    expect(page.get_by_role("article")).to_contain_text("Here to stay")
