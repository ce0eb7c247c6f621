"""How the pages look where a site says nothing of that."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Site

STYLES = "/auth/static/simpleauth.css"


def test_styles(site: Site, statements: list[str]) -> None:
    """The pages have styles of ours, which may be stored and cost no query."""
    assert f'href="{STYLES}"' in site.client().get("/auth/login").text
    client = site.sign_in()
    statements.clear()
    styles = client.get(STYLES)
    assert styles.status_code == 200
    assert styles.mimetype == "text/css"
    assert "no-store" not in styles.headers["Cache-Control"]
    assert "Vary" not in styles.headers
    assert statements == []


def test_styles_of_a_protected_app(site: Site) -> None:
    """Who is not signed in yet gets the styles of the page that asks for it."""
    site.auth.protect(site.app)
    assert site.client().get(STYLES).status_code == 200


def test_layout_of_the_site(site: Site, tmp_path: Path) -> None:
    """In a site's own layout there is nothing of ours but the page."""
    (tmp_path / "site.html").write_text("<main>{% block page_content %}{% endblock %}")
    site.app.jinja_loader.searchpath.append(str(tmp_path))  # type: ignore[union-attr] # of files
    site.app.config["SIMPLEAUTH_BASE_TEMPLATE"] = "site.html"
    page = site.client().get("/auth/login").text
    assert page.startswith("<main>")
    assert STYLES not in page


@pytest.mark.parametrize("page", ["login", "account", "tokens", "delete", "logout"])
def test_nothing_inline(site: Site, page: str) -> None:
    """A Content-Security-Policy without unsafe-inline breaks nothing."""
    text = site.sign_in().get(f"/auth/{page}").text
    assert " style=" not in text
    assert "<style" not in text
    assert "<script" not in text
