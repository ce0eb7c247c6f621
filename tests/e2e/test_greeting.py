"""A browser is greeted in its language, at its hour."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timezone, tzinfo
from pathlib import Path

import pytest
from flask import Flask, Response
from flask_greet import Greet
from playwright.sync_api import Browser

from .serving import serving

# Evening in New York, morning of the next day in Tokyo.
NOW = datetime(2026, 3, 2, 23, 30, tzinfo=timezone.utc)
NAME = "Ada"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A site under a strict content policy, whose clock stands still."""

    def clock(zone: tzinfo) -> datetime:
        return NOW.astimezone(zone)

    app = Flask(__name__)
    app.config.update(SECRET_KEY="tests", GREET_PAGES=True)
    greet = Greet(app, clock=clock)
    greet.name_loader(lambda: NAME)

    @app.get("/favicon.ico")  # which a browser asks for, and we do not test
    def icon() -> Response:
        return Response(status=204)

    @app.after_request
    def restrict(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = "default-src 'self'"
        return response

    with serving(app) as url:
        yield url


@pytest.mark.parametrize(
    ("locale", "zone", "first", "then"),
    [
        ("en-GB", "America/New_York", "Hello, Ada!", "Good evening, Ada!"),
        ("en-GB", "Asia/Tokyo", "Hello, Ada!", "Good morning, Ada!"),
        ("de-AT", "America/New_York", "Hallo, Ada!", "Guten Abend, Ada!"),
        ("de-AT", "Asia/Tokyo", "Hallo, Ada!", "Guten Morgen, Ada!"),
        ("ar-EG", "America/New_York", "مرحبًا، Ada!", "مساء الخير، Ada!"),
        ("ar-EG", "Asia/Tokyo", "مرحبًا، Ada!", "صباح الخير، Ada!"),
    ],
)
@pytest.mark.parametrize("look", ["light", "dark"])
def test_browser_is_greeted(
    browser: Browser,
    address: str,
    locale: str,
    zone: str,
    first: str,
    then: str,
    look: str,
) -> None:
    """The first page tells the browser's time zone, and the second greets by it."""
    wide = look == "light"
    context = browser.new_context(
        base_url=address,
        locale=locale,
        timezone_id=zone,
        color_scheme="light" if wide else "dark",
        viewport={"width": 1280 if wide else 375, "height": 700},
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))

    page.goto("/")
    assert page.get_by_role("heading").inner_text() == first

    page.reload()
    assert page.get_by_role("heading").inner_text() == then
    assert page.locator("html").get_attribute("lang") == locale[:2]

    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.evaluate("window.innerWidth")
    if os.environ.get("SCREENSHOTS"):
        folder = Path(os.environ["SCREENSHOTS"])
        page.screenshot(path=folder / f"greeting-{locale}-{zone[:4]}-{look}.png")

    context.close()
    assert complaints == []
