"""Sessions that can be ended: a random key in a cookie, its digest in the store."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

from .audit import Audit
from .last_use import NOTED_AFTER, note_use
from .store import Token, TokenStore
from .throttling import Clock
from .tokens import KEY_LENGTH, digest_of, new_key

#: The kind of token that a session is.
SESSION = "session"


class Limits(NamedTuple):
    """When a session is over."""

    #: When it was not used for so long.
    idle: timedelta
    #: The same if its owner stays signed in on the device.
    remember_idle: timedelta
    #: So long after its start, used or not.
    lifetime: timedelta


class Sessions:
    """Starts, resolves, lists and ends the sessions of one app."""

    def __init__(
        self, tokens: TokenStore, clock: Clock, limits: Limits, audit: Audit
    ) -> None:
        self._tokens = tokens
        self._clock = clock
        self._limits = limits
        self._audit = audit

    def start(
        self, user_id: Any, label: str = "", *, remember: bool = False
    ) -> tuple[str, Token]:
        """Start a session and return its key, which is kept nowhere, and its token.

        :param label: what the person will know the device by.
        :param remember: whether they stay signed in on it.
        """
        key, now = new_key(), int(self._clock())
        token = Token(
            digest=digest_of(key),
            kind=SESSION,
            user_id=user_id,
            created_at=now,
            expires_at=now + _seconds(self._limits.lifetime),
            seen_at=now,
            label=label[:255],
            data={"remember": remember},
        )
        self._tokens.put(token)
        return key, token

    def resolve(self, key: str) -> Token | None:
        """Return the token of the session with this key, if it still runs."""
        if len(key) != KEY_LENGTH:
            return None

        token = self._tokens.get(digest_of(key), SESSION)
        now = int(self._clock())
        if token is None or not self._runs(token, now):
            return None

        after = min(NOTED_AFTER, self._idle(token) // 2)
        note_use(self._tokens, token, now, after=after)
        return token

    def list_for(self, user_id: Any) -> list[Token]:
        """Return the user's running sessions, the last used first."""
        now = int(self._clock())
        tokens = self._tokens.list_for(user_id, SESSION)
        running = [token for token in tokens if self._runs(token, now)]
        return sorted(running, key=lambda token: token.seen_at, reverse=True)

    def end(self, token: Token) -> int:
        """End this session, wherever its cookie went; return 0 if it had ended."""
        return self._tokens.revoke(token.user_id, SESSION, only=token.digest)

    def end_others(self, user_id: Any, keep: Token | None = None) -> int:
        """End the user's sessions but the one to keep, and return how many."""
        kept = None if keep is None else keep.digest
        ended = self._tokens.revoke(user_id, SESSION, keep=kept)
        self._audit.note("end-sessions", user_id, detail=str(ended))
        return ended

    def _runs(self, token: Token, now: int) -> bool:
        return now < min(token.expires_at, token.seen_at + self._idle(token))

    def _idle(self, token: Token) -> int:
        limits = self._limits
        remembered = token.data.get("remember")
        return _seconds(limits.remember_idle if remembered else limits.idle)


def _seconds(duration: timedelta) -> int:
    return int(duration.total_seconds())
