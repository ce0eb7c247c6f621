"""A running example app and a real browser."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[2]
PASSWORD = "correct horse battery"


class Site:
    """The example app as a stranger runs it: its own process, its own database."""

    def __init__(self, folder: Path) -> None:
        self._env = {
            **os.environ,
            "DATABASE_URL": f"sqlite:///{folder / 'guestbook.sqlite3'}",
            "SECRET_KEY": secrets.token_hex(),
        }
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None

    def flask(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        """Run a command of the app."""
        command = [sys.executable, "-m", "flask", "--app", "example_app", *arguments]
        return subprocess.run(command, cwd=ROOT, env=self._env, check=True)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        command = [sys.executable, "-m", "flask", "--app", "example_app", "run"]
        self._process = subprocess.Popen(
            [*command, "--port", str(self._port)], cwd=ROOT, env=self._env
        )
        deadline = time.monotonic() + 20
        while not self._answers():
            if time.monotonic() > deadline:
                raise RuntimeError("The example app did not start.")
            time.sleep(0.1)

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self._port)) == 0

    def stop(self) -> None:
        """Stop the server."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()

    def look(self, page: Page, name: str) -> None:
        """Keep a picture, where a folder for pictures is given."""
        folder = os.environ.get("SCREENSHOTS")
        if folder:
            width = page.viewport_size["width"] if page.viewport_size else 0
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)

    def sign_up(self, page: Page, name: str, email: str) -> None:
        """Make an account, starting from the front page."""
        page.goto("/")
        page.get_by_role("link", name="Sign up").first.click()
        page.get_by_label("Your name").fill(name)
        page.get_by_label("E-mail address").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        self.look(page, "sign-up")
        page.get_by_role("button", name="Sign up").click()

    def sign_in(self, page: Page, email: str) -> None:
        """Fill in the form that the page shows."""
        page.get_by_label("E-mail address").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """The example app, running."""
    site = Site(tmp_path)
    site.start()
    yield site
    site.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, from the system: Playwright's own download is not needed."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("TESTS_REQUIRE_SERVICES"):
            pytest.fail("There is no Chromium, and services are required.")
        pytest.skip("There is no Chromium to test with.")

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--no-first-run",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture(params=["desktop", "phone"])
def page(
    request: pytest.FixtureRequest, browser: Browser, site: Site
) -> Iterator[Page]:
    """A new visitor's page: wide by day and narrow by night, and no complaints."""
    wide = request.param == "desktop"
    context = browser.new_context(
        base_url=site.url,
        viewport={"width": 1280 if wide else 375, "height": 800},
        color_scheme="light" if wide else "dark",
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    # A browser's console repeats the statuses of pages that refuse, as they should.
    refusals = ("status of 403", "status of 422")
    assert [text for text in complaints if not any(r in text for r in refusals)] == []
