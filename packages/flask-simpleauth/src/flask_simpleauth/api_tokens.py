"""Tokens for programs: named, limited in scope and time, shown once, revocable.

A token reads ``sa_``, a random key, a checksum. The prefix lets scanners find one that
leaked into a repository or a log, the checksum lets them, and us, tell it from noise
without asking the store.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from .audit import Audit
from .identity import clean_name
from .last_use import NOTED_AFTER, note_use
from .store import Token, TokenStore
from .throttling import Clock
from .tokens import KEY_LENGTH, NEVER, digest_of, new_key

#: What every token begins with.
PREFIX = "sa_"

_KIND = "api"
_CHECKSUM_LENGTH = 8
_LENGTH = len(PREFIX) + KEY_LENGTH + _CHECKSUM_LENGTH


class ApiTokens:
    """Makes, resolves, lists and revokes the API tokens of one app."""

    def __init__(self, tokens: TokenStore, clock: Clock, audit: Audit) -> None:
        self._tokens = tokens
        self._clock = clock
        self._audit = audit

    def make(
        self,
        user_id: Any,
        name: str,
        *,
        scopes: Collection[str] = (),
        lifetime: timedelta | None = None,
    ) -> str:
        """Make a token and return its text, which is kept nowhere: show it now.

        :param name: what the owner will know it by; without what no database keeps.
        :param scopes: the permissions it is limited to; all of its owner's if empty.
        :param lifetime: how long it is good for; until it is revoked if ``None``.
        """
        key, now = new_key(), int(self._clock())
        expires = NEVER if lifetime is None else now + int(lifetime.total_seconds())
        token = Token(
            digest=digest_of(key),
            kind=_KIND,
            user_id=user_id,
            created_at=now,
            expires_at=expires,
            seen_at=now,
            label=clean_name(name),
            data={"scopes": sorted(scopes)},
        )
        self._tokens.put(token)
        self._audit.note("create-api-token", user_id, detail=token.label)
        return PREFIX + key + _checksum(key)

    def resolve(self, text: str) -> Token | None:
        """Return the token with this text, if it is still good."""
        if len(text) != _LENGTH or not text.startswith(PREFIX):
            return None

        key = text[len(PREFIX) : -_CHECKSUM_LENGTH]
        if _checksum(key) != text[-_CHECKSUM_LENGTH:]:
            return None

        token, now = self._tokens.get(digest_of(key), _KIND), int(self._clock())
        if token is None or token.expires_at <= now:
            return None
        # Its maker looks whether it works: the first use is noted at once.
        is_new = token.seen_at == token.created_at
        note_use(self._tokens, token, now, after=1 if is_new else NOTED_AFTER)
        return token

    def list_for(self, user_id: Any) -> list[Token]:
        """Return the user's tokens, the newest first."""
        return self._tokens.list_for(user_id, _KIND)

    def end_all(self, user_id: Any) -> None:
        """End all tokens of the user."""
        for token in self.list_for(user_id):
            self.end(token)

    def end(self, token: Token) -> int:
        """End this token, and return 1, or 0 if it had ended already."""
        ended = self._tokens.revoke(token.user_id, _KIND, only=token.digest)
        self._audit.note("revoke-api-token", token.user_id, detail=token.label)
        return ended


def _checksum(key: str) -> str:
    return f"{zlib.crc32(key.encode('utf-8', 'surrogatepass')):08x}"
