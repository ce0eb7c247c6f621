"""The app of Flask's tutorial goes on working when the three are added to it."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_greet import Greet
from flask_nameform import Forms, NameForm
from flask_simpleauth import SimpleAuth

CREDENTIALS = {"username": "ada", "password": "a"}


@pytest.fixture
def flaskr() -> ModuleType:
    """The tutorial's app, as a module of its own each time."""
    spec = importlib.util.spec_from_file_location(
        "flaskr", Path(__file__).with_name("flaskr.py")
    )
    module = importlib.util.module_from_spec(spec)  # type: ignore[arg-type] # there is one
    spec.loader.exec_module(module)  # type: ignore[union-attr] # likewise
    return module


@pytest.fixture
def app(flaskr: ModuleType, tmp_path: Path) -> Flask:
    """The tutorial's app with the three extensions."""
    app: Flask = flaskr.create_app(
        str(tmp_path / "flaskr.sqlite"),
        instance_path=str(tmp_path),
        SIMPLEAUTH_URL_PREFIX="/account",
        SIMPLEAUTH_PASSWORD_HASH="scrypt:256:8:1",
    )
    Greet(app)
    forms = Forms(app)
    forms.add("name", NameForm, handler=lambda form: None)
    SimpleAuth(app)
    return app


def test_the_tutorial_goes_on(app: Flask, browse: Callable[[Flask], Any]) -> None:
    """Its accounts, its forms and its pages do what the tutorial says."""
    client: FlaskClient = browse(app)
    assert client.get("/create").headers["Location"] == "/auth/login"
    assert client.post("/auth/register", data=CREDENTIALS).status_code == 302
    assert "already" in client.post("/auth/register", data=CREDENTIALS).text
    assert client.post("/auth/login", data=CREDENTIALS).headers["Location"] == "/"

    client.post("/create", data={"title": "First", "body": "Words"})
    assert "First" in client.get("/").text
    client.post("/1/update", data={"title": "Second", "body": "Words"})
    assert "Second" in client.get("/").text
    assert client.get("/2/update").status_code == 404

    client.get("/auth/logout")
    assert client.get("/1/update").headers["Location"] == "/auth/login"


def test_ours_beside_it(app: Flask, browse: Callable[[Flask], Any]) -> None:
    """Our accounts live beside the tutorial's own, under another address."""
    client: FlaskClient = browse(app)
    client.post("/auth/register", data=CREDENTIALS)
    client.post("/auth/login", data=CREDENTIALS)
    data = {"name": "Ada", "email": "a@b.org", "password": "correct horse battery"}
    assert client.post("/account/-/forms/signup", data=data).status_code == 303
    assert client.post("/create", data={"title": "A", "body": ""}).status_code == 302
    assert client.post("/-/forms/name", data={"name": "Ada"}).status_code == 303


def test_its_forms_are_protected_now(
    app: Flask, browse: Callable[[Flask], Any]
) -> None:
    """Its hand-written forms, which had no protection, refuse other sites."""
    client: FlaskClient = browse(app)
    client.post("/auth/register", data=CREDENTIALS)
    client.post("/auth/login", data=CREDENTIALS)
    response = client.post(
        "/create",
        data={"title": "Planted", "body": ""},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert response.status_code == 400
    assert "Planted" not in client.get("/").text
