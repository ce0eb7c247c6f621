"""Sessions that can be ended: a random key in a cookie, its digest in the store."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from .store import Token, TokenStore
from .throttling import Clock
from .tokens import KEY_LENGTH, digest_of, new_key

logger = logging.getLogger(__name__)

_KIND = "session"

#: Seconds between two notes of a session's last use: one write in ten minutes instead
#: of one for each page.
_TOUCH_AFTER = 600


class Sessions:
    """Starts, resolves and ends the sessions of one app.

    :param idle: a session unused for so long is over.
    :param lifetime: a session is over so long after its start.
    """

    def __init__(
        self, tokens: TokenStore, clock: Clock, *, idle: timedelta, lifetime: timedelta
    ) -> None:
        self._tokens = tokens
        self._clock = clock
        self._idle = int(idle.total_seconds())
        self._lifetime = int(lifetime.total_seconds())

    def start(self, user_id: Any, label: str = "") -> tuple[str, Token]:
        """Start a session and return its key, which is kept nowhere, and its token.

        :param label: what the person will know the device by.
        """
        key, now = new_key(), int(self._clock())
        token = Token(
            digest=digest_of(key),
            kind=_KIND,
            user_id=user_id,
            created_at=now,
            expires_at=now + self._lifetime,
            seen_at=now,
            label=label[:255],
        )
        self._tokens.put(token)
        return key, token

    def resolve(self, key: str) -> Token | None:
        """Return the token of the session with this key, if it still runs."""
        if len(key) != KEY_LENGTH:
            return None

        token = self._tokens.get(digest_of(key), _KIND)
        now = int(self._clock())
        if token is None or now >= min(token.expires_at, token.seen_at + self._idle):
            return None

        if now - token.seen_at >= min(_TOUCH_AFTER, self._idle // 2):
            self._touch(token, now)
        return token

    def end(self, token: Token) -> None:
        """End this session, wherever its cookie went."""
        self._tokens.revoke(token.user_id, _KIND, only=token.digest)

    def _touch(self, token: Token, now: int) -> None:
        try:
            self._tokens.touch(token.digest, now)
        except Exception:
            # The note is a convenience; the page is what was asked for.
            logger.warning("The last use of a session was not noted.", exc_info=True)
