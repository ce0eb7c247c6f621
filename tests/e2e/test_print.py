"""On paper a page has what can be read, and nothing that would be pressed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from .conftest import Site, Visit

# What is of use on a screen alone.
PRESSED = "nav, footer, form, button, input, textarea, .skip, .change"


def headings(page: Page) -> list[str]:
    """Return the headings that are printed."""
    shown = [h for h in page.locator("h2").all() if h.is_visible()]
    return [heading.inner_text() for heading in shown]


def test_print(visit: Visit, site: Site, name: str) -> None:
    """Entries are printed, and each heading with what is below it."""
    page = visit()
    site.sign_up(page, name)
    page.get_by_label("Your entry").fill("To be printed")
    page.get_by_role("button", name="Sign the book").click()
    expect(page.get_by_role("article").first).to_contain_text("To be printed")

    page.emulate_media(media="print")
    for path, expected in (
        ("/", ["What guests wrote"]),
        ("/auth/account", ["Where you are signed in", "For programs"]),
    ):
        page.goto(path)
        assert headings(page) == expected
        assert [e for e in page.locator(PRESSED).all() if e.is_visible()] == []
    page.goto("/")
    by = page.get_by_role("article").first.inner_text()
    assert by.startswith("To be printed")
    assert "·" not in by
