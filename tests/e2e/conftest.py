"""A running example app, and a real browser that complains aloud."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from .axe import complaints

ROOT = Path(__file__).parents[2]
PASSWORD = "correct horse battery"

# What a browser's console may say: that pages, not files, refuse, as they should; that
# there is no network while we take it away; that who writes keeps the focus when htmx
# puts the form in again.
EXPECTED = re.compile(
    r"status of (4\d\d|500)\b(?!.*/static/)"
    r"|ERR_INTERNET_DISCONNECTED"
    r"|Autofocus processing was blocked"
)


class Site:
    """The example app as a stranger runs it: its own process, its own database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env = {
            **os.environ,
            "DATABASE_URL": f"sqlite:///{folder / 'guestbook.sqlite3'}",
            "SECRET_KEY": secrets.token_hex(),
        }
        self.url = "http://127.0.0.1:0"  # whose port the first start decides
        self._log = folder / "log"
        self._process: subprocess.Popen[bytes] | None = None

    def flask(self, *arguments: str) -> None:
        """Run a command of the app."""
        command = [sys.executable, "-m", "flask", "--app", "example_app", *arguments]
        subprocess.run(command, cwd=ROOT, env=self.env, check=True)

    def start(self, *options: str) -> None:
        """Start the server and wait until it says where it listens."""
        command = [sys.executable, "-m", "flask", "--app", "example_app", "run"]
        with self._log.open("ab") as log:
            before = log.tell()
            self._process = subprocess.Popen(
                [*command, "--port", self.url.rpartition(":")[2], *options],
                cwd=ROOT,
                env=self.env,
                stderr=log,
            )
        deadline = time.monotonic() + 120
        while not (found := self._address(before)):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"It did not start: {self._log.read_text()}")
            time.sleep(0.1)
        self.url = found[0]

    def _address(self, before: int) -> re.Match[str] | None:
        log = self._log.read_bytes()[before:].decode()
        return re.search(r"http://127\.0\.0\.1:\d+(?=\n)", log)

    def stop(self) -> None:
        """Stop the server."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()

    def link_mailed_to(self, address: str) -> str:
        """Find the last link that the console mailer wrote down for an address."""
        # Mails leave after the answer.
        for _ in range(100):
            _, found, mail = self._log.read_text("utf-8").rpartition(f"To: {address}\n")
            link = re.search(r"^http\S+$", mail, re.MULTILINE)
            if found and link:
                return link[0]
            time.sleep(0.05)
        raise AssertionError(f"There is no mail to {address}.")

    def look(self, page: Page, name: str) -> None:
        """See that a page is accessible and fits; keep a picture, if there is a place.

        :param name: what the picture is called.
        """
        page.wait_for_load_state()  # with its stylesheet
        # axe waits for timers, which do not run in a browser without scripts; the
        # HTML is the same.
        if not page.evaluate("matchMedia('(scripting: none)').matches"):
            assert complaints(page) == [], page.url
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= page.evaluate("window.innerWidth"), page.url

        folder = os.environ.get("SCREENSHOTS")
        if folder:
            scheme = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
            name = f"{name}-{width}-{'dark' if scheme else 'light'}.png"
            page.screenshot(path=Path(folder) / name, full_page=True)

    def sign_up(self, page: Page, name: str) -> None:
        """Make an account, starting from the front page."""
        page.goto("/")
        page.get_by_role("link", name="Sign up", exact=True).click()
        page.get_by_label("Your name").fill(name)
        page.get_by_label("E-mail address").fill(address_of(name))
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign up").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(name)
        page.wait_for_load_state()  # with its script

    def sign_in(self, page: Page, name: str) -> None:
        """Fill in the form that the page shows."""
        page.get_by_label("E-mail address").fill(address_of(name))
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()


def address_of(name: str) -> str:
    """Return the address that somebody signs up with."""
    return f"{name.lower()}@example.org"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The example app, running; the tests of a module share it, not its users."""
    site = Site(tmp_path_factory.mktemp("site"))
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


Visit = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Visit]:
    """Opens pages, each in a browser of its own; none of them may complain.

    What breaks the content policy is a complaint of the console too.
    """
    pages: list[Page] = []
    said: list[str] = []

    def visit(
        width: int = 1280,
        scheme: str = "light",
        script: bool = True,
        locale: str = "en",
        zone: str | None = None,
    ) -> Page:
        context = browser.new_context(
            base_url=site.url,
            viewport={"width": width, "height": 800},
            color_scheme="dark" if scheme == "dark" else "light",
            java_script_enabled=script,
            locale=locale,
            timezone_id=zone,
        )
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on(
            "console",
            lambda message: said.append(f"{message.text} {message.location['url']}"),
        )
        page.on("pageerror", lambda error: said.append(str(error)))
        pages.append(page)
        return page

    yield visit
    for page in pages:
        page.context.close()
    assert [text for text in said if not EXPECTED.search(text)] == []


# Each width meets each scheme, with the script and without it.
LOOKS = {
    "desktop": (1280, "light", True),
    "phone": (375, "dark", True),
    "desktop without script": (1280, "dark", False),
    "phone without script": (375, "light", False),
}


@pytest.fixture(params=list(LOOKS))
def page(request: pytest.FixtureRequest, visit: Visit) -> Page:
    """A new visitor's page: wide or narrow, light or dark, with script or without."""
    return visit(*LOOKS[request.param])


@pytest.fixture
def name() -> str:
    """Somebody's name, which no other test has signed up with."""
    return f"Ada-{secrets.token_hex(4)}"
