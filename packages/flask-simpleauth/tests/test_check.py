"""The check itself; ``tests/security`` at the root has each row passed and failed."""

from __future__ import annotations

from flask import Flask
from flask_simpleauth import SimpleAuth


def test_levels_1_and_2(app: Flask, auth: SimpleAuth) -> None:
    """All that needs no set-up and no second factor is met by an app without any."""
    app.config["SIMPLEAUTH_ORIGIN"] = "https://example.org"
    app.config.update(SESSION_COOKIE_SECURE=True, SESSION_COOKIE_NAME="__Host-session")
    lacking = "6.1.1 6.1.2 6.1.3 6.2.12 6.3.3 6.4.4 7.1.1 7.1.2"
    accepted = " ".join(f"--accept {number}" for number in lacking.split())
    done = app.test_cli_runner().invoke(args=f"auth check {accepted}")
    assert (done.exit_code, "8 not met (8 accepted)" in done.output) == (0, True)
