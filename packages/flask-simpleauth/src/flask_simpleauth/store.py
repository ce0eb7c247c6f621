"""The contracts between accounts and where they are kept.

A store is any object with ``users``, ``tokens`` and ``counters``; a class that has
these methods is one, without inheriting from anything here. Instants are whole seconds
since 1970 in UTC, and what the present is, the caller says: a store has no clock of its
own. Digests and counter keys are hexadecimal strings. A store that cannot be reached,
or cannot write, raises :exc:`StoreUnavailable`; it never answers as if nobody were
there.

:mod:`flask_simpleauth.testing.stores` has all of this as tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, fields
from typing import Any, Protocol, TypeVar, runtime_checkable

from werkzeug.exceptions import ServiceUnavailable

from .counting import Rule

#: Seconds after which it is worth asking again for what is away.
_RETRY_AFTER = 5

U = TypeVar("U")


@dataclass(frozen=True)
class Attributes:
    """How a user class names what we read and write.

    ``None`` means that the class has no such attribute, and no need of one.
    """

    id: str = "id"
    email: str = "email"
    password_hash: str = "password_hash"  # noqa: S105 # an attribute's name
    name: str | None = "name"
    #: Another name to sign in with. Only where it is asked for: not all are unique.
    username: str | None = None
    active: str | None = "active"
    #: When the address was last shown to be the user's: seconds since 1970, a datetime
    #: in UTC, or merely true. Without it the token store keeps that.
    confirmed_at: str | None = "confirmed_at"
    #: One role (an object with a ``name``, or a string), or a collection of them.
    roles: str | None = "roles"

    def read(self, user: object, name: str) -> Any:
        """Return what the user has under our name for it, ``None`` without such."""
        own_name: str | None = getattr(self, name)
        return None if own_name is None else getattr(user, own_name)

    def is_active(self, user: object) -> bool:
        """Tell whether the user may be signed in."""
        return self.active is None or bool(getattr(user, self.active))

    def role_names(self, user: object) -> frozenset[str]:
        """Return the names of the user's roles."""
        roles = self.read(user, "roles")

        if roles is None:
            return frozenset()
        if _is_one_role(roles):
            roles = [roles]
        return frozenset(getattr(role, "name", role) for role in roles)

    def check_role(self, role: str, who: str = "The user class") -> None:
        """Refuse a role that cannot be had.

        :raises RuntimeError: if it has no name, or the user class has no roles.
        """
        if self.roles is None:
            raise RuntimeError(
                f"{who} has no attribute for roles. Give it a relationship named 'role'"
                " or 'roles' to a class with a 'name'."
            )
        if not role.strip():
            raise RuntimeError("A role needs a name.")

    def own_name(self, name: str) -> str | None:
        """Return what the class calls this; what is not ours it calls so itself."""
        if name not in {field.name for field in fields(self)}:
            return name
        own_name: str | None = getattr(self, name)
        return own_name

    def role_names_with(self, user: object, role: str) -> frozenset[str]:
        """Return the names after this role is granted: the only one, or one more.

        :raises RuntimeError: as :meth:`check_role`.
        """
        self.check_role(role, type(user).__name__)
        has_one = _is_one_role(self.read(user, "roles"))
        return frozenset({role} if has_one else {role, *self.role_names(user)})


def _is_one_role(roles: object) -> bool:
    return isinstance(roles, str) or hasattr(roles, "name")


@dataclass(frozen=True)
class Token:
    """A row of power: whoever shows the key of this digest may act as the user.

    Sessions are tokens of kind ``"session"``. The key itself is never stored.
    """

    digest: str = field(repr=False)
    kind: str
    #: ``None`` for who has no account yet: an invitation is of nobody.
    user_id: Any
    created_at: int
    expires_at: int
    seen_at: int
    #: Where it came from, for the person to recognise it: a browser's name, say.
    label: str = ""
    #: What else belongs to this kind of token; anything that JSON can hold.
    data: Mapping[str, Any] = field(default_factory=dict[str, Any])
    #: The user, where a store can bring it along with the token.
    user: Any = field(default=None, compare=False, repr=False)


