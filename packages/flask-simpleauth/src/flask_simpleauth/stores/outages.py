"""Errors of a database that is away: it cannot be reached, or cannot write."""

from __future__ import annotations

import logging

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError, TimeoutError

from ..store import StoreUnavailable

logger = logging.getLogger(__name__)

#: What SQLite says, in an error of the same class, of tables that nobody has made.
_MISTAKES = ("no such", "has no column")


def unavailable(error: Exception) -> StoreUnavailable:
    """Say in the log what is the matter, and return what visitors are told."""
    logger.error("The store is unavailable: %s", getattr(error, "orig", error))
    return StoreUnavailable()


def is_outage(error: SQLAlchemyError) -> bool:
    """Tell whether this is for nobody to mend but time, or who runs the database."""
    if isinstance(error, OperationalError):
        return not any(words in str(error.orig) for words in _MISTAKES)
    if isinstance(error, DBAPIError):
        return error.connection_invalidated
    return isinstance(error, TimeoutError)  # all places in the pool are taken
