from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from flask_simpleauth import Token
from flask_simpleauth.audit import Audit
from flask_simpleauth.sessions import Limits, Sessions
from flask_simpleauth.stores.memory import MemoryStore, MemoryTokens

if TYPE_CHECKING:
    from conftest import Clock


class ReadOnlyTokens(MemoryTokens):
    """Tokens whose database does not take writes any more."""

    def touch(self, digest: str, seen_at: int) -> None:
        raise OSError("read-only")


def make(tokens: MemoryTokens, clock: Clock) -> Sessions:
    limits = Limits(
        idle=timedelta(hours=1),
        remember_idle=timedelta(hours=4),
        lifetime=timedelta(hours=10),
    )
    return Sessions(tokens, clock, limits, Audit(None, clock))


@pytest.fixture
def tokens() -> MemoryTokens:
    return MemoryStore().tokens


@pytest.fixture
def sessions(tokens: MemoryTokens, clock: Clock) -> Sessions:
    return make(tokens, clock)


def test_start_and_resolve(sessions: Sessions, tokens: MemoryTokens) -> None:
    """A key leads to its session; the store knows only its digest."""
    key, token = sessions.start(7, "Firefox")

    assert sessions.resolve(key) == token
    assert (token.user_id, token.label) == (7, "Firefox")
    assert key not in repr(tokens.list_for(7, "session"))
    assert key not in vars(token).values()


@pytest.mark.parametrize("key", ["", "x", "x" * 43, "\ud800" * 43, "x" * 1_000_000])
def test_wrong_key(sessions: Sessions, key: str) -> None:
    """A key that was never given leads nowhere."""
    sessions.start(7)
    assert sessions.resolve(key) is None


def test_digest_is_no_key(sessions: Sessions) -> None:
    """Who has read the store has no key to a session."""
    _, token = sessions.start(7)
    assert sessions.resolve(token.digest) is None


def test_idle(sessions: Sessions, clock: Clock) -> None:
    """A session ends when it is not used for long enough, and use keeps it."""
    key, _ = sessions.start(7)
    for _ in range(3):
        clock.now += 3599
        assert sessions.resolve(key) is not None

    clock.now += 3600
    assert sessions.resolve(key) is None


def test_lifetime(sessions: Sessions, clock: Clock) -> None:
    """A session ends at last however much it is used."""
    key, _ = sessions.start(7)
    for _ in range(19):
        clock.now += 1800
        assert sessions.resolve(key) is not None

    clock.now += 1800
    assert sessions.resolve(key) is None


def test_touch_is_rare(sessions: Sessions, tokens: MemoryTokens, clock: Clock) -> None:
    """The last use is written once in ten minutes and not on every page."""
    key, token = sessions.start(7)
    clock.now += 599
    sessions.resolve(key)
    assert tokens.list_for(7, "session")[0].seen_at == token.seen_at

    clock.now += 1
    sessions.resolve(key)
    assert tokens.list_for(7, "session")[0].seen_at == token.seen_at + 600


def test_touch_that_fails(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    """A note of the last use that cannot be written does not break the page."""
    sessions = make(ReadOnlyTokens(), clock)
    key, _ = sessions.start(7)
    clock.now += 600

    with caplog.at_level(logging.WARNING):
        assert sessions.resolve(key) is not None
    assert "not noted" in caplog.text


def test_end(sessions: Sessions) -> None:
    """Ending a session ends this one, and not the user's others."""
    key, token = sessions.start(7)
    other, _ = sessions.start(7)
    sessions.end(token)

    assert sessions.resolve(key) is None
    assert sessions.resolve(other) is not None


def test_remembered(sessions: Sessions, clock: Clock) -> None:
    """A remembered session outlasts a night, and ends at last like any other."""
    key, _ = sessions.start(7, remember=True)
    for _ in range(2):
        clock.now += 4 * 3600 - 1
        assert sessions.resolve(key) is not None

    clock.now += 4 * 3600 - 1
    assert sessions.resolve(key) is None


def test_list(sessions: Sessions, clock: Clock) -> None:
    """A user's running sessions are listed, the last used first."""
    sessions.start(7, "over")
    clock.now += 1800
    phone, _ = sessions.start(7, "phone")
    sessions.start(8, "somebody else's")
    clock.now += 1800
    sessions.start(7, "laptop")
    assert [token.label for token in sessions.list_for(7)] == ["laptop", "phone"]

    clock.now += 1
    sessions.resolve(phone)
    assert [token.label for token in sessions.list_for(7)] == ["phone", "laptop"]


def test_end_others(sessions: Sessions) -> None:
    """All sessions end but the one at hand, or all of them."""
    key, token = sessions.start(7)
    others = [sessions.start(7)[0] for _ in range(2)]
    elsewhere, _ = sessions.start(8)

    assert sessions.end_others(7, keep=token) == 2
    assert [sessions.resolve(other) for other in others] == [None, None]
    assert sessions.resolve(key) is not None
    assert sessions.end_others(7) == 1
    assert sessions.resolve(elsewhere) is not None


def test_long_label(sessions: Sessions) -> None:
    """A device's name is cut to what the store holds."""
    _, token = sessions.start(7, "x" * 10_000)
    assert len(token.label) == 255


def test_repr_tells_no_digest() -> None:
    """A token in a log line tells neither digest nor user."""
    token = Token("d" * 64, "session", 7, 1, 2, 1, user="somebody")
    assert "ddd" not in repr(token)
    assert "somebody" not in repr(token)
