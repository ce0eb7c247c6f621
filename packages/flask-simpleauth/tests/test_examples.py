"""The stores that the documentation shows keep every promise too."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask_simpleauth.stores.redis import RedisStore
from flask_simpleauth.testing.stores import StoreTests

pytestmark = pytest.mark.every_store

Opener = Callable[[], Any]

EXAMPLES = Path(__file__).parents[1] / "examples"


def load(name: str) -> ModuleType:
    """Import a file of the examples, which are no package."""
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class TestTinyDB(StoreTests):
    is_shared = False

    @pytest.fixture
    def open_store(self, tmp_path: Path) -> Iterator[Opener]:
        pytest.importorskip("tinydb")
        opened: list[Any] = []

        def open_it() -> Any:
            opened.append(load("tiny_store").TinyStore(tmp_path / "accounts.json"))
            return opened[-1]

        yield open_it
        for store in opened:
            store.db.close()


class TestRepository(StoreTests):
    expires_by_itself = True
    is_one_database = False

    @pytest.fixture
    def open_store(self, tmp_path: Path, redis_keys: tuple[str, str]) -> Opener:
        url, prefix = redis_keys
        example = load("repository")

        def open_it() -> Any:
            users = example.MemberUsers(example.Members(tmp_path / "members.sqlite3"))
            return RedisStore(url, users=users, prefix=prefix)

        return open_it


def test_domain_stands_alone(tmp_path: Path) -> None:
    """The domain works, and is kept, without anybody signing in."""
    example = load("repository")
    members = example.Members(tmp_path / "members.sqlite3")
    ada = example.Member("ada@example.org", "Ada", "", offices=frozenset({"chair"}))
    eve = example.Member("eve@example.org", "Eve", "")
    for member in (ada, eve):
        members.add(member)
    ada.hand_over("chair", eve)
    members.change(eve.number, {"offices": eve.offices})
    assert members.at("eve@example.org").offices == {"chair"}
