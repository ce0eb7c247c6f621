"""Hashing and verifying passwords, a bounded number at a time."""

from __future__ import annotations

import logging
import os
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context
from typing import TypeVar

from werkzeug.security import check_password_hash, generate_password_hash

from .errors import Busy
from .foreign_hashes import PREFIXES, ForeignHashes

logger = logging.getLogger(__name__)

T = TypeVar("T")

#: Characters. Beyond this a password only makes the server work (Django's
#: CVE-2013-1443); up to it each character counts (OWASP ASVS 6.2.8, 6.2.9).
MAX_LENGTH = 1024

#: What the hashes begin with that Werkzeug can verify.
_METHODS = ("scrypt:", "pbkdf2:")

#: Hex digits of a digest: so a hash that nothing matches costs what a real one does.
_NO_DIGEST = "0" * 128


class Passwords:
    """Hashes and verifies, a bounded number at a time.

    scrypt takes tens of megabytes for a tenth of a second, so a crowd at the sign-in
    page must queue instead of taking the machine down. It queues for a few threads that
    do nothing else: the C library keeps for each thread what that has once freed, and a
    server has many.

    :param method: Werkzeug's notation, such as ``"scrypt:16384:8:5"``.
    :param places: how many are hashed at once; one more than there are cores if
        ``None``.
    :param patience: seconds to wait for a place.
    :param foreign: verifies the hashes that Werkzeug does not know.
    """

    def __init__(
        self,
        method: str,
        *,
        places: int | None = None,
        patience: float = 10,
        foreign: ForeignHashes | None = None,
    ) -> None:
        self._method = method
        self._foreign = foreign or ForeignHashes()
        self._patience = patience
        self._places = places or (os.cpu_count() or 1) + 1
        self._threads: dict[int, ThreadPoolExecutor] = {}

    def hash(self, password: str) -> str:
        """Return the hash to store.

        :raises Busy: if no place was free in time.
        """
        return self._in_turn(
            lambda: generate_password_hash(_normalised(password), self._method)
        )

    def verify(self, stored: str | None, password: str) -> bool:
        """Tell whether the password is the stored one's.

        Without a stored hash the answer is no, after the same work, so that the time
        taken does not tell whether there is an account.

        :raises Busy: if no place was free in time.
        """
        return self._in_turn(lambda: self._verify(stored, password))

    def needs_rehash(self, stored: str) -> bool:
        """Tell whether the hash was made by another method than today's."""
        return stored.partition("$")[0] != self._method

    def _verify(self, stored: str | None, password: str) -> bool:
        answer = None if stored is None else self._compare(stored, password)
        if answer is None:
            nobodys = f"{self._method}$none${_NO_DIGEST}"
            answer = check_password_hash(nobodys, _normalised(password))
        return answer

    def _compare(self, stored: str, password: str) -> bool | None:
        """Tell whether they match, ``None`` if the hash is not to be understood."""
        if not stored.startswith(_METHODS):
            return self._foreign.verify(stored, password)
        try:
            return check_password_hash(stored, _normalised(password))
        except (ValueError, OverflowError):
            logger.warning("The password hash of a user cannot be read.")
            return None

    def _in_turn(self, work: Callable[[], T]) -> T:
        """Return what the work comes to, once one of the threads has a hand free."""
        # What is logged there belongs to the same request.
        done = self._pool().submit(copy_context().run, work)
        if wait([done], self._patience).not_done and done.cancel():
            raise Busy(retry_after=max(1, int(self._patience)))
        return done.result()

    def _pool(self) -> ThreadPoolExecutor:
        """Return the threads of this process: those of its parent do not run here."""
        process = os.getpid()
        if process not in self._threads:
            pool = ThreadPoolExecutor(self._places, "simpleauth-hashing")
            self._threads.setdefault(process, pool)  # another may be faster
        return self._threads[process]


def is_readable(stored: str) -> bool:
    """Tell whether a hash is of a kind that can be verified."""
    return stored.startswith((*_METHODS, *PREFIXES))


def _normalised(password: str) -> str:
    # NFC only: the same password typed on another keyboard is the same text. What no
    # keyboard types (a lone surrogate) still has to be text that can be encoded.
    text = unicodedata.normalize("NFC", password)
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
