"""Making an address a user's, without any page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from flask_simpleauth import Taken, address, address_changed
from flask_simpleauth.confirmation import is_confirmed
from flask_simpleauth.errors import LinkIsDead
from flask_simpleauth.services import Services
from flask_simpleauth.stores.plain import PlainUser

if TYPE_CHECKING:
    from conftest import Bench, Clock

OWN, NEW = "ada@example.org", "lovelace@example.org"


@pytest.fixture
def eve(services: Services[PlainUser]) -> PlainUser:
    values = {"email": "eve@example.org", "name": "Eve", "password_hash": "hash"}
    return services.users.create(values)


def test_confirm(services: Services[PlainUser], ada: PlainUser) -> None:
    """A link to the address one has confirms it; nothing is changed, or said to be."""
    told: list[str] = []

    def note(sender: object, **values: Any) -> None:
        told.append(values["new"])

    key = address.start(services, ada, OWN)
    assert address.address_of(services, ada, key) == OWN
    assert not is_confirmed(services, ada)
    with address_changed.connected_to(note):
        address.finish(services, ada, key)
    user = services.users.find(OWN)
    assert user is not None
    assert is_confirmed(services, user)
    assert told == []


def test_change(services: Services[PlainUser], ada: PlainUser) -> None:
    """A link to another address makes it theirs, confirmed, and tells old and new."""
    told: list[dict[str, Any]] = []

    def note(sender: object, **values: Any) -> None:
        told.append(values)

    with address_changed.connected_to(note):
        address.finish(services, ada, address.start(services, ada, NEW))
    user = services.users.find(NEW)
    assert user is not None
    assert is_confirmed(services, user)
    assert services.users.find(OWN) is None
    assert told == [{"user": user, "old": OWN, "new": NEW}]


def test_somebody_elses_link(
    services: Services[PlainUser], ada: PlainUser, eve: PlainUser
) -> None:
    """Who gets another's link by mistake cannot use it, nor use it up."""
    key = address.start(services, ada, NEW)
    for act in (address.address_of, address.finish):
        with pytest.raises(LinkIsDead):
            act(services, eve, key)
    address.finish(services, ada, key)


def test_the_last_link_counts(services: Services[PlainUser], ada: PlainUser) -> None:
    """A link kills those sent before it: each is good only for where it was sent."""
    first = address.start(services, ada, NEW)
    second = address.start(services, ada, "king@example.org")
    with pytest.raises(LinkIsDead):
        address.finish(services, ada, first)
    address.finish(services, ada, second)
    assert services.users.find("king@example.org") is not None


def test_lifetime(services: Services[PlainUser], ada: PlainUser, clock: Clock) -> None:
    """A link is good for a day."""
    key = address.start(services, ada, NEW)
    clock.advance(24 * 3600)
    with pytest.raises(LinkIsDead):
        address.finish(services, ada, key)


def test_taken(services: Services[PlainUser], ada: PlainUser, eve: PlainUser) -> None:
    """An address that somebody has by now is refused, and the link stays as it was."""
    key = address.start(services, ada, "eve@example.org")
    with pytest.raises(Taken):
        address.finish(services, ada, key)
    services.users.delete(eve)
    address.finish(services, ada, key)


def test_one_link_at_once(bench: Bench, services: Services[Any]) -> None:
    """Of many that use a link at once, exactly one changes the address."""
    services = bench.services_of(services)
    values = {"email": OWN, "name": "Ada", "password_hash": "hash"}
    with bench.entered():
        user_id = services.key_of(services.users.create(values))
        key = address.start(services, services.users.get(user_id), NEW)

    def finish(_: int) -> str:
        address.finish(services, services.users.get(user_id), key)
        return "changed"

    outcomes = bench.at_once(finish)
    assert outcomes.count("changed") == 1
    assert outcomes.count(LinkIsDead) == 19
    with bench.entered():
        assert is_confirmed(services, services.users.find(NEW))


def test_one_address_at_once(bench: Bench, services: Services[Any]) -> None:
    """Of many that change to one address at once, exactly one gets it."""
    services = bench.services_of(services)
    keys = []
    with bench.entered():
        for number in range(8):
            values = {"email": f"{number}@b.org", "name": "", "password_hash": "x"}
            keys.append(address.start(services, services.users.create(values), NEW))

    def finish(number: int) -> str:
        user = services.users.find(f"{number}@b.org")
        address.finish(services, user, keys[number])
        return "changed"

    outcomes = bench.at_once(finish, 8)
    assert outcomes.count("changed") == 1
    assert outcomes.count(Taken) == 7
