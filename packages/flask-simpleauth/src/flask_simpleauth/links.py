"""Links that work once: signed, bound to what they act on, kept as digests."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from typing import Any, NamedTuple

from itsdangerous import BadData

from .errors import LinkIsDead
from .store import Token, TokenStore, Transaction, UserStore
from .throttling import Clock
from .tokens import digest_of, new_key, signer

#: Characters; a signed key takes 88.
_LONGEST = 256


class Purpose(NamedTuple):
    """What a link is for; no link for something else, nor a session, will do."""

    name: str
    #: How long such a link is good for. Seconds.
    lifetime: int


class Links:
    """Makes, reads and uses up the links of one app.

    :param keys: returns what to sign with, the newest last.
    :param transaction: makes one of using a link up and what it is good for.
    """

    def __init__(
        self,
        users: UserStore[Any],
        tokens: TokenStore,
        clock: Clock,
        keys: Callable[[], Sequence[bytes]],
        transaction: Transaction = nullcontext,
    ) -> None:
        self._transaction = transaction
        self._users = users
        self._tokens = tokens
        self._clock = clock
        self._keys = keys

    def make(self, purpose: Purpose, user: Any = None, **data: Any) -> str:
        """Return the text that gives whoever has it the power of a link, once.

        :param user: on whose account it acts; it is dead as soon as the address or the
            password of that has changed.
        :param data: what else belongs to the link; anything that JSON can hold.
        """
        key, now = new_key(), int(self._clock())
        user_id = None
        if user is not None:
            user_id = self._users.attributes.read(user, "id")
            data["state"] = self._state_of(user)

        token = Token(
            digest=digest_of(key),
            kind=purpose.name,
            user_id=user_id,
            created_at=now,
            expires_at=now + purpose.lifetime,
            seen_at=now,
            data=data,
        )
        self._tokens.put(token)
        signed: str = signer(self._keys(), purpose.name).dumps(key)
        return signed

    def read(self, purpose: Purpose, text: str) -> Token:
        """Return the link's token, with its user, and leave the link as it is.

        :raises LinkIsDead: if it was used, is too old, or never was; if the address or
            the password of its user has changed since, or the user is not active.
        """
        token = self._tokens.get(self._digest(purpose, text), purpose.name)
        if token is None or token.expires_at <= self._clock():
            raise LinkIsDead()
        return self._with_user(token)

    @contextmanager
    def using(self, purpose: Purpose, text: str) -> Generator[Token, None, None]:
        """Use the link up, and give its token for what it is good for.

        Both are one transaction, in which no password should be hashed. If that fails
        the link is good again, for nothing was done.

        :raises LinkIsDead: as :meth:`read`, and for all but one of several at once.
        """
        now, token = int(self._clock()), None
        digest = self._digest(purpose, text)
        try:
            with self._transaction():
                token = self._tokens.consume(digest, purpose.name, now)
                if token is None:
                    raise LinkIsDead()
                yield self._with_user(token)
        except BaseException:
            self._put_back(token)
            raise

    def _put_back(self, token: Token | None) -> None:
        """Keep a link that was used for nothing, where no rollback has done so."""
        if token is not None and self._tokens.get(token.digest, token.kind) is None:
            self._tokens.put(token)

    def _digest(self, purpose: Purpose, text: str) -> str:
        if len(text) > _LONGEST or not text.isascii():
            raise LinkIsDead()
        try:
            key = signer(self._keys(), purpose.name).loads(text)
        except BadData:
            raise LinkIsDead() from None
        return digest_of(str(key))

    def _with_user(self, token: Token) -> Token:
        if token.user_id is None:
            return token

        user = token.user or self._users.get(token.user_id)
        if user is None or not self._users.attributes.is_active(user):
            raise LinkIsDead()
        if token.data.get("state") != self._state_of(user):
            raise LinkIsDead()
        return replace(token, user=user)

    def _state_of(self, user: Any) -> str:
        """Return what stands for the address and the password of this moment."""
        read = self._users.attributes.read
        return digest_of(read(user, "email"), read(user, "password_hash") or "")
