from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_greet import Greet
from hypothesis import HealthCheck, settings

# A busy machine is no bug, and what is found here is found everywhere.
settings.register_profile(
    "patient",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("patient")


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    """The folder of the app's own templates."""
    return tmp_path / "templates"


@pytest.fixture
def greet() -> Greet:
    return Greet()


@pytest.fixture
def app(greet: Greet, templates: Path) -> Flask:
    """A site that serves the two pages."""
    app = Flask(__name__, template_folder=str(templates))
    app.config.update(TESTING=True, SECRET_KEY="tests", GREET_PAGES=True)
    greet.init_app(app)
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
