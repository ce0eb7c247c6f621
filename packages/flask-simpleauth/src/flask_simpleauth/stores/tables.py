"""The two tables every SQL store needs: tokens and counters.

Tokens have no foreign key to users: a session must be writable while the row of its
user is locked or not yet committed, and may outlive it for a moment.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    delete,
    select,
)
from sqlalchemy.types import TypeEngine

_DIGEST = String(64)


def token_table(metadata: MetaData, user_id: TypeEngine[Any]) -> Table:
    """Return the table of tokens, the one that is there or a new one.

    :param user_id: the type of the user's own key, which the column copies; the token
        of nobody, such as an invitation, has none.
    """
    return _table(
        metadata,
        "simpleauth_token",
        Column("digest", _DIGEST, primary_key=True),
        Column("kind", String(32), nullable=False),
        Column("user_id", user_id, index=True),
        Column("created_at", BigInteger, nullable=False),
        Column("expires_at", BigInteger, nullable=False, index=True),
        Column("seen_at", BigInteger, nullable=False),
        Column("label", String(255), nullable=False),
        Column("data", JSON, nullable=False),
    )


def counter_table(metadata: MetaData) -> Table:
    """Return the table of counters, the one that is there or a new one."""
    return _table(
        metadata,
        "simpleauth_counter",
        Column("key", _DIGEST, primary_key=True),
        Column("hits", Integer, nullable=False),
        Column("resets_at", BigInteger, nullable=False, index=True),
        Column("opens_at", BigInteger, nullable=False),
    )


def _table(metadata: MetaData, name: str, *columns: Column[Any]) -> Table:
    # Taken if it is there, so that an application factory can run twice.
    key = name if metadata.schema is None else f"{metadata.schema}.{name}"
    there = metadata.tables.get(key)
    return Table(name, metadata, *columns) if there is None else there


def purge(connection: Connection, key: Any, is_over: Any, limit: int) -> int:
    """Delete a bounded number of rows, since a long delete would block sign-ins.

    Those that somebody is at are left for another time: to wait for one while holding
    others may be to wait for each other.
    """
    over = select(key).where(is_over).limit(limit).with_for_update(skip_locked=True)
    keys = connection.scalars(over).all()
    if not keys:
        return 0
    return connection.execute(delete(key.table).where(key.in_(keys), is_over)).rowcount
