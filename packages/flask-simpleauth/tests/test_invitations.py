"""Making accounts by link, without any page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from flask_simpleauth import InvalidIdentity, Taken, WeakPassword, invited
from flask_simpleauth.authentication import Attempt, authenticate
from flask_simpleauth.confirmation import is_confirmed
from flask_simpleauth.errors import LinkIsDead
from flask_simpleauth.invitations import (
    INVITE,
    SIGN_UP,
    accept,
    invite,
    read,
    start_sign_up,
    withdraw,
)
from flask_simpleauth.services import Services
from flask_simpleauth.stores.plain import PlainUser

if TYPE_CHECKING:
    from conftest import Bench, Clock

PASSWORD = "correct horse battery"
BOTH = (INVITE, SIGN_UP)
ADA = "ada@example.org"


def test_accept(services: Services[PlainUser]) -> None:
    """Who accepts has an account with the confirmed address and the role."""
    key = invite(services, " ADA@Example.org", "editor")
    assert read(services, key, BOTH).address == ADA
    user, _ = accept(services, key, PASSWORD, BOTH, name="Ada")

    assert (user.email, user.name) == (ADA, "Ada")
    assert user.roles == {"editor"}
    assert is_confirmed(services, user)
    assert authenticate(services, Attempt(ADA, PASSWORD)) == user


def test_sign_up(services: Services[PlainUser]) -> None:
    """A link that was asked for makes an account without a role, and leads back."""
    key = start_sign_up(services, ADA, back="/book")
    user, invitation = accept(services, key, PASSWORD, BOTH)
    assert (user.roles, invitation.back) == (frozenset(), "/book")


def test_used_once(services: Services[PlainUser]) -> None:
    """A link makes one account, and none again when that is gone."""
    key, other = invite(services, ADA), start_sign_up(services, ADA)
    user, _ = accept(services, key, PASSWORD, BOTH)
    for link in (key, other):
        with pytest.raises((LinkIsDead, Taken)):
            accept(services, link, PASSWORD, BOTH)
    services.users.delete(user)
    with pytest.raises(LinkIsDead):
        accept(services, key, PASSWORD, BOTH)


def test_weak_password(services: Services[PlainUser]) -> None:
    """A password that will not do leaves the link good."""
    key = invite(services, ADA)
    with pytest.raises(WeakPassword):
        accept(services, key, "short", BOTH)
    accept(services, key, PASSWORD, BOTH)


def test_only_what_is_asked_for(services: Services[PlainUser]) -> None:
    """Where only invitations count, a link somebody asked for themselves does not."""
    key = start_sign_up(services, ADA)
    for purposes in ((), (INVITE,)):
        with pytest.raises(LinkIsDead):
            read(services, key, purposes)
        with pytest.raises(LinkIsDead):
            accept(services, key, PASSWORD, purposes)
    assert read(services, key, BOTH).purpose == SIGN_UP


@pytest.mark.parametrize(
    ("make", "days"), [(invite, 7), (start_sign_up, 1)], ids=["invite", "sign-up"]
)
def test_lifetime(
    services: Services[PlainUser], clock: Clock, make: Any, days: int
) -> None:
    """An invitation is good for a week, a link one asked for for a day."""
    key = make(services, ADA)
    clock.advance(days * 24 * 3600 - 1)
    read(services, key, BOTH)
    clock.advance(1)
    with pytest.raises(LinkIsDead):
        read(services, key, BOTH)


def test_the_last_invitation_counts(services: Services[PlainUser]) -> None:
    """A second invitation of an address, for another role say, ends the first."""
    first = invite(services, ADA, "admin")
    eves = invite(services, "eve@example.org")
    second = invite(services, ADA, "editor")
    with pytest.raises(LinkIsDead):
        read(services, first, BOTH)
    assert read(services, second, BOTH).role == "editor"
    read(services, eves, BOTH)


def test_an_account_ends_its_invitations(services: Services[PlainUser]) -> None:
    """A role that was offered is not there for another account of the address."""
    offered = invite(services, ADA, "admin")
    key = start_sign_up(services, ADA)
    user, _ = accept(services, key, PASSWORD, BOTH)
    services.users.delete(user)
    with pytest.raises(LinkIsDead):
        read(services, offered, BOTH)


def test_withdraw(services: Services[PlainUser]) -> None:
    """An invitation can be taken back, however the address is typed."""
    key = invite(services, ADA)
    assert withdraw(services, "eve@example.org") == 0
    assert withdraw(services, "ADA@example.org") == 1
    with pytest.raises(LinkIsDead):
        read(services, key, BOTH)


def test_refused(services: Services[PlainUser], ada: PlainUser) -> None:
    """Neither what is no address nor one that has an account is invited."""
    with pytest.raises(Taken):
        invite(services, ada.email)
    for act in (invite, withdraw):
        with pytest.raises(InvalidIdentity):
            act(services, "nonsense")


def test_signal(services: Services[PlainUser]) -> None:
    """An invitation is told of, without its link."""
    told: list[dict[str, Any]] = []

    def note(sender: object, **values: Any) -> None:
        told.append(values)

    with invited.connected_to(note):
        invite(services, "ADA@example.org", "editor")
    assert told == [{"address": ADA, "role": "editor"}]


@pytest.mark.parametrize("links", [1, 2])
def test_accepted_at_once(bench: Bench, services: Services[Any], links: int) -> None:
    """Of many that accept at once, by one link or two, exactly one has the account."""
    services = bench.services_of(services)
    with bench.entered():
        keys = [invite(services, ADA), start_sign_up(services, ADA)][:links]

    def join(number: int) -> str:
        accept(services, keys[number % links], f"{PASSWORD} {number}", BOTH)
        return "joined"

    outcomes = bench.at_once(join, 12)
    assert outcomes.count("joined") == 1
    assert set(outcomes) <= {"joined", LinkIsDead, Taken}
    winner = f"{PASSWORD} {outcomes.index('joined')}"
    with bench.entered():
        user: Any = services.users.find(ADA)
        assert services.passwords.verify(user.password_hash, winner)


def test_role_in_every_store(bench: Bench, services: Services[Any]) -> None:
    """The role comes with the account, new or known, and others keep theirs."""
    services = bench.services_of(services)
    with bench.entered():
        for name in ("ada", "eve"):
            key = invite(services, f"{name}@example.org", "editor")
            accept(services, key, PASSWORD, BOTH)
        for name in ("ada", "eve"):
            user = services.users.find(f"{name}@example.org")
            assert services.attributes.role_names(user) == {"editor"}
