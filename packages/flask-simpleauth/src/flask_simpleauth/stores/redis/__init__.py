"""Accounts in Redis, 7 or newer: sessions and counters beside users, or users too.

Needs ``pip install Flask-SimpleAuth[redis]``.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from ...store import Transaction
from .connection import Redis, connect
from .counters import RedisCounters
from .tokens import RedisTokens
from .users import RedisUsers

if TYPE_CHECKING:
    from typing_extensions import TypeVar as TypeVarWithDefault

    #: The store of the users.
    Users = TypeVarWithDefault("Users", default="RedisUsers")
else:
    Users = TypeVar("Users")

__all__ = ["RedisCounters", "RedisStore", "RedisTokens", "RedisUsers"]


class RedisStore(Generic[Users]):
    """Keeps sessions, links, API tokens and counted tries in Redis.

    .. code-block:: python

        auth.init_app(app, store=RedisStore(url, users=SQLAlchemyUsers(db, User)))

    What has expired goes by itself. Let Redis write to disk (``appendonly yes``) and
    evict nothing (``maxmemory-policy noeviction``): what it forgets is somebody signed
    out, or tries that are not counted.

    :param redis: a URL, ``redis://localhost:6379/0``, or a client of yours.
    :param users: where users are kept; in Redis too if ``None``. What they do in one
        transaction does not include what is written to Redis.
    :param prefix: what all keys begin with. A Redis Cluster needs one in braces,
        ``"{simpleauth}:"``, so that they are on one node.
    """

    users: Users

    @overload
    def __init__(
        self: RedisStore[RedisUsers],
        redis: Redis | str,
        *,
        prefix: str = ...,
    ) -> None: ...

    @overload
    def __init__(
        self, redis: Redis | str, *, users: Users, prefix: str = ...
    ) -> None: ...

    def __init__(
        self,
        redis: Redis | str,
        *,
        users: Any = None,
        prefix: str = "simpleauth:",
    ) -> None:
        client = connect(redis) if isinstance(redis, str) else redis
        own: Any = RedisUsers(client, prefix) if users is None else users
        self.users = own
        self.tokens = RedisTokens(client, prefix)
        self.counters = RedisCounters(client, prefix)
        self.transaction: Transaction = getattr(users, "transaction", nullcontext)
