"""Every store keeps every promise of the contracts."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from flask_simpleauth import Hit, Taken, Token

if TYPE_CHECKING:
    from conftest import Bench

NOW = 1_800_000_000

ADA = {"email": "ada@example.org", "name": "Ada", "password_hash": "hash"}


def a_token(user_id: Any, digest: str = "a" * 64, **changes: Any) -> Token:
    data = {"remember": True, "odd": ["ä", None, 1.5]}
    token = Token(digest, "session", user_id, NOW, NOW + 60, NOW, "Firefox", data)
    return replace(token, **changes)


def at_once(bench: Bench, work: Callable[[], Any], threads: int = 20) -> list[Any]:
    """Do the work in many threads, and return what each came to."""

    def enter_and_work() -> Any:
        with bench.entered():
            return work()

    with ThreadPoolExecutor(threads) as pool:
        futures = [pool.submit(enter_and_work) for _ in range(threads)]
    return [future.exception() or future.result() for future in futures]


def test_user_round_trip(bench: Bench) -> None:
    """A created user is found by address and by key, with what was given."""
    with bench.entered():
        made = bench.store.users.create({**ADA, "name": "Ada ❤ Ångström"})

        found = bench.store.users.find("ada@example.org")
        assert found.name == "Ada ❤ Ångström"
        assert bench.store.users.get(made.id).email == "ada@example.org"
        assert bench.store.users.attributes.is_active(found)


def test_unknown_users_are_none(bench: Bench) -> None:
    """An address or a key nobody has gives None."""
    with bench.entered():
        assert bench.store.users.find("nobody@example.org") is None
        assert bench.store.users.get(4711) is None


def test_taken_address(bench: Bench) -> None:
    """A second user with an address is refused, and the store stays usable."""
    with bench.entered():
        bench.store.users.create(ADA)
        with pytest.raises(Taken):
            bench.store.users.create({**ADA, "name": "Eve"})

        assert bench.store.users.find("ada@example.org").name == "Ada"


def test_taken_address_at_once(bench: Bench) -> None:
    """Of many sign-ups with one address at once, exactly one makes an account."""
    outcomes = at_once(bench, lambda: bench.store.users.create(ADA))

    assert sum(not isinstance(outcome, Exception) for outcome in outcomes) == 1
    assert {type(o) for o in outcomes if isinstance(o, Exception)} == {Taken}


def test_save(bench: Bench) -> None:
    """Changed values are on the object at hand and in the store."""
    with bench.entered():
        user = bench.store.users.create(ADA)
        bench.store.users.save(user, {"password_hash": "new", "active": False})

        assert user.password_hash == "new"
        kept = bench.store.users.get(user.id)
        assert (kept.password_hash, kept.active) == ("new", False)


def test_save_taken_address(bench: Bench) -> None:
    """Changing to an address somebody has is refused."""
    with bench.entered():
        bench.store.users.create(ADA)
        eve = bench.store.users.create({**ADA, "email": "eve@example.org"})
        with pytest.raises(Taken):
            bench.store.users.save(eve, {"email": "ada@example.org"})


def test_roles(bench: Bench) -> None:
    """Roles are kept by name, new ones are made, and may be taken away."""
    users = bench.store.users
    with bench.entered():
        user = users.create(ADA)
        assert users.attributes.role_names(user) == set()

        for roles in ({"admin"}, {"admin", "editor"}, {"editor"}, set()):
            users.save(user, {"roles": roles})
            assert users.attributes.role_names(users.get(user.id)) == roles
            assert users.attributes.role_names(users.find(user.email)) == roles


def test_delete(bench: Bench) -> None:
    """A deleted user is gone."""
    with bench.entered():
        users = bench.store.users
        for user in (users.create(ADA), users.create({**ADA, "email": "eve@b.org"})):
            users.save(user, {"roles": {"admin", "editor"}})
        users.delete(users.find("ada@example.org"))

        assert users.find("ada@example.org") is None
        assert users.attributes.role_names(users.find("eve@b.org")) == {
            "admin",
            "editor",
        }


def test_token_round_trip(bench: Bench) -> None:
    """A token is got by digest and kind, and its user with it or by key."""
    with bench.entered():
        user = bench.store.users.create(ADA)
        bench.store.tokens.put(a_token(user.id))

        token = bench.store.tokens.get("a" * 64, "session")
        assert token == a_token(user.id)
        assert token.user is None or token.user.id == user.id
        assert bench.store.tokens.get("a" * 64, "reset") is None
        assert bench.store.tokens.get("b" * 64, "session") is None


def test_token_brings_every_role(bench: Bench) -> None:
    """A token of a user with several roles is still one token."""
    users = bench.store.users
    with bench.entered():
        user = users.create(ADA)
        users.save(user, {"roles": {"admin", "editor"}})
        bench.store.tokens.put(a_token(user.id))

    with bench.entered():
        token = bench.store.tokens.get("a" * 64, "session")
        owner = token.user or users.get(token.user_id)
        assert users.attributes.role_names(owner) == {"admin", "editor"}


def test_token_without_user(bench: Bench) -> None:
    """A token may outlive the row of its user."""
    with bench.entered():
        bench.store.tokens.put(a_token(4711))

        assert bench.store.tokens.get("a" * 64, "session").user is None


def test_touch(bench: Bench) -> None:
    """Touching notes the last use; a token that is gone is no error."""
    with bench.entered():
        bench.store.tokens.put(a_token(1))
        bench.store.tokens.touch("a" * 64, NOW + 5)
        bench.store.tokens.touch("b" * 64, NOW + 5)

        assert bench.store.tokens.get("a" * 64, "session").seen_at == NOW + 5
        assert bench.store.tokens.get("b" * 64, "session") is None


def test_consume(bench: Bench) -> None:
    """A token is consumed once, by its kind, and not when it is expired."""
    tokens = bench.store.tokens
    with bench.entered():
        tokens.put(a_token(1))
        assert tokens.consume("a" * 64, "reset", NOW) is None
        assert tokens.consume("a" * 64, "session", NOW + 60) is None
        assert tokens.consume("a" * 64, "session", NOW + 59) == a_token(1)
        assert tokens.consume("a" * 64, "session", NOW + 59) is None


def test_consume_at_once(bench: Bench) -> None:
    """Of many that consume a token at once, exactly one gets it."""
    with bench.entered():
        bench.store.tokens.put(a_token(1))

    outcomes = at_once(
        bench, lambda: bench.store.tokens.consume("a" * 64, "session", NOW)
    )
    assert [outcome for outcome in outcomes if outcome] == [a_token(1)]


def test_list_for(bench: Bench) -> None:
    """A user's tokens of a kind are listed, the newest first, and nobody else's."""
    tokens = bench.store.tokens
    with bench.entered():
        tokens.put(a_token(1, "a" * 64))
        tokens.put(a_token(1, "b" * 64, created_at=NOW + 1))
        tokens.put(a_token(1, "c" * 64, kind="reset"))
        tokens.put(a_token(2, "d" * 64))

        assert [t.digest[0] for t in tokens.list_for(1, "session")] == ["b", "a"]


@pytest.mark.parametrize(
    ("arguments", "left"),
    [
        ({}, "e"),
        ({"kind": "session"}, "ce"),
        ({"kind": "session", "only": "a" * 64}, "bce"),
        ({"kind": "session", "keep": "a" * 64}, "ace"),
        ({"keep": "c" * 64}, "ce"),
        ({"only": "e" * 64}, "abce"),
    ],
)
def test_revoke(bench: Bench, arguments: dict[str, str], left: str) -> None:
    """Revoking removes what was named of one user, and counts it."""
    tokens = bench.store.tokens
    with bench.entered():
        for letter, user_id in ("a", 1), ("b", 1), ("c", 1), ("e", 2):
            kind = "reset" if letter == "c" else "session"
            tokens.put(a_token(user_id, letter * 64, kind=kind))

        assert tokens.revoke(1, **arguments) == 4 - len(left)
        there = [
            letter
            for letter in "abce"
            if tokens.get(letter * 64, "reset" if letter == "c" else "session")
        ]
        assert there == list(left)


def test_purge_tokens(bench: Bench) -> None:
    """Expired tokens go in steps of a given size; others stay."""
    tokens = bench.store.tokens
    with bench.entered():
        for number in range(3):
            tokens.put(a_token(1, f"{number}" * 64, expires_at=NOW))
        tokens.put(a_token(1, "a" * 64))

        assert [tokens.purge(NOW, 2) for _ in range(3)] == [2, 1, 0]
        assert tokens.get("a" * 64, "session") is not None


def test_hit(bench: Bench) -> None:
    """Hits are counted by key, from the first one's window until that ends."""
    counters = bench.store.counters
    with bench.entered():
        assert counters.hit({"b": 90, "a": 60}, NOW) == [
            Hit(1, NOW + 90),
            Hit(1, NOW + 60),
        ]
        assert counters.hit({"a": 5}, NOW + 59) == [Hit(2, NOW + 60)]
        assert counters.hit({"a": 5, "b": 5}, NOW + 60) == [
            Hit(1, NOW + 65),
            Hit(2, NOW + 90),
        ]


