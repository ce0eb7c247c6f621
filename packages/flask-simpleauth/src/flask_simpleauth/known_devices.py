"""Devices on which somebody has signed in before: a signed cookie without power.

It signs nobody in. Tries to sign in on such a device are counted by themselves, so that
whoever guesses at an account elsewhere does not make its owner wait.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from itsdangerous import BadData

from .tokens import digest_of, new_key, signer

#: Accounts that a device is known for, the last ones.
_MOST = 8

#: Hex digits that stand for an account: enough to tell a few apart.
_LENGTH = 16


class KnownDevice(NamedTuple):
    """What the cookie says."""

    id: str
    #: What stands for each identity that was signed in with.
    accounts: tuple[str, ...] = ()

    @classmethod
    def new(cls) -> KnownDevice:
        """Return a device that is known for nobody yet."""
        return cls(new_key()[:_LENGTH])

    @classmethod
    def read(cls, text: str, keys: Sequence[bytes]) -> KnownDevice | None:
        """Return the device of a cookie, ``None`` if we have not written it."""
        try:
            id_, *accounts = signer(keys, "device").loads(text)
        except BadData:
            return None
        return cls(id_, tuple(accounts))

    def write(self, keys: Sequence[bytes]) -> str:
        """Return what the cookie has to say."""
        text: str = signer(keys, "device").dumps([self.id, *self.accounts])
        return text

    def knows(self, identity: str) -> bool:
        """Tell whether who has this address or user name has signed in on it."""
        return _short(identity) in self.accounts

    def knowing(self, identities: Iterable[str]) -> KnownDevice:
        """Return the same device, known for these addresses or user names too."""
        new = [_short(identity) for identity in identities]
        old = [account for account in self.accounts if account not in new]
        return self._replace(accounts=tuple([*old, *new][-_MOST:]))

    def renewed(self) -> KnownDevice:
        """Return one whose tries are counted from the beginning."""
        return self._replace(id=KnownDevice.new().id)


def _short(identity: str) -> str:
    return digest_of("known device", identity)[:_LENGTH]
