"""Where secrets could come to light: logs, error pages, dumps of frames."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask, got_request_exception
from flask_simpleauth.secret_text import Secret
from sqlalchemy import Engine, event, text
from werkzeug.debug.tbtools import DebugTraceback

from example_app.extensions import db

if TYPE_CHECKING:
    from tests.security.conftest import Site

PASSWORD = "correct horse battery"
NEW = "staple correct horse"
OURS = ("flask_simpleauth", "flask_nameform", "flask_greet", "example_app")

#: Variables that no collector of errors sends: Sentry's SDK by default, for one.
SCRUBBED = {
    "api_key",
    "auth",
    "credentials",
    "passwd",
    "password",
    "secret",
    "session",
    "token",
}


class Crash:
    """An exception, as a collector of errors sees it."""

    def __init__(self) -> None:
        self.error: BaseException | None = None

    def note(self, sender: Flask, exception: BaseException) -> None:
        self.error = exception

    def dump(self) -> str:
        """Return the variables of our own frames, but those that nobody sends."""
        assert self.error is not None
        lines = []
        for frame in _frames(self.error.__traceback__):
            module = str(frame.f_globals.get("__name__", "")).partition(".")[0]
            if module not in OURS:
                continue
            for name, value in frame.f_locals.items():
                if name.lower() not in SCRUBBED:
                    where = f"{frame.f_code.co_filename}:{frame.f_code.co_name}"
                    lines.append(f"{where}: {name} = {value!r}")
        return "\n".join(lines)

    def assert_tells_none_of(self, secrets: list[str], **texts: str) -> None:
        """Look for the secrets in these texts, the page and the variables."""
        texts.update(page=self.page(), variables=self.dump())
        for place, told in texts.items():
            for secret in secrets:
                found = [line[:300] for line in told.splitlines() if secret in line]
                assert not found, (place, secret, found)

    def page(self) -> str:
        """Return what Werkzeug's debugger shows of it."""
        assert self.error is not None
        shown = DebugTraceback(self.error)
        return shown.render_debugger_html(True, "console secret", False)


def _frames(traceback: TracebackType | None) -> Iterator[Any]:
    while traceback is not None:
        yield traceback.tb_frame
        traceback = traceback.tb_next


@contextmanager
def failing_from(table: str, *, full: bool) -> Iterator[None]:
    """Let the disk be full, or a constraint break, at the first write to a table."""

    def fail(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        for verb in ("INSERT INTO", "UPDATE"):
            if not statement.startswith(f"{verb} {table}"):
                continue
            if full:
                cursor.execute("PRAGMA query_only = 1")
            else:
                cursor.execute(
                    f"CREATE TRIGGER IF NOT EXISTS broken BEFORE {verb.split()[0]}"
                    f" ON \"{table}\" BEGIN SELECT RAISE(ABORT, 'broken'); END"
                )

    event.listen(Engine, "before_cursor_execute", fail)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", fail)


CASES = {
    "counting": ("simpleauth_counter", "login", {"email": "ada@example.org"}),
    "signing in": ("simpleauth_token", "login", {"email": "ada@example.org"}),
    "signing up": ("user", "signup", {"email": "eve@example.org", "name": "Eve"}),
    "a change": ("user", "password", {"current": PASSWORD, "new": NEW}),
    "a reset": ("user", "reset", {"new": NEW}),
    "the address": ("simpleauth_counter", "address", {"new": "a@b.org"}),
    "once more": ("simpleauth_token", "confirm", {}),
}


@pytest.mark.parametrize("full", [True, False], ids=["full", "broken"])
@pytest.mark.parametrize("case", CASES)
def test_crash(
    site: Site, caplog: pytest.LogCaptureFixture, case: str, *, full: bool
) -> None:
    """No password, hash, key or digest is in the log, the page, or sent variables."""
    table, form, data = CASES[case]
    site.app.config["PROPAGATE_EXCEPTIONS"] = False
    visitor = site.sign_in("ada") if form not in ("login", "signup", "reset") else None
    visitor = visitor or site.visitor()
    data = {"password": PASSWORD, "current": PASSWORD, **data}
    if form == "signup":
        site.app.extensions["simpleauth"].mailer = None
    if form == "reset":
        visitor.post("/auth/-/forms/forgot", data={"email": "ada@example.org"})
        data["key"] = site.mails.link().rpartition("/")[2]
    caplog.clear()
    crash = Crash()
    with (
        failing_from(table, full=full),
        got_request_exception.connected_to(crash.note, site.app),
    ):
        answer = visitor.post(f"/auth/-/forms/{form}", data=data)
    assert answer.status_code == (503 if full else 500), answer.text

    cookie = visitor.get_cookie("simpleauth")
    key = "no key" if cookie is None else cookie.value
    secrets = [PASSWORD, NEW, "scrypt:", key, site.token, data.get("key", "no key")]
    if full:
        assert not any(s in caplog.text or s in answer.text for s in secrets)
    else:
        crash.assert_tells_none_of(secrets, log=caplog.text, answer=answer.text)


@pytest.mark.parametrize("who", ["signed in", "program"])
def test_crash_while_looking(
    site: Site, caplog: pytest.LogCaptureFixture, who: str
) -> None:
    """A database that does not answer brings no key to light."""
    site.app.config["PROPAGATE_EXCEPTIONS"] = False
    visitor = site.visitors()[who]
    cookie = visitor.get_cookie("simpleauth")
    key = site.token if cookie is None else cookie.value
    with site.app.app_context():
        db.session.execute(text("ALTER TABLE simpleauth_token RENAME TO gone"))
        db.session.commit()
    caplog.clear()
    crash = Crash()
    with got_request_exception.connected_to(crash.note, site.app):
        answer = visitor.get("/mine")
    assert answer.status_code == 500
    crash.assert_tells_none_of([key], log=caplog.text, answer=answer.text)


def test_secret_text() -> None:
    """A password that is printed with what it is in does not show itself."""
    secret = Secret(PASSWORD)
    for printed in (repr(secret), f"{secret!r}", str((secret,)), str({"a": secret})):
        assert PASSWORD not in printed
    assert secret == PASSWORD
    assert secret.encode() == PASSWORD.encode()
