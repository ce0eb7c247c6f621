from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_simpleauth import (
    Attributes,
    AuditRecord,
    SimpleAuth,
    address_confirmed,
    audited,
)
from flask_simpleauth.flows import create_user
from flask_simpleauth.state import current_state
from flask_simpleauth.stores.embedded import EmbeddedStore
from flask_simpleauth.stores.memory import MemoryStore
from flask_simpleauth.testing import AuthClient, FakeClock, client_for

PASSWORD = "correct horse battery"
NEW = "staple correct horse"
ADA = "ada@example.org"


@pytest.fixture
def records(app: Flask, auth: SimpleAuth) -> Iterator[list[AuditRecord]]:
    """What was recorded; Ada has an account, with the key 1."""
    noted: list[AuditRecord] = []

    def note(sender: object, record: AuditRecord) -> None:
        assert sender is app
        noted.append(record)

    with audited.connected_to(note):
        with app.app_context():
            auth.create_user(ADA, PASSWORD)
        noted.clear()
        yield noted


def outcomes(records: list[AuditRecord]) -> list[tuple[str, str, object]]:
    """Return what was recorded since the last time."""
    told = list(records)
    records.clear()
    return [(record.what, record.outcome, record.account) for record in told]


def sign_in(client: AuthClient, password: str = PASSWORD, email: str = ADA) -> None:
    client.submit_form(
        "simpleauth.login", page="/auth/login", email=email, password=password
    )


@pytest.fixture
def client(app: Flask, records: list[AuditRecord]) -> AuthClient:
    return client_for(app)


def test_sign_in_and_out(client: AuthClient, records: list[AuditRecord]) -> None:
    """The password that was shown and the session that began and ended are recorded."""
    sign_in(client)
    assert outcomes(records) == [("authenticate", "done", 1), ("sign-in", "done", 1)]
    client.submit_form("simpleauth.logout", page="/auth/logout")
    client.submit_form("simpleauth.login", page="/auth/login", email="", password="")
    assert outcomes(records) == [("sign-out", "done", 1)]


def test_refused(client: AuthClient, records: list[AuditRecord]) -> None:
    """Who was refused, and why, is recorded; for an unknown address, nobody."""
    sign_in(client, "wrong horse battery")
    sign_in(client, email="eve@example.org")
    sign_in(client, email="nonsense")
    assert outcomes(records) == [
        ("authenticate", "BadCredentials", 1),
        ("authenticate", "BadCredentials", None),
        ("authenticate", "BadCredentials", None),
    ]
    for _ in range(10):
        sign_in(client, "wrong horse battery")
    assert outcomes(records)[-1] == ("authenticate", "Throttled", None)


def test_circumstances(
    app: Flask, client: AuthClient, records: list[AuditRecord], clock: FakeClock
) -> None:
    """A record tells who was signed in, from which address, and when."""
    with app.app_context():
        first = outcomes(records)
        client = client_for(app, role="editor")
    assert first == []
    editor = records[-1].account
    records.clear()

    clock.advance(60)
    client.environ_base["REMOTE_ADDR"] = "::ffff:192.0.2.1"
    client.submit_form(
        "simpleauth.password", page="/auth/account", current="wrong", new=NEW
    )
    record = records[-1]
    assert (record.what, record.outcome) == ("change-password", "BadCredentials")
    assert (record.account, record.actor) == (editor, editor)
    assert (record.address, record.at) == ("192.0.2.1", int(clock.now))


def test_password_changes(
    app: Flask, client: AuthClient, records: list[AuditRecord]
) -> None:
    """A new password leaves a record, and so does what it was made of."""
    sign_in(client)
    outcomes(records)
    client.submit_form(
        "simpleauth.password", page="/auth/account", current=PASSWORD, new="short"
    )
    assert ("set-password", "WeakPassword", 1) in outcomes(records)
    client.submit_form(
        "simpleauth.password", page="/auth/account", current=PASSWORD, new=NEW
    )
    assert outcomes(records) == [
        ("authenticate", "done", 1),
        ("end-sessions", "done", 1),
        ("set-password", "done", 1),
        ("change-password", "done", 1),
        ("sign-in", "done", 1),
    ]


def test_command_line(app: Flask, records: list[AuditRecord]) -> None:
    """What is done on the command line is recorded too, with no address."""
    runner = app.test_cli_runner()
    for command, what, detail in [
        (f"grant {ADA} admin", "grant-role", "admin"),
        (f"revoke-role {ADA} admin", "revoke-role", "admin"),
        (f"create-token {ADA} backup", "create-api-token", "backup"),
        (f"revoke-token {ADA} backup", "revoke-api-token", "backup"),
        (f"reset-link {ADA}", "start-reset", ""),
        (f"sign-out {ADA}", "end-sessions", "0"),
        (f"deactivate --undo {ADA}", "activate", ""),
        (f"deactivate {ADA}", "deactivate", ""),
        (f"create-user eve@example.org --password '{NEW}'", "create-account", ""),
    ]:
        records.clear()
        runner.invoke(args=f"auth {command}")
        record = records[0]
        assert (record.what, record.detail, record.outcome) == (what, detail, "done")
        assert (record.actor, record.address) == (None, None)


