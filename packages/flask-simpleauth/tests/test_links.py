"""What holds for every link, whatever it is for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from flask_simpleauth.errors import LinkIsDead
from flask_simpleauth.links import Links, Purpose
from flask_simpleauth.stores.memory import MemoryStore
from flask_simpleauth.stores.plain import PlainUser
from flask_simpleauth.testing import FakeClock

if TYPE_CHECKING:
    from conftest import Bench

RESET = Purpose("reset", lifetime=60)
INVITE = Purpose("invite", lifetime=600)

ADA = {"email": "ada@example.org", "name": "Ada", "password_hash": "hash"}


def links_on(store: Any, clock: FakeClock, *keys: bytes) -> Links:
    signing, transaction = keys or [b"key"], store.transaction
    return Links(store.users, store.tokens, clock, lambda: signing, transaction)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def ada(store: MemoryStore) -> PlainUser:
    return store.users.create(ADA)


@pytest.fixture
def links(store: MemoryStore, clock: FakeClock) -> Links:
    return links_on(store, clock)


def is_good(links: Links, text: str, purpose: Purpose = RESET) -> bool:
    try:
        links.read(purpose, text)
    except LinkIsDead:
        return False
    return True


def test_link_of_a_user(links: Links, ada: PlainUser) -> None:
    """A link tells whom it is for and what belongs to it, and is used once."""
    text = links.make(RESET, ada, colour="blue")
    assert links.read(RESET, text).user == ada
    with links.using(RESET, text) as token:
        assert (token.user, token.data["colour"]) == (ada, "blue")
    assert not is_good(links, text)
    with pytest.raises(LinkIsDead), links.using(RESET, text):
        pass


def test_link_of_nobody(bench: Bench, clock: FakeClock) -> None:
    """A link may be for somebody without an account, in every store."""
    links = links_on(bench.store, clock)
    with bench.entered():
        text = links.make(INVITE, email="ada@example.org")
        assert links.read(INVITE, text).user is None
        (token,) = bench.store.tokens.list_for(None, "invite")
        assert token.data == {"email": "ada@example.org"}
        assert bench.store.tokens.list_for(1, "invite") == []
        assert bench.store.tokens.revoke(None, "invite", only=token.digest) == 1
        assert not is_good(links, text, INVITE)


def test_used_at_once(bench: Bench, clock: FakeClock) -> None:
    """Of many that use a link at once, exactly one does what it is for."""
    links = links_on(bench.store, clock)
    with bench.entered():
        text = links.make(RESET, bench.store.users.create(ADA))

    def use(_: int) -> bool:
        with bench.entered():
            try:
                with links.using(RESET, text):
                    return True
            except LinkIsDead:
                return False

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(use, range(20))) == 1


def test_failing_leaves_the_link(bench: Bench, clock: FakeClock) -> None:
    """A link is not lost by an attempt that came to nothing, nor is that half done."""
    links, users = links_on(bench.store, clock), bench.store.users
    with bench.entered():
        text = links.make(RESET, users.create(ADA))

    def fail() -> None:
        with links.using(RESET, text) as link:
            if not isinstance(bench.store, MemoryStore):  # which has no transactions
                users.save(link.user, {"password_hash": "new"})
            raise LookupError()

    with bench.entered(), pytest.raises(LookupError):
        fail()
    with bench.entered():
        assert is_good(links, text)
        assert users.find(ADA["email"]).password_hash == ADA["password_hash"]


def test_purposes_stay_apart(links: Links, ada: PlainUser) -> None:
    """A link for one thing is dead for every other (Django's CVE-2026-6873)."""
    purposes = [Purpose(name, 60) for name in ("reset", "invite", "session", "next")]
    for purpose in purposes:
        text = links.make(purpose, ada)
        assert [p for p in purposes if is_good(links, text, p)] == [purpose]


def test_lifetime(links: Links, ada: PlainUser, clock: FakeClock) -> None:
    """A link ends with its time, to look at and to use."""
    text = links.make(RESET, ada)
    clock.advance(59)
    assert is_good(links, text)
    clock.advance(1)
    assert not is_good(links, text)
    with pytest.raises(LinkIsDead), links.using(RESET, text):
        pass


@pytest.mark.parametrize(
    "changes",
    [{"email": "ada@example.com"}, {"password_hash": "new"}, {"active": False}],
)
def test_state(
    store: MemoryStore, links: Links, ada: PlainUser, changes: dict[str, Any]
) -> None:
    """A link is dead when address or password have changed or its user is inactive."""
    text = links.make(RESET, ada)
    store.users.save(ada, changes)
    assert not is_good(links, text)
    with pytest.raises(LinkIsDead), links.using(RESET, text):
        pass


def test_deleted_user(store: MemoryStore, links: Links, ada: PlainUser) -> None:
    """A link dies with its user."""
    text = links.make(RESET, ada)
    store.users.delete(ada)
    assert not is_good(links, text)


def test_user_without_a_password(store: MemoryStore, links: Links) -> None:
    """Who has no password yet can be sent a link."""
    user = store.users.create({**ADA, "password_hash": None})
    assert is_good(links, links.make(RESET, user))


def test_key_rotation(store: MemoryStore, clock: FakeClock) -> None:
    """The newest key signs; links of the one before still work (CVE-2025-47278)."""
    before, rotated, after = (
        links_on(store, clock, *keys) for keys in ([b"old"], [b"old", b"new"], [b"new"])
    )
    assert is_good(rotated, before.make(RESET))
    assert is_good(after, rotated.make(RESET))
    assert not is_good(after, before.make(RESET))


@pytest.mark.parametrize(
    "text", ["", "x", "x.y", "ä.ö", "\ud800", "\0", "x" * 1_000_000, "." * 200]
)
def test_made_up(links: Links, text: str) -> None:
    """What nobody was sent is dead, whatever it looks like."""
    assert not is_good(links, text)
    with pytest.raises(LinkIsDead), links.using(RESET, text):
        pass


def test_altered(links: Links, ada: PlainUser) -> None:
    """A link with a changed character is dead."""
    text = links.make(RESET, ada)
    assert not is_good(links, text.swapcase())


def test_nothing_secret_is_kept(
    store: MemoryStore, links: Links, ada: PlainUser
) -> None:
    """What the store holds makes no link, nor does what may be logged of it."""
    text = links.make(RESET, ada)
    (token,) = store.tokens.list_for(ada.id, "reset")
    assert token.digest not in text
    assert token.digest not in repr(token)
