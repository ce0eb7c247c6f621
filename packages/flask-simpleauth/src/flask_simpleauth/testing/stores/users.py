"""What a store promises of users."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from functools import partial
from typing import Any

import pytest

from ...errors import Taken
from ...store import ListsAddresses
from .base import StoreCase, create, key_of
from .crowd import THREADS, at_once

#: Addresses that a database may take for one another: it folds case, width or accents,
#: ends text at a space, or knows a sign to be two. Whose link to a new password goes to
#: whose address depends on it.
ALIKE = [
    ("ada@example.org", "Ada@example.org"),
    ("ada@example.com", "ada@exämple.com"),
    ("ada@strasse.example", "ada@straße.example"),
    ("ada@example.net", "ada@example.net "),
    ("ada_b@example.org", "adaxb@example.org"),
    ("%@example.org", "eve@example.org"),
    ("ada\u0301@example.org", "ad\u00e1@example.org"),
    ("\u0456van@example.org", "ivan@example.org"),
    ("👩‍🔬@example.org", "👩‍🎤@example.org"),  # that is the point
]

OneRequest = Callable[[], AbstractContextManager[Any]]


class UserTests(StoreCase):
    """Promises of :class:`~flask_simpleauth.store.UserStore`."""

    def test_user_comes_back(self, store: Any) -> None:
        """A created user is found by address and by key, with what was given."""
        made = create(store, "ada@example.org", name="Ada ❤ Ångström")
        read = store.users.attributes.read

        for user in (
            store.users.find("ada@example.org"),
            store.users.get(key_of(store, made)),
        ):
            assert key_of(store, user) == key_of(store, made)
            assert read(user, "email") == "ada@example.org"
            assert read(user, "password_hash") == "hash"
            assert read(user, "name") in ("Ada ❤ Ångström", None)
            assert store.users.attributes.is_active(user)

    def test_nobody_is_none(self, store: Any) -> None:
        """An address or a key that nobody has gives None."""
        gone = create(store, "gone@example.org")
        store.users.delete(gone)

        assert store.users.find("nobody@example.org") is None
        assert store.users.find("") is None
        assert store.users.get(key_of(store, gone)) is None

    def test_longest_address(self, store: Any) -> None:
        """An address of 254 characters is kept whole (RFC 5321, erratum 1690)."""
        address = "a" * 64 + "@" + "b" * 185 + ".org"
        create(store, address)
        found = store.users.find(address)
        assert store.users.attributes.read(found, "email") == address

    @pytest.mark.parametrize(("one", "other"), ALIKE)
    def test_addresses_alike(self, store: Any, one: str, other: str) -> None:
        """Nobody is found by an address that is merely like theirs."""
        made = create(store, one)
        assert store.users.find(other) is None

        try:  # a database may refuse a second one that it takes for the first
            second = create(store, other)
        except Taken:
            return
        for address, user in ((one, made), (other, second)):
            assert key_of(store, store.users.find(address)) == key_of(store, user)

    def test_taken_address(self, one_request: OneRequest) -> None:
        """A second user with an address is refused, and the store stays usable."""
        with one_request() as store:
            first = create(store, "ada@example.org")
            with pytest.raises(Taken):
                create(store, "ada@example.org", name="Eve")

            found = store.users.find("ada@example.org")
            assert key_of(store, found) == key_of(store, first)
            assert create(store, "eve@example.org") is not None

    def test_taken_address_at_once(self, store: Any) -> None:
        """Of many who sign up with one address at once, one gets the account."""
        for name in ("ada", "eve", "joe"):
            outcomes = at_once(partial(create, store, f"{name}@example.org"))

            refused = [type(o) for o in outcomes if isinstance(o, BaseException)]
            assert refused == [Taken] * (THREADS - 1)

    def test_saved_changes(self, store: Any) -> None:
        """Changed values are on the object at hand and in the store."""
        user = create(store, "ada@example.org")
        attributes = store.users.attributes
        changes = {"password_hash": "new", "active": False, "email": "a@b.example"}
        store.users.save(user, changes)

        for found in (user, store.users.find("a@b.example")):
            assert attributes.read(found, "password_hash") == "new"
            assert attributes.is_active(found) == (attributes.active is None)
        assert store.users.find("ada@example.org") is None

    def test_saving_saves_what_is_named(self, store: Any) -> None:
        """Two who change different things of one user both have their way."""
        create(store, "ada@example.org")
        one, other = (store.users.find("ada@example.org") for _ in range(2))
        store.users.save(one, {"password_hash": "new"})
        store.users.save(other, {"email": "moved@example.org"})

        found = store.users.find("moved@example.org")
        assert store.users.attributes.read(found, "password_hash") == "new"

    def test_saving_a_taken_address(self, store: Any) -> None:
        """Changing to an address that somebody has is refused, and changes nothing."""
        create(store, "ada@example.org")
        eve = create(store, "eve@example.org")
        with pytest.raises(Taken):
            store.users.save(eve, {"email": "ada@example.org"})

        assert key_of(store, store.users.find("eve@example.org")) == key_of(store, eve)
        assert store.users.attributes.read(eve, "email") == "eve@example.org"

    def test_freed_address(self, store: Any) -> None:
        """An address that somebody has given up is there for others."""
        ada = create(store, "ada@example.org")
        store.users.save(ada, {"email": "new@example.org"})
        eve = create(store, "ada@example.org")
        assert key_of(store, store.users.find("ada@example.org")) == key_of(store, eve)

        store.users.delete(eve)
        assert create(store, "ada@example.org") is not None

    def test_roles(self, store: Any) -> None:
        """Roles are kept by name, made where they are new, and taken away."""
        users, attributes = store.users, store.users.attributes
        if attributes.roles is None:
            pytest.skip("This user class has no roles.")
        user = create(store, "ada@example.org")
        assert attributes.role_names(user) == set()

        wanted: list[set[str]] = [{"admin"}, {"éditeur ❤"}, {"admin"}, set()]
        users.save(user, {"roles": {"admin"}})
        if attributes.role_names_with(user, "x") > {"x"}:
            wanted.insert(2, {"admin", "éditeur ❤"})
        for roles in wanted:
            users.save(user, {"roles": roles})
            assert attributes.role_names(user) == roles
            assert attributes.role_names(users.get(key_of(store, user))) == roles
            assert attributes.role_names(users.find("ada@example.org")) == roles

    def test_delete(self, store: Any) -> None:
        """A deleted user is gone, and takes nothing of another one along."""
        ada, eve = create(store, "ada@example.org"), create(store, "eve@example.org")
        if store.users.attributes.roles is not None:
            for user in (ada, eve):
                store.users.save(user, {"roles": {"admin"}})
        store.users.delete(store.users.find("ada@example.org"))

        assert store.users.find("ada@example.org") is None
        assert store.users.get(key_of(store, ada)) is None
        there = store.users.find("eve@example.org")
        if store.users.attributes.roles is not None:
            assert store.users.attributes.role_names(there) == {"admin"}

    def test_deleted_stays_deleted(self, store: Any) -> None:
        """Who is deleted does not come back because an old copy is saved."""
        old = create(store, "ada@example.org")
        key = key_of(store, old)
        store.users.delete(store.users.find("ada@example.org"))
        with suppress(Exception):  # to refuse it is as good
            store.users.save(old, {"password_hash": "new"})

        assert store.users.find("ada@example.org") is None
        assert store.users.get(key) is None

    def test_listing(self, one_request: OneRequest) -> None:
        """A store that lists addresses lists each as it is stored, with the key."""
        with one_request() as store:
            if not isinstance(store.users, ListsAddresses):
                pytest.skip("This store does not list addresses.")
            made = {
                (key_of(store, create(store, email)), email)
                for email in ("ada@example.org", "Eve@Example.org", "ö@example.org")
            }
            assert {(key, email) for key, email in store.users.addresses()} == made
