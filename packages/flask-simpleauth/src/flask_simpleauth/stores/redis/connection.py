"""The client of Redis."""

from __future__ import annotations

from typing import Any

try:
    from redis import Redis
except ImportError as error:
    raise ImportError(
        "A store in Redis needs its client: pip install Flask-SimpleAuth[redis]"
    ) from error

__all__ = ["Redis", "connect", "text"]

#: Seconds after which a Redis that does not answer is an error, and not a page that
#: never comes.
_TIMEOUT = 5


def connect(url: str) -> Redis:
    """Return a client that gives up in time and notices dead connections."""
    options: dict[str, Any] = {
        "socket_timeout": _TIMEOUT,
        "socket_connect_timeout": _TIMEOUT,
        "health_check_interval": 30,
    }
    return Redis.from_url(url, **options)


def text(value: str | bytes) -> str:
    """Return what a client gives as text or, without ``decode_responses``, as bytes."""
    return value.decode() if isinstance(value, bytes) else value
