"""The one-file start."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from flask.testing import FlaskClient


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A client of the program, its accounts in a folder of their own."""
    monkeypatch.setattr("flask.Flask.auto_find_instance_path", lambda _: str(tmp_path))
    app = importlib.reload(importlib.import_module("example_app.hello")).app
    app.config["SIMPLEAUTH_PASSWORD_HASH"] = "scrypt:256:8:1"
    client: FlaskClient = app.test_client()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return client


def test_hello(client: FlaskClient) -> None:
    """It greets by form and by account, and keeps a page for those who signed in."""
    assert "Hello there" in client.get("/").text
    client.post("/-/forms/name", data={"name": "Grace"})
    assert "Grace" in client.get("/").text

    assert client.get("/secret").status_code == 303
    assert client.get("/auth/signup").status_code == 200
    data = {"name": "Ada", "email": "a@b.org", "password": "correct horse battery"}
    client.post("/auth/-/forms/signup", data=data)
    assert "Only you can see this, Ada." in client.get("/secret").text
    assert "Ada" in client.get("/").text
