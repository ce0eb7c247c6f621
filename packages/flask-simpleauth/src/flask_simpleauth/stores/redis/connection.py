"""The client of Redis."""

from __future__ import annotations

import logging
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from ...store import StoreUnavailable

try:
    from redis import Redis
    from redis import exceptions as errors
except ImportError as error:
    raise ImportError(
        "A store in Redis needs its client: pip install Flask-SimpleAuth[redis]"
    ) from error

__all__ = ["Redis", "asking", "connect", "text"]

logger = logging.getLogger(__name__)

#: Seconds after which a Redis that does not answer is an error, and not a page that
#: never comes.
_TIMEOUT = 5

_OUTAGES = (
    errors.ClusterDownError,
    errors.ConnectionError,
    errors.OutOfMemoryError,
    errors.ReadOnlyError,
    errors.TimeoutError,
)


def connect(url: str) -> Redis:
    """Return a client that gives up in time and notices dead connections."""
    options: dict[str, Any] = {
        "socket_timeout": _TIMEOUT,
        "socket_connect_timeout": _TIMEOUT,
        "health_check_interval": 30,
    }
    return Redis.from_url(url, **options)


@contextmanager
def asking() -> Generator[None, None, None]:
    """Say of a Redis that is away that it is, whatever its client raises.

    :raises StoreUnavailable: if it cannot be reached, or cannot write.
    """
    try:
        yield
    except errors.RedisError as error:
        # MISCONF: its disk takes nothing any more.
        if not isinstance(error, _OUTAGES) and not str(error).startswith("MISCONF"):
            raise
        logger.error("Redis is unavailable: %s", error)
        raise StoreUnavailable() from error


def text(value: str | bytes) -> str:
    """Return what a client gives as text or, without ``decode_responses``, as bytes."""
    return value.decode() if isinstance(value, bytes) else value
