"""What the flows work with, and how each leaves a record of itself."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Generator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import wraps
from typing import Any, Generic, TypeVar, cast

from .api_tokens import ApiTokens
from .audit import DONE, Audit, Event
from .housekeeping import Housekeeping
from .links import Links
from .passwords import Passwords
from .sessions import Sessions
from .store import Attributes, TokenStore, Transaction, UserStore, are_kept_by_hand
from .strength import PasswordRules
from .throttling import Clock, Throttle

U = TypeVar("U")
Flow = TypeVar("Flow", bound=Callable[..., Any])


class AuditEntry:
    """A record in the making; what is not known before is filled in on the way."""

    #: The key of the user it is about.
    account: Any = None


@dataclass(frozen=True, eq=False, repr=False)
class Services(Generic[U]):
    """What the flows work with, made once per app."""

    users: UserStore[U]
    tokens: TokenStore
    clock: Clock
    passwords: Passwords
    throttle: Throttle
    sessions: Sessions
    api_tokens: ApiTokens
    links: Links
    audit: Audit
    housekeeping: Housekeeping
    rules: PasswordRules
    #: Who sends the signals: the app.
    sender: object
    #: Makes the writes within it one, where the store can.
    transaction: Transaction = nullcontext

    @property
    def attributes(self) -> Attributes:
        """How the user class names what we read."""
        return self.users.attributes

    @property
    def has_fixed_users(self) -> bool:
        """Whether nothing here changes users."""
        return are_kept_by_hand(self.users)

    def key_of(self, user: U | None) -> Any:
        """Return the user's own key, ``None`` for nobody."""
        return None if user is None else self.attributes.read(user, "id")

    @contextmanager
    def auditing(
        self, what: Event, user: U | None = None, *, detail: str = ""
    ) -> Generator[AuditEntry, None, None]:
        """Record what the block does, or which error refused it."""
        entry, outcome = AuditEntry(), DONE
        entry.account = self.key_of(user)
        try:
            yield entry
        except Exception as error:
            outcome = type(error).__name__
            raise
        finally:
            self.audit.note(what, entry.account, outcome, detail=detail)


def audited(what: Event, *, detail: str | None = None) -> Callable[[Flow], Flow]:
    """Let a flow leave a record each time: of its ``user``, or of the one it returns.

    :param detail: the parameter of the flow to record with it; never a secret one.
    """

    def decorate(flow: Flow) -> Flow:
        signature = inspect.signature(flow)

        @wraps(flow)
        def recorded(services: Services[Any], *args: Any, **kwargs: Any) -> Any:
            given = signature.bind(services, *args, **kwargs).arguments
            user, more = given.get("user"), str(given.get(detail or "", ""))
            with services.auditing(what, user, detail=more) as entry:
                result = flow(services, *args, **kwargs)
                if user is None:
                    entry.account = services.key_of(result)
                return result

        return cast(Flow, recorded)

    return decorate
