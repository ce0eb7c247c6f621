"""The pictures of the README and the docs: `tox -e screenshots` takes them anew.

They are tests only in that they need a site and a browser. Chinese and Japanese take a
font that has them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from .conftest import PASSWORD, ROOT, Site

if TYPE_CHECKING:
    from .conftest import Visit

FOLDER = ROOT / "docs" / "images"
SHAPES = [
    ("desktop", 960, 720, "light"),
    ("desktop", 960, 720, "dark"),
    ("phone", 390, 720, "light"),
    ("phone", 390, 720, "dark"),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The example app with a book that is not empty."""
    site = Site(tmp_path_factory.mktemp("site"))
    site.flask("demo", "--password", PASSWORD)
    site.start()
    yield site
    site.stop()


def morning() -> str:
    """Find a zone where it is ten o'clock, so that the greeting is always the same."""
    hours = datetime.now(timezone.utc).hour - 10
    return f"Etc/GMT{hours if hours <= 12 else hours - 24:+}"


def test_pictures(visit: Visit, site: Site) -> None:
    """The front page in each shape, and what only some people see, by day."""
    page = visit(zone=morning())
    site.sign_up(page, "Ada")
    for shape, width, height, scheme in SHAPES:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.goto("/")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Good morning")
        page.screenshot(path=FOLDER / f"guest-book-{shape}-{scheme}.png")

    admin = visit(960)
    admin.goto("/mine")
    site.sign_in(admin, "Admin")
    for name, path in (
        ("account", "/auth/account"),
        ("users", "/admin/users"),
        ("log", "/admin/audit"),
    ):
        admin.goto(path)
        admin.screenshot(path=FOLDER / f"{name}.png")
