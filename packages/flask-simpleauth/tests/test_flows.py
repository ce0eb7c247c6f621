from __future__ import annotations

from typing import Any

import pytest
from flask_simpleauth import (
    BadCredentials,
    InvalidIdentity,
    Throttled,
    WeakPassword,
    active_changed,
    flows,
    password_changed,
    roles_changed,
    user_created,
)
from flask_simpleauth.authentication import Attempt, authenticate
from flask_simpleauth.identity import MAX_NAME
from flask_simpleauth.services import Services
from flask_simpleauth.stores.plain import PlainUser

PASSWORD = "correct horse battery"
NEW = "staple correct horse"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ada",
        "@",
        "a@",
        "@b",
        "a b@c",
        "a@b@c",
        "a@b\0",
        "a@\ud800",
        "a,b@c",
        "a<b@c>",
        "a@" + "b" * 320,
    ],
)
def test_no_identity(services: Services[PlainUser], typed: str) -> None:
    """What is no address gets no account, and no hint when signing in."""
    with pytest.raises(InvalidIdentity):
        flows.sign_up(services, typed, PASSWORD)
    with pytest.raises(BadCredentials):
        authenticate(services, Attempt(typed, PASSWORD))


def test_sign_ups_are_throttled(services: Services[PlainUser]) -> None:
    """One address cannot make accounts without end."""
    for number in range(20):
        flows.sign_up(services, f"{number}@b.org", PASSWORD, address="192.0.2.1")
    with pytest.raises(Throttled):
        flows.sign_up(services, "a@b.org", PASSWORD, address="192.0.2.1")


@pytest.mark.parametrize("secret", ["short", "ada@example.org", "Ada Augusta King"])
def test_weak_password(services: Services[PlainUser], secret: str) -> None:
    """A short password and one that everybody knows make no account."""
    with pytest.raises(WeakPassword):
        flows.sign_up(services, "ada@example.org", secret, name="Ada Augusta King")
    assert services.users.find("ada@example.org") is None


def test_name_is_one_line(services: Services[PlainUser]) -> None:
    """A name is kept as one line of bounded length."""
    user = flows.create_user(
        services, "a@b.org", PASSWORD, name=" Ada\n  L " + "x" * 999
    )
    assert user.name.startswith("Ada L xxx")
    assert len(user.name) == MAX_NAME


def test_grant(services: Services[PlainUser], ada: PlainUser) -> None:
    """Roles add up."""
    flows.grant(services, ada, "admin")
    flows.grant(services, ada, "editor")
    assert ada.roles == {"admin", "editor"}


def test_signal(services: Services[PlainUser]) -> None:
    """A new account is told of, once it is there."""
    told: list[Any] = []

    def listener(sender: object, user: PlainUser) -> None:
        told.append((sender, services.users.get(user.id)))

    with user_created.connected_to(listener):
        user = flows.create_user(services, "ada@example.org", PASSWORD)
    assert told == [(None, user)]


@pytest.mark.parametrize(
    ("signal", "act", "values"),
    [
        (
            roles_changed,
            lambda services, ada: flows.grant(services, ada, "admin"),
            {"old": frozenset({"editor"}), "new": frozenset({"admin", "editor"})},
        ),
        (
            roles_changed,
            lambda services, ada: flows.revoke_role(services, ada, "editor"),
            {"old": frozenset({"editor"}), "new": frozenset()},
        ),
        (
            active_changed,
            lambda services, ada: flows.set_active(services, ada, active=False),
            {"old": True, "new": False},
        ),
        (
            password_changed,
            lambda services, ada: flows.set_password(services, ada, NEW),
            {},
        ),
    ],
)
def test_signals(
    services: Services[PlainUser],
    ada: PlainUser,
    signal: Any,
    act: Any,
    values: dict[str, Any],
) -> None:
    """What was changed is told with the old and the new state, and with no secret."""
    flows.grant(services, ada, "editor")
    told: list[dict[str, Any]] = []

    def note(sender: object, **values: Any) -> None:
        told.append(values)

    with signal.connected_to(note):
        act(services, ada)
    assert told == [{"user": ada, **values}]
