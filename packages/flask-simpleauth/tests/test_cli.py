from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from flask_simpleauth import SimpleAuth

PASSWORD = "correct horse battery"


@pytest.fixture
def runner(app: Flask, auth: SimpleAuth) -> FlaskCliRunner:
    return app.test_cli_runner()


def test_create_user(app: Flask, auth: SimpleAuth, runner: FlaskCliRunner) -> None:
    """An account made on the command line can sign in, and has its roles."""
    result = runner.invoke(
        args="auth create-user Ada@example.org --name Ada --role admin --role editor",
        input=f"{PASSWORD}\n{PASSWORD}\n",
    )
    assert "ada@example.org has an account with the role admin, editor" in result.output
    assert PASSWORD not in result.output
    with app.app_context():
        assert auth.authenticate("ada@example.org", PASSWORD).name == "Ada"


@pytest.mark.parametrize(
    ("email", "password", "message"),
    [
        ("ada@example.org", PASSWORD, "has an account already"),
        ("nonsense", PASSWORD, "Enter an e-mail address"),
        ("eve@example.org", "short", "at least 12 characters"),
    ],
)
def test_create_user_refused(
    runner: FlaskCliRunner, email: str, password: str, message: str
) -> None:
    """What cannot be made ends with a sentence and a status that scripts see."""
    for address, secret in (("ada@example.org", PASSWORD), (email, password)):
        result = runner.invoke(
            args=["auth", "create-user", address, "--password", secret]
        )
    assert message in result.output
    assert result.exit_code == 1


def test_grant(runner: FlaskCliRunner) -> None:
    """A role is given on top of those that are there."""
    runner.invoke(
        args=["auth", "create-user", "ada@example.org", "--password", PASSWORD]
    )
    first = runner.invoke(args=["auth", "grant", "ada@example.org", "editor"])
    assert first.output == "ada@example.org has an account with the role editor.\n"
    second = runner.invoke(args=["auth", "grant", "ADA@example.org", "admin"])
    assert "with the role admin, editor" in second.output


@pytest.mark.parametrize(
    ("email", "message"),
    [
        ("nobody@example.org", "Nobody has an account"),
        ("nonsense", "Enter an e-mail address"),
    ],
)
def test_grant_refused(runner: FlaskCliRunner, email: str, message: str) -> None:
    """A role for nobody is an error."""
    result = runner.invoke(args=["auth", "grant", email, "admin"])
    assert message in result.output
    assert result.exit_code == 1
