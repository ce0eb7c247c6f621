"""The checker that the other tests ask about accessibility."""

from __future__ import annotations

from playwright.sync_api import Browser

from .axe import complaints

PAGE = """<!doctype html>
<html lang="en"><title>Two copies</title><main><h1>Two copies</h1>
<label for="name">Name</label><input id="name">
<label for="name">Name</label><input id="name">
"""


def test_axe_says_what_it_cannot_tell(browser: Browser) -> None:
    """A second copy with the ids of the first is found, which axe calls incomplete."""
    page = browser.new_page()
    page.set_content(PAGE)
    found = {complaint.partition(":")[0] for complaint in complaints(page)}
    page.close()
    assert "form-field-multiple-labels" in found
