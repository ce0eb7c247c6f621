from __future__ import annotations

import pytest
from flask import Flask
from flask_simpleauth import SimpleAuth
from flask_simpleauth.way_back import open_next, seal_next

NASTY = [
    "//e.example",
    "///e.example",
    "/\\e.example",
    "\\\\e.example",
    "/\t//e.example",
    "\t//e.example",
    "http:e.example",
    "https:/e.example",
    "https://e.example",
    "javascript:alert(1)",
    "//localhost@e.example",
    "e.example",
    "/\r\nLocation: e.example",
    "/\0",
    "/\u200a/e.example",
    "",
]


def test_open_redirects(app: Flask, auth: SimpleAuth) -> None:
    """Nowhere but here: neither an unsigned target nor a signed one leads away."""
    with app.test_request_context():
        for target in NASTY:
            assert open_next(target) is None, target
            assert open_next(seal_next(target)) is None, target


def test_sealed_by_another_key(app: Flask, auth: SimpleAuth) -> None:
    """A way back sealed with an old key is honoured as long as that key is listed."""
    with app.test_request_context():
        sealed = seal_next("/page?a=b")
        app.config["SECRET_KEY"] = "another"
        assert open_next(sealed) is None
        app.config["SECRET_KEY_FALLBACKS"] = ["for tests"]
        assert open_next(sealed) == "/page?a=b"


@pytest.mark.parametrize("value", [5, None, ["/x"], {"a": "/x"}])
def test_sealed_nonsense(app: Flask, auth: SimpleAuth, value: object) -> None:
    """What is no path is no way back."""
    with app.test_request_context():
        assert open_next(seal_next(value)) is None  # type: ignore[arg-type] # on purpose