def test_hit_at_once(bench: Bench) -> None:
    """Many hits at once are all counted, none twice."""
    outcomes = at_once(bench, lambda: bench.store.counters.hit({"a": 60, "b": 60}, NOW))

    for place in (0, 1):
        counts = sorted(hits[place].count for hits in outcomes)
        assert counts == list(range(1, 21))


def test_refund(bench: Bench) -> None:
    """A refund takes one hit back, and never below zero."""
    counters = bench.store.counters
    with bench.entered():
        counters.hit({"a": 60}, NOW)
        counters.refund(["a", "b"])
        counters.refund(["a"])

        assert counters.hit({"a": 60, "b": 60}, NOW) == [Hit(1, NOW + 60)] * 2


def test_purge_counters(bench: Bench) -> None:
    """Counters that start anew go in steps of a given size; others stay."""
    counters = bench.store.counters
    with bench.entered():
        counters.hit(dict.fromkeys("abc", 60), NOW)
        counters.hit({"d": 600}, NOW)

        assert [counters.purge(NOW + 60, 2) for _ in range(3)] == [2, 1, 0]
        assert counters.hit({"d": 600}, NOW) == [Hit(2, NOW + 600)]


in_sql = pytest.mark.parametrize(
    "bench", ["embedded", "sqlite", "postgresql"], indirect=True
)


