"""Deactivating a user whose class has no place for that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from flask_simpleauth import Attributes, BadCredentials, SimpleAuth, active_changed
from flask_simpleauth.stores.memory import MemoryStore
from flask_simpleauth.stores.plain import PlainUser
from flask_simpleauth.testing import AuthClient, Mailbox, client_for

if TYPE_CHECKING:
    from conftest import Clock

ADA = "ada@example.org"
PASSWORD = "correct horse battery"


class Case:
    """A site whose users have no attribute ``active``, or have one."""

    def __init__(self, app: Flask, store: MemoryStore, clock: Clock) -> None:
        self.app, self.store, self.mails = app, store, Mailbox()
        self.auth: SimpleAuth[Any] = SimpleAuth(
            app, store=store, clock=clock, mailer=self.mails
        )
        app.add_url_rule("/who", "who", self._who)
        app.add_url_rule("/take", "take", self._take)
        with app.app_context():
            self.auth.create_user(ADA, PASSWORD, name="Ada", confirmed=True)

    def _who(self) -> str:
        return self.auth.user.name if self.auth.user else "nobody"

    def _take(self) -> str:
        try:
            self.auth.login(self.user)
        except BadCredentials:
            return "refused"
        return self._who()

    @property
    def user(self) -> PlainUser:
        """Ada, as the store has her."""
        user = self.store.users.find(ADA)
        assert user is not None
        return user

    def sign_in(self) -> tuple[int, AuthClient]:
        client = client_for(self.app)
        data = {"email": ADA, "password": PASSWORD}
        headers = {"Sec-Fetch-Site": "same-origin"}
        answer = client.post("/auth/-/forms/login", data=data, headers=headers)
        return answer.status_code, client


@pytest.fixture(params=["active", None])
def case(request: pytest.FixtureRequest, app: Flask, clock: Clock) -> Case:
    store = MemoryStore()
    store.users.attributes = Attributes(active=request.param)
    return Case(app, store, clock)


def test_deactivated(case: Case) -> None:
    """All that one has is worth nothing, and there is no way to more of it."""
    _, client = case.sign_in()
    with case.app.app_context():
        token = case.auth.create_api_token(case.user, "backup")
        case.auth.deactivate(case.user)

    assert client.get("/who").text == "nobody"
    headers = {"Authorization": f"Bearer {token}"}
    assert case.app.test_client().get("/who", headers=headers).text == "nobody"
    assert case.sign_in()[0] == 422
    assert client.get("/take").text == "refused"
    with case.app.app_context():
        with pytest.raises(BadCredentials):
            case.auth.authenticate(ADA, PASSWORD)
        with pytest.raises(RuntimeError, match="deactivated"):
            case.auth.create_api_token(case.user, "another")
    client.post("/auth/-/forms/forgot", data={"email": ADA})
    assert case.mails.sent == []


def test_activated(case: Case) -> None:
    """Who may sign in again does, and what was confirmed still is."""
    with case.app.app_context():
        case.auth.deactivate(case.user)
        case.auth.deactivate(case.user)
        case.auth.activate(case.user)
        assert case.auth.is_confirmed(case.user)
        assert case.auth.authenticate(ADA, PASSWORD).email == ADA
    status, client = case.sign_in()
    assert (status, client.get("/who").text) == (303, "Ada")
    assert client.get("/take").text == "Ada"


def test_old_and_new(case: Case) -> None:
    """The signal tells what was and what is."""
    told: list[tuple[bool, bool]] = []

    def note(sender: object, user: object, old: bool, new: bool) -> None:
        told.append((old, new))

    with active_changed.connected_to(note), case.app.app_context():
        case.auth.deactivate(case.user)
        case.auth.activate(case.user)
    assert told == [(True, False), (False, True)]


def test_expired_rows_are_purged_and_this_is_none(case: Case, clock: Clock) -> None:
    """Tidying up does not let anybody in again."""
    with case.app.app_context():
        case.auth.deactivate(case.user)
    clock.advance(100 * 365 * 24 * 60 * 60)
    case.app.test_cli_runner().invoke(args="auth purge")
    assert case.sign_in()[0] == 422
