"""A program that acts for somebody: its token is made, used and ended."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, expect

from .conftest import Site, address_of


def ask(site: Site, token: str) -> tuple[int, Any]:
    """Ask for the account as a program does, with nothing of a browser."""
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    try:
        with urlopen(Request(f"{site.url}/auth/account", headers=headers)) as answer:  # noqa: S310 # http, to ourselves
            return answer.status, json.load(answer)
    except HTTPError as refusal:
        with refusal:
            return refusal.code, None


@pytest.mark.parametrize("page", ["desktop", "phone without script"], indirect=True)
def test_a_token(page: Page, site: Site, name: str) -> None:
    """It is shown once, works until it is ended, and its owner sees when it is used."""
    site.sign_up(page, name)
    page.get_by_role("link", name="Account").click()
    page.get_by_role("link", name="API tokens").click()
    page.get_by_label("Name").fill("backup")
    page.get_by_role("button", name="Make a token").click()
    token = page.locator("code").first.inner_text()
    site.look(page, "new-token")

    time.sleep(1)  # since when it is used is known to the second
    status, found = ask(site, token)
    assert (status, found["account"]["email"]) == (200, address_of(name))

    page.goto("/auth/tokens")
    expect(page.get_by_role("listitem")).to_contain_text("last used")
    assert token not in page.content()
    site.look(page, "tokens")

    page.get_by_role("button", name="End backup").click()
    expect(page.get_by_role("status")).to_contain_text("good for nothing any more")
    assert ask(site, token)[0] == 401
