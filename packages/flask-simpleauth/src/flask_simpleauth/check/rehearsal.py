"""A rehearsal: the app as it is, with made-up accounts that are kept in memory.

The app's own pages, settings, guards and forms answer; its accounts, its mailer and the
receivers of our signals are left out, so nothing is written and nobody gets a mail. For
the time of it the app serves nobody else: that is for a command, not for a server.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from contextvars import Context
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.test import TestResponse

from .. import flows, signals
from ..services import Services
from ..state import KEY, State
from ..store import Attributes
from ..stores.memory import MemoryStore, MemoryUsers
from ..stores.plain import PlainUser
from ..testing import CHEAP_HASH, AuthClient, FakeClock, Mailbox
from ..visit import cookie_name
from .pages import Page, read_page


class StandIn(PlainUser):
    """A made-up user; what else the app asks of its users is ``None``."""

    def __getattr__(self, name: str) -> None:
        # Only for what is not there. Protocols of Python have to stay unknown.
        if name.startswith("__"):
            raise AttributeError(name)


class _StandIns(MemoryUsers):
    """Made-up users, of whom no more is kept than of the app's own."""

    def __init__(self, own: Attributes) -> None:
        super().__init__()
        self.attributes = replace(
            self.attributes,
            active=own.active and "active",
            confirmed_at=own.confirmed_at and "confirmed_at",
        )

    def get(self, user_id: Any) -> PlainUser | None:
        return _stand_in(super().get(user_id))

    def find(self, identity: str) -> PlainUser | None:
        return _stand_in(super().find(identity))


def _stand_in(user: PlainUser | None) -> PlainUser | None:
    return None if user is None else StandIn(**vars(user))


@dataclass
class Account:
    """A made-up account, with what its owner knows."""

    user: Any
    email: str
    password: str = field(repr=False)


class Browser(AuthClient):
    """A visitor's browser, at the address the site has."""

    rehearsal: Rehearsal

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request to the site."""
        kwargs.setdefault("base_url", self.rehearsal.origin)
        return super().open(*args, **kwargs)

    def send(self, form: str, /, **data: Any) -> TestResponse:
        """Send one of our forms, as its page would."""
        return self.post(self.rehearsal.form_path(form), data=data)

    def sign_in(self, account: Account, **data: Any) -> TestResponse:
        """Try to sign in, with a remembered session if ``remember`` is given."""
        both = {"email": account.email, "password": account.password, **data}
        return self.send("login", **both)

    @property
    def is_signed_in(self) -> bool:
        """Whether the site knows who this is."""
        path = f"{self.rehearsal.prefix}/account"
        answer = self.get(path, headers={"Accept": "application/json"})
        return answer.status_code == 200

    @property
    def session_key(self) -> str:
        """What the cookie of the session has in it, empty without one."""
        name = self.rehearsal.cookie
        cookie = self.get_cookie(name, domain=self.rehearsal.host)
        return "" if cookie is None else cookie.value


class Rehearsal:
    """What a row works with to see what the app does.

    :param real: what the app really works with.
    :param policy: the document that tells how the app protects accounts, if there is
        one.
    """

    def __init__(self, app: Flask, real: State, policy: str | None = None) -> None:
        self.app = app
        self.real = real
        self.policy = policy
        self.settings = real.settings()
        self.origin = self.settings.origin or "http://localhost"
        self.host = urlsplit(self.origin).hostname or ""
        self.prefix = self.settings.url_prefix
        self.cookie = cookie_name(secure=self.is_secure)
        self.clock = FakeClock(int(time.time()))
        self.mails = Mailbox()
        users = _StandIns(real.services().users.attributes)
        self.store = MemoryStore(users=users)
        self.state = real.rehearsing(
            self.store, clock=self.clock, mailer=self.mails, hash_method=CHEAP_HASH
        )

    @property
    def is_secure(self) -> bool:
        """Whether the site is where nobody on the way can listen."""
        return self.origin.startswith("https:")

    @property
    def services(self) -> Services[Any]:
        """What the flows work with."""
        return self.state.services()

    def browser(self, key: str = "") -> Browser:
        """Return a browser, into which the key of a session was put."""
        browser = Browser(self.app, self.app.response_class)
        browser.rehearsal = self
        if key:
            browser.set_cookie(self.cookie, key, domain=self.host)
        return browser

    def account(self, password: str = "") -> Account:
        """Make an account."""
        name = secrets.token_hex(8)
        # Long enough for any setting, and no word of anybody's.
        password = password or secrets.token_urlsafe(
            max(24, self.settings.password_min_length)
        )
        email = f"{name}@example.org"
        with self.app.app_context():
            user = flows.create_user(self.services, email, password, name="Someone")
        return Account(user, email, password)

    def signed_in(self, account: Account | None = None, **data: Any) -> Browser:
        """Return a browser somebody has signed in with."""
        browser = self.browser()
        browser.sign_in(account or self.account(), **data)
        return browser

    def form_path(self, form: str) -> str:
        """Return the path to which a form of ours is sent."""
        return f"{self.prefix}/-/forms/{form}"

    def page(self, path: str, browser: Browser | None = None) -> Page:
        """Return what stands in one of our pages."""
        visitor = self.browser() if browser is None else browser
        return read_page(visitor.get(f"{self.prefix}/{path}").text)


@contextmanager
def rehearse(app: Flask, policy: str | None = None) -> Generator[Rehearsal, None, None]:
    """Let the app work with made-up accounts meanwhile."""
    real: State = app.extensions[KEY]
    log = logging.getLogger("flask_simpleauth")
    loud = {logger: logger.disabled for logger in _loggers(log)}
    with ExitStack() as stack:
        for signal in signals.EVERY:
            stack.enter_context(signal.muted())
        for logger in loud:
            logger.disabled = True
        try:
            rehearsal = Rehearsal(app, real, policy)
            app.extensions[KEY] = rehearsal.state
            yield rehearsal
        finally:
            app.extensions[KEY] = real
            for logger, disabled in loud.items():
                logger.disabled = disabled


def outside(work: Any, *args: Any) -> Any:
    """Do the work outside the app context that a command runs in.

    Else all requests of a test client would share it, and what is kept in it.
    """
    return Context().run(work, *args)


def _loggers(root: logging.Logger) -> list[logging.Logger]:
    known = logging.Logger.manager.loggerDict.values()
    below = [
        logger
        for logger in known
        if isinstance(logger, logging.Logger)
        and logger.name.startswith(f"{root.name}.")
    ]
    return [root, *below]