class UserStore(Protocol[U]):
    """Keeps users.

    Values and changes go by the names of :class:`Attributes`, others by those of the
    user class itself. ``roles`` are a collection of names, and only ever changed.
    """

    attributes: Attributes

    def get(self, user_id: Any) -> U | None:
        """Return the user with this key."""
        ...

    def find(self, identity: str) -> U | None:
        """Return the user with exactly this address; hold nothing open.

        Not one that a database merely takes for it, as collations do.

        What has no ``@`` in it is a user name, where the class has one.
        """
        ...

    def create(self, values: Mapping[str, Any]) -> U:
        """Make a user.

        :raises Taken: if the address has an account. The database's own constraint
            must decide, since two may arrive at once.
        """
        ...

    def save(self, user: U, changes: Mapping[str, Any]) -> None:
        """Change these values.

        :raises Taken: as :meth:`create`.
        """
        ...

    def delete(self, user: U) -> None:
        """Remove the user."""
        ...


@runtime_checkable
class ListsAddresses(Protocol):
    """What a :class:`UserStore` may do too, for ``flask auth normalise``."""

    def addresses(self) -> Iterable[tuple[Any, str]]:
        """Yield the key and the address of every user, as it is stored."""
        ...


def are_kept_by_hand(users: object) -> bool:
    """Tell whether a :class:`UserStore` refuses every change, and says so: ``True``."""
    return getattr(users, "are_kept_by_hand", False)


class TokenStore(Protocol):
    """Keeps tokens."""

    def put(self, token: Token) -> None:
        """Add a token."""
        ...

    def get(self, digest: str, kind: str) -> Token | None:
        """Return the token with its user if that costs nothing; it may have expired."""
        ...

    def consume(self, digest: str, kind: str, now: int) -> Token | None:
        """Remove an unexpired token and return it: to exactly one of many callers."""
        ...

    def touch(self, digest: str, seen_at: int) -> None:
        """Note the last use of a token, if it is still there."""
        ...

    def list_for(self, user_id: Any, kind: str) -> list[Token]:
        """Return the user's tokens of a kind, the newest first; ``None`` is nobody."""
        ...

    def revoke(
        self,
        user_id: Any,
        kind: str | None = None,
        *,
        only: str | None = None,
        keep: str | None = None,
    ) -> int:
        """Remove tokens of a user and return how many.

        :param kind: all kinds if ``None``.
        :param only: the digest of the one to remove.
        :param keep: the digest of the one to keep.
        """
        ...

    def purge(self, now: int, limit: int) -> int:
        """Remove at most ``limit`` expired tokens and return how many."""
        ...


class CounterStore(Protocol):
    """Counts hits, as many as a :class:`~.counting.Rule` allows."""

    def hit(self, rules: Mapping[str, Rule], now: int) -> Mapping[str, int]:
        """Add one to each counter, or to none if one of them is closed.

        Nothing comes between looking and counting. What :meth:`.Rule.after` makes of a
        :class:`~.counting.Count` is what a counter holds then.

        :param rules: by the key of the counter, in the order of all callers: a store
            that locks one counter after the other so never waits for who waits for it.
            A window that is running keeps its end.
        :return: the counters that are closed, and when each opens; empty if the hit was
            counted. One that is closed is enough, where looking for more costs more.
        """
        ...

    def refund(self, keys: Iterable[str]) -> None:
        """Take one hit back from each counter, if it has one, and open it.

        :param keys: in the same order as those of the rules.
        """
        ...

    def purge(self, now: int, limit: int) -> int:
        """Remove at most ``limit`` counters that start anew, return how many."""
        ...


class StoreUnavailable(ServiceUnavailable):
    """The store cannot be reached, or cannot write.

    Flask answers with 503 and ``Retry-After``, wherever it is raised. The page for that
    must not ask who is there, since that is what cannot be known.
    """

    def __init__(self) -> None:
        super().__init__(retry_after=_RETRY_AFTER)


class Conflict(Exception):
    """What was written in a transaction breaks a constraint of the database."""


#: What is written within is kept together or not at all. A write that fails ends it, so
#: its error must be let through; it raises :exc:`Conflict` for a broken constraint.
Transaction = Callable[[], AbstractContextManager[object]]


class Store(Protocol[U]):
    """All three together.

    Where they share a database, a store may also have ``transaction``, a
    :data:`Transaction`. Without it each write stands for itself.
    """

    @property
    def users(self) -> UserStore[U]:
        """Where users are kept."""
        ...

    @property
    def tokens(self) -> TokenStore:
        """Where tokens are kept."""
        ...

    @property
    def counters(self) -> CounterStore:
        """Where counters are kept."""
        ...
