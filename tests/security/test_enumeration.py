"""Who has an account is not told by work either: queries and mails are counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count as numbers
from typing import TYPE_CHECKING

import pytest
from flask_simpleauth.testing import AuthClient, FakeClock
from flask_simpleauth.throttling import SIGN_IN
from sqlalchemy import Engine, event
from werkzeug.test import TestResponse

from .conftest import PASSWORD

if TYPE_CHECKING:
    from .conftest import Site

KNOWN, UNKNOWN = "grace@example.org", "nobody@example.org"


@dataclass
class Work:
    """What an answer took, and what came after it.

    Statements are sorted, since the order of counters is that of their keys.
    """

    status: int
    location: str | None
    page: str
    statements: list[str]
    mails: int
    statements_later: list[str]
    mails_later: int


class Watch:
    """Asks the site, each time from another network, and counts what that takes."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.statements: list[str] = []
        self._places = numbers(1)

    def note(self, *arguments: object) -> None:
        self.statements.append(str(arguments[2]))

    def browser(self, name: str | None = None) -> AuthClient:
        visitor = self.site.sign_in(name) if name else self.site.visitor()
        visitor.environ_base["REMOTE_ADDR"] = f"198.51.100.{next(self._places)}"
        return visitor

    def post(self, browser: AuthClient, form: str, **data: str) -> Work:
        """Send a form, and look before the answer is at its end, and after it."""
        mails = self.site.mails.sent
        self.statements.clear()
        mails.clear()
        path = f"/auth/-/forms/{form}"
        answer: TestResponse = browser.post(path, data=data, buffered=False)
        page, now = answer.text, list(self.statements)
        sent = len(mails)
        answer.close()
        return Work(
            status=answer.status_code,
            location=answer.headers.get("Location"),
            page=page,
            statements=sorted(now),
            mails=sent,
            statements_later=sorted(self.statements[len(now) :]),
            mails_later=len(mails) - sent,
        )


@pytest.fixture
def watch(site: Site) -> Iterator[Watch]:
    """Watch what any database is asked, and what is mailed."""
    watch = Watch(site)
    site.app.extensions["simpleauth"].replace(clock=FakeClock())
    event.listen(Engine, "before_cursor_execute", watch.note)
    yield watch
    event.remove(Engine, "before_cursor_execute", watch.note)


def sign_in(watch: Watch, address: str) -> Work:
    return watch.post(watch.browser(), "login", email=address, password="wrong")


def sign_up(watch: Watch, address: str) -> Work:
    return watch.post(watch.browser(), "signup", email=address)


def forgot(watch: Watch, address: str) -> Work:
    return watch.post(watch.browser(), "forgot", email=address)


def unlock(watch: Watch, address: str) -> Work:
    for _ in range(SIGN_IN.by_account):
        sign_in(watch, address)
    return sign_in(watch, address)


def change_address(watch: Watch, address: str) -> Work:
    browser = watch.browser("ada")
    return watch.post(browser, "address", new=address, current=PASSWORD)


@pytest.mark.parametrize(
    ("ask", "status", "mails_to_known", "mails_to_unknown"),
    [
        (sign_in, 422, 0, 0),
        (sign_up, 303, 1, 1),
        (forgot, 303, 1, 0),
        (unlock, 429, 1, 0),
        (change_address, 303, 1, 1),
    ],
)
def test_work(
    watch: Watch,
    ask: Callable[[Watch, str], Work],
    status: int,
    mails_to_known: int,
    mails_to_unknown: int,
    count: Callable[[str], None],
) -> None:
    """Until the answer is there the work is the same, and no mail is sent.

    After it there is as much to do too where both are written to; who is asked for, but
    has no account, gets no mail, which only the owner of the address could see.
    """
    known, unknown = ask(watch, KNOWN), ask(watch, UNKNOWN)
    assert (known.status, known.location) == (unknown.status, unknown.location)
    assert known.status == status
    assert known.page.replace(KNOWN, "") == unknown.page.replace(UNKNOWN, "")
    assert known.statements == unknown.statements
    assert len(known.statements) > 0
    assert (known.mails, unknown.mails) == (0, 0)
    assert (known.mails_later, unknown.mails_later) == (
        mails_to_known,
        mails_to_unknown,
    )
    if mails_to_known == mails_to_unknown:
        assert known.statements_later == unknown.statements_later
    count(
        f"enumeration: {len(known.statements)} statements for known and unknown"
        f" addresses alike ({ask.__name__})"
    )
