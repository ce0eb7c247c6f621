"""Who is refused a page learns why, in the language that they speak."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Site


@pytest.mark.parametrize(
    ("page", "again"),
    [
        ("reset", "/auth/forgot"),
        ("signup", "/auth/signup"),
        ("address", "/auth/account"),
        ("unlock", "/auth/login"),
    ],
)
def test_dead_link(site: Site, page: str, again: str) -> None:
    """A link that is no good any more says so to programs, and where to go."""
    answer = site.sign_in().get(
        f"/auth/{page}/used", headers={"Accept": "application/json"}
    )
    assert answer.status_code == 410
    assert answer.json == {
        "error": "This link does not work any more. Ask for a new one.",
        "redirect": again,
    }
    assert answer.headers["Cache-Control"] == "no-store"


def test_used_link(site: Site) -> None:
    """A link that was used up answers as one that never was."""
    key = site.link()
    site.post(site.client(), "reset", key=key, new="staple correct horse")
    headers = {"Accept": "application/json"}
    used, made_up = (
        site.client().get(f"/auth/reset/{each}", headers=headers).json
        for each in (key, "made-up")
    )
    assert used == made_up