@in_sql
def test_transaction(bench: Bench) -> None:
    """What is written in a transaction is there together, and readable within it."""
    store = bench.store
    with bench.entered():
        with store.transaction():
            user = store.users.create(ADA)
            store.tokens.put(a_token(user.id))
            assert store.tokens.get("a" * 64, "session").user.id == user.id
        assert store.tokens.get("a" * 64, "session").user.id == user.id


def put_and_take(bench: Bench) -> None:
    with bench.store.transaction():
        bench.store.tokens.put(a_token(1))
        bench.store.users.create(ADA)


def put_and_break(bench: Bench) -> None:
    with bench.store.transaction():
        bench.store.tokens.put(a_token(1))
        raise ZeroDivisionError


@in_sql
@pytest.mark.parametrize(
    ("work", "error"), [(put_and_take, Taken), (put_and_break, ZeroDivisionError)]
)
def test_transaction_that_fails(
    bench: Bench, work: Callable[[Bench], None], error: type[Exception]
) -> None:
    """After an error nothing of a transaction is there, and the store can be used."""
    tokens = bench.store.tokens
    with bench.entered():
        bench.store.users.create(ADA)
        with pytest.raises(error):
            work(bench)
        assert tokens.get("a" * 64, "session") is None

        tokens.put(a_token(1))
        assert tokens.get("a" * 64, "session") is not None


def test_addresses(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """All users can be listed, by key and address as it is stored, page by page."""
    monkeypatch.setattr("flask_simpleauth.stores.users._PAGE", 2)
    with bench.entered():
        users = bench.store.users
        emails = [f"User{number}@example.org" for number in range(5)]
        made = [
            users.create({"email": email, "name": "", "password_hash": ""})
            for email in emails
        ]
        listed = list(users.addresses())
        assert listed == [(user.id, user.email) for user in made]