def test_sign_up_and_reset(
    app: Flask, client: AuthClient, records: list[AuditRecord]
) -> None:
    """Accounts that are made or refused, and links that are used, are recorded."""
    for _ in range(2):
        client.submit_form(
            "simpleauth.signup",
            page="/auth/signup",
            name="Eve",
            email="eve@example.org",
            password=PASSWORD,
        )
        client = client_for(app)
    told = outcomes(records)
    assert ("sign-up", "done", 2) in told
    assert ("sign-up", "Taken", None) in told

    path = app.test_cli_runner().invoke(args=f"auth reset-link {ADA}").output.strip()
    client.submit_form("simpleauth.reset", page=path, new=NEW)
    assert ("reset-password", "done", 1) in outcomes(records)


def test_forbidden_view(
    app: Flask, auth: SimpleAuth, records: list[AuditRecord]
) -> None:
    """Who tries what they may not is recorded, with the view (OWASP ASVS 16.3.2)."""
    app.add_url_rule(
        "/admin", "admin_page", auth.login_required(role="admin")(lambda: "admin")
    )
    client = client_for(app, role="reader")
    client.get("/admin")
    record = records[-1]
    assert (record.what, record.outcome) == ("access", "Forbidden")
    assert record.detail == "admin_page"
    assert record.actor == record.account is not None


def test_failure_that_is_nobodys_fault(app: Flask) -> None:
    """A flow that breaks is not recorded as done."""
    store, outcomes = MemoryStore(), []
    store.users.attributes = Attributes(roles=None)
    auth = SimpleAuth(app, store=store)

    def note(sender: object, record: AuditRecord) -> None:
        outcomes.append(record.outcome)

    with app.app_context():
        ada = auth.create_user(ADA, PASSWORD)
        with audited.connected_to(note), pytest.raises(RuntimeError, match="role"):
            auth.grant(ada, "admin")
    assert outcomes == ["RuntimeError"]


def test_log(app: Flask, client: AuthClient, caplog: pytest.LogCaptureFixture) -> None:
    """A record is one line of JSON in the log, and an object for who wants fields."""
    with caplog.at_level(logging.INFO, "flask_simpleauth.audit"):
        sign_in(client)
    line = json.loads(caplog.records[-1].getMessage())
    assert line == {
        "what": "sign-in",
        "outcome": "done",
        "account": 1,
        "actor": 1,
        "address": "127.0.0.1",
        "at": 1_800_000_000,
        "detail": "",
    }
    assert vars(caplog.records[-1])["audit"].what == "sign-in"


def test_no_line_can_be_forged(
    app: Flask, client: AuthClient, caplog: pytest.LogCaptureFixture
) -> None:
    """Line breaks, of any kind, in what is recorded begin no line (CWE-117)."""
    forged = "x\n2027 INFO forged\r\x85\u2028\x1b[2J"
    with caplog.at_level(logging.INFO, "flask_simpleauth.audit"):
        app.test_cli_runner().invoke(args=["auth", "grant", ADA, forged])
        client.environ_base["REMOTE_ADDR"] = forged
        sign_in(client, email=f"{forged}@example.org", password=forged)
    assert len(caplog.messages) == 2
    for message in caplog.messages:
        assert message.isascii()
        assert message.isprintable()
    assert json.loads(caplog.messages[0])["detail"] == forged
    assert json.loads(caplog.messages[1])["address"] is None


def test_no_secret_is_recorded(
    app: Flask, client: AuthClient, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither a password nor a key, a hash, or what was typed as an address."""
    typed = "my pass word@typed in the wrong field"
    with caplog.at_level(logging.DEBUG):
        sign_in(client)
        sign_in(client_for(app), "wrong horse battery", email=typed)
        runner = app.test_cli_runner()
        token = runner.invoke(args=f"auth create-token {ADA} backup").output.strip()
        link = runner.invoke(args=f"auth reset-link {ADA}").output.strip()
    cookie = client.get_cookie("simpleauth")
    assert cookie is not None
    key = link.rpartition("/")[2]
    for secret in (PASSWORD, "wrong horse", "my pass", "scrypt:", token, key):
        assert secret not in caplog.text
    assert cookie.value not in caplog.text


def make_editor() -> None:
    """Make an account in one transaction of several steps."""
    services = current_state().services()
    values: dict[str, Any] = {"role": "editor", "confirmed": True}
    create_user(services, "eve@example.org", PASSWORD, **values)


def test_told_when_it_is_kept(app: Flask, records: list[AuditRecord]) -> None:
    """What happened in a transaction is told when others can see it, too."""
    seen: list[bool] = []

    def look(sender: object, record: AuditRecord) -> None:
        others = EmbeddedStore(Path(app.instance_path) / "simpleauth.sqlite3")
        seen.append(others.users.find("eve@example.org") is not None)

    with audited.connected_to(look), app.app_context():
        make_editor()
    assert outcomes(records) == [
        ("grant-role", "done", 2),
        ("confirm-address", "done", 2),
        ("create-account", "done", 2),
    ]
    assert seen == [True, True, True]


def test_rolled_back(app: Flask, records: list[AuditRecord]) -> None:
    """What was undone is not told to have happened; what has undone it is."""

    def fail(sender: object, **_: object) -> None:
        raise LookupError()

    with (
        address_confirmed.connected_to(fail),
        app.app_context(),
        pytest.raises(LookupError),
    ):
        make_editor()
    assert outcomes(records) == [
        ("confirm-address", "LookupError", 2),
        ("create-account", "LookupError", None),
    ]
