"""Old apps and new ones, out of the programs that the documentation quotes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from runpy import run_path
from typing import Any

import pytest
from flask import Flask

PROGRAMS = Path(__file__).parents[3] / "docs" / "moving" / "programs"


@pytest.fixture(scope="session")
def programs() -> Path:
    """The folder that the programs are in."""
    return PROGRAMS


@pytest.fixture
def load() -> Iterator[Callable[[str, Path], tuple[Flask, dict[str, Any]]]]:
    """Make the app of a program on a database; connections are closed at the end."""
    with ExitStack() as open_apps:

        def load(program: str, database: Path) -> tuple[Flask, dict[str, Any]]:
            names = run_path(str(PROGRAMS / program))
            app: Flask = names["create_app"](f"sqlite:///{database}")
            app.config["SIMPLEAUTH_PASSWORD_HASH"] = "scrypt:256:8:1"
            with app.app_context():
                open_apps.callback(names["db"].engine.dispose)
            return app, names

        yield load
