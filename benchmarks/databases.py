"""Databases for the apps, each with its own, gone when all is measured."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from sqlalchemy import create_engine, make_url, text

#: Returns the address of the database of the app with this name.
Databases = Callable[[str], str]


@contextmanager
def on_sqlite() -> Iterator[Databases]:
    """Give each app a file."""
    with TemporaryDirectory() as folder:
        yield lambda name: f"sqlite:///{Path(folder, name)}.sqlite3"


@contextmanager
def on_postgresql(server: str) -> Iterator[Databases]:
    """Give each app a schema, to which it is led, in a database made for all."""
    name = f"benchmarks_{uuid4().hex}"
    own = make_url(server).set(database=name)
    engine = create_engine(server, isolation_level="AUTOCOMMIT")

    def schema(of_app: str) -> str:
        made = create_engine(own, isolation_level="AUTOCOMMIT")
        with made.connect() as connection:
            connection.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{of_app}"'))
        made.dispose()
        led = own.update_query_dict({"options": f"-csearch_path={of_app}"})
        return led.render_as_string(hide_password=False)

    try:
        with engine.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        yield schema
    finally:
        with engine.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        engine.dispose()


def postgresql_server() -> str | None:
    """Return the address of the server to measure on, if there is one."""
    return os.environ.get("TEST_POSTGRESQL_URL")
