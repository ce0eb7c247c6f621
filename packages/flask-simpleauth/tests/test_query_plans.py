"""Nothing that a request asks of a database reads a whole table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask_simpleauth import Rule, Token
from flask_simpleauth.stores.sqlalchemy import SQLAlchemyStore
from sqlalchemy import event

NOW = 1_800_000_000


def use_everything(store: Any) -> None:
    """Do once what is done while there are people on a site, and purging."""
    values = {"email": "ada@example.org", "name": "Ada", "password_hash": ""}
    user = store.users.create(values)
    store.users.save(user, {"roles": {"admin"}})
    store.users.get(user.id)
    store.users.find("ada@example.org")

    for number, owner in enumerate((user.id, None)):
        digest = str(number) * 64
        store.tokens.put(Token(digest, "session", owner, NOW, NOW + 1, NOW))
        store.tokens.get(digest, "session")
        store.tokens.touch(digest, NOW)
        store.tokens.list_for(owner, "session")
        store.tokens.revoke(owner, "session", keep=digest)
        store.tokens.revoke(owner, only="f" * 64)
        store.tokens.consume(digest, "session", NOW)
        store.tokens.put(Token(digest, "session", owner, NOW, NOW, NOW))
    for _ in range(3):
        store.counters.hit({"a" * 64: Rule(2, 60)}, NOW)
    store.counters.refund(["a" * 64])
    assert store.tokens.purge(NOW + 60, 9) == 2
    assert store.counters.purge(NOW + 60, 9) == 1
    store.users.delete(user)


@pytest.mark.parametrize(
    ("kind", "explain", "whole_table"),
    [
        ("sqlite", "EXPLAIN QUERY PLAN", "SCAN "),
        ("postgresql", "EXPLAIN", "Seq Scan"),
    ],
)
def test_indexes_are_used(
    kind: str, explain: str, whole_table: str, emptied_database: Callable[[str], Any]
) -> None:
    """Each statement finds its rows by an index."""
    app, db, user_class = emptied_database(kind)
    store = SQLAlchemyStore(db, user_class)
    asked: dict[str, Any] = {}

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            asked[statement] = parameters

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
        use_everything(store)
        event.remove(db.engine, "before_cursor_execute", note)

    assert len(asked) >= 20
    with app.app_context(), db.engine.connect() as connection:
        if kind == "postgresql":  # which reads a small table as a whole otherwise
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        for statement, parameters in asked.items():
            plan = connection.exec_driver_sql(f"{explain} {statement}", parameters)
            assert whole_table not in str(plan.all()), statement
