"""Records of what happened to accounts: who, what, when, from where, and the outcome.

Each is sent with the signal :data:`~flask_simpleauth.audited`, and logged at level INFO
by the logger ``flask_simpleauth.audit``: one line of JSON, in ASCII, so that nothing a
visitor sends can begin a line of its own (CWE-117). No record holds a secret, nor what
was typed as an address, which is now and then a password (OWASP ASVS 16.2.5).
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from typing import Any, Literal, NamedTuple

from .signals import audited
from .store import Transaction

logger = logging.getLogger(__name__)

#: What can happen. A flow made of others leaves their records too.
Event = Literal[
    "accept-invitation",
    "access",
    "activate",
    "authenticate",
    "change-address",
    "change-password",
    "confirm-address",
    "create-account",
    "create-api-token",
    "deactivate",
    "delete-account",
    "end-sessions",
    "export-account",
    "grant-role",
    "import-account",
    "invite",
    "normalise-address",
    "reset-password",
    "revoke-api-token",
    "revoke-role",
    "set-password",
    "sign-in",
    "sign-out",
    "sign-up",
    "start-address",
    "start-reset",
    "start-sign-up",
    "start-unlock",
    "unlock",
    "withdraw-invitation",
]

#: The outcome of what was not refused.
DONE = "done"


@dataclass(frozen=True)
class AuditRecord:
    """Something that happened to an account, or was refused."""

    what: Event
    #: ``"done"``, or the name of the error that refused it: ``"BadCredentials"``.
    outcome: str
    #: The key of the user it was about, ``None`` if there is no such account.
    account: Any
    #: The key of the user who was signed in, ``None`` if nobody was.
    actor: Any
    #: The IP address it came from, ``None`` on the command line.
    address: str | None
    #: Seconds since 1970.
    at: int
    #: What else is to be known: the name of a role, of a token, of a view.
    detail: str = ""

    def __str__(self) -> str:
        """Return the record as a line of JSON."""
        return json.dumps(asdict(self), default=str)


class Caller(NamedTuple):
    """Who is asking, as far as that is known without looking anything up."""

    actor: Any = None
    address: str | None = None


class _Waiting(threading.local):
    """What is not told before the transaction that this thread is in has ended."""

    records: list[AuditRecord] | None = None


class Audit:
    """Makes the records of one app.

    :param sender: who sends the signal: the app.
    :param caller: tells who is asking at the moment.
    """

    def __init__(
        self,
        sender: object,
        clock: Callable[[], float],
        caller: Callable[[], Caller] = Caller,
    ) -> None:
        self._sender = sender
        self._clock = clock
        self._caller = caller
        self._waiting = _Waiting()

    def note(
        self, what: Event, account: Any, outcome: str = DONE, *, detail: str = ""
    ) -> None:
        """Record what happened to the account with this key."""
        caller = self._caller()
        record = AuditRecord(
            what=what,
            outcome=outcome,
            account=account,
            actor=caller.actor,
            address=caller.address,
            at=int(self._clock()),
            detail=detail,
        )
        waiting = self._waiting.records
        if waiting is None:
            self._tell(record)
        else:
            waiting.append(record)

    def after(self, transaction: Transaction) -> Transaction:
        """Return a transaction at whose end is told what happened in it.

        Until then nobody knows whether it did, and who is told may commit.
        """
        if transaction is nullcontext:
            return transaction

        @contextmanager
        def telling() -> Generator[None, None, None]:
            outer = self._waiting.records
            records: list[AuditRecord] = []
            self._waiting.records = records
            try:
                with transaction():
                    yield
            except BaseException:
                records = [record for record in records if record.outcome != DONE]
                raise
            finally:
                self._waiting.records = outer
                for record in records:
                    self._tell(record) if outer is None else outer.append(record)

        return telling

    def _tell(self, record: AuditRecord) -> None:
        logger.info("%s", record, extra={"audit": record})
        try:
            audited.send(self._sender, record=record)
        except Exception:
            if record.outcome == DONE:
                raise
            # Who was refused is told why, such as that the database is away, which
            # keeps no record of it either.
            logger.exception("A receiver of 'audited' failed.")
