"""Servers to test the whole on, if there are any."""

from __future__ import annotations

import os
from collections.abc import Iterator
from uuid import uuid4

import pytest


def find_server(variable: str) -> str:
    url = os.environ.get(variable)
    if url is None:
        if os.environ.get("TESTS_REQUIRE_SERVICES"):
            pytest.fail(f"{variable} is not set, and services are required.")
        pytest.skip(f"{variable} is not set: no server to test on.")
    return url


@pytest.fixture
def servers() -> Iterator[dict[str, str]]:
    """Give tables and keys of our own on the servers, and remove them."""
    server, redis_url = map(find_server, ("TEST_POSTGRESQL_URL", "TEST_REDIS_URL"))
    psycopg = pytest.importorskip("psycopg")
    redis = pytest.importorskip("redis")

    name = f"workers_{uuid4().hex}"
    with psycopg.connect(server.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
        yield {
            "DATABASE_URL": f"{server}?options=-csearch_path%3D{name}",
            "REDIS_URL": redis_url,
            "REDIS_PREFIX": f"{name}:",
            "SECRET_KEY": "for tests",
        }
        connection.execute(f"DROP SCHEMA {name} CASCADE")
    with redis.Redis.from_url(redis_url) as client:
        for key in client.scan_iter(f"{name}:*"):
            client.delete(key)
