from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from flask.testing import FlaskClient, FlaskCliRunner
from flask_simpleauth import SimpleAuth
from flask_simpleauth.state import current_state

if TYPE_CHECKING:
    from conftest import Clock

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


def test_create_user_confirmed(
    app: Flask, auth: SimpleAuth, runner: FlaskCliRunner
) -> None:
    """Whoever makes an account can vouch for its address."""
    for name, options in (("ada", ["--confirmed"]), ("eve", [])):
        email = f"{name}@example.org"
        runner.invoke(
            args=["auth", "create-user", email, "--password", PASSWORD, *options]
        )
        with app.app_context():
            user = auth.authenticate(email, PASSWORD)
            assert auth.is_confirmed(user) == (name == "ada")


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


@pytest.fixture
def ada(runner: FlaskCliRunner) -> None:
    """An account on the command line."""
    runner.invoke(
        args=["auth", "create-user", "ada@example.org", "--password", PASSWORD]
    )


@pytest.mark.parametrize("command", ["grant", "invite", "create-user"])
@pytest.mark.parametrize("role", ["", " "])
@pytest.mark.usefixtures("ada")
def test_role_without_a_name(
    app: Flask, runner: FlaskCliRunner, command: str, role: str
) -> None:
    """A role that an empty variable of a script names is none."""
    option = [] if command == "grant" else ["--password", PASSWORD, "--role"]
    email = "ada@example.org" if command == "grant" else "eve@example.org"
    if command == "invite":
        option = ["--role"]
    result = runner.invoke(args=["auth", command, email, *option, role])
    assert result.output == "Error: A role needs a name.\n"
    with app.app_context():
        users: Any = current_state().services().users
        assert users.find("eve@example.org") is None
        assert not users.find("ada@example.org").roles


@pytest.mark.usefixtures("ada")
def test_token_without_a_name(runner: FlaskCliRunner) -> None:
    """A token that an empty variable of a script names could not be told apart."""
    for name in ("", " ", "\0"):
        args = ["auth", "create-token", "ada@example.org", name]
        assert runner.invoke(args=args).output == "Error: A token needs a name.\n"


@pytest.mark.usefixtures("ada")
def test_link_for_who_is_deactivated(runner: FlaskCliRunner) -> None:
    """A link to a new password is not made where the password would not help."""
    runner.invoke(args=["auth", "deactivate", "ada@example.org"])
    result = runner.invoke(args=["auth", "reset-link", "ada@example.org"])
    assert result.output.startswith("Error: This user is deactivated")


@pytest.mark.usefixtures("ada")
def test_revoke_role(runner: FlaskCliRunner) -> None:
    """A role is taken away; one that is not there is no error."""
    runner.invoke(args="auth grant ada@example.org admin")
    runner.invoke(args="auth grant ada@example.org editor")
    result = runner.invoke(args="auth revoke-role ada@example.org admin")
    assert result.output == "ada@example.org has an account with the role editor.\n"
    again = runner.invoke(args="auth revoke-role ada@example.org admin")
    assert again.output == result.output
    last = runner.invoke(args="auth revoke-role ada@example.org editor")
    assert last.output == "ada@example.org has an account.\n"


def sign_in(app: Flask, password: str) -> FlaskClient:
    client = app.test_client()
    client.post(
        "/auth/-/forms/login",
        data={"email": "ada@example.org", "password": password},
        headers={"Sec-Fetch-Site": "same-origin", "User-Agent": "Firefox/130 Linux"},
    )
    return client


def is_in(client: FlaskClient) -> bool:
    return client.get("/auth/account").status_code == 200


@pytest.mark.usefixtures("ada")
def test_passwd(app: Flask, runner: FlaskCliRunner) -> None:
    """A new password works, and ends every session."""
    client = sign_in(app, PASSWORD)
    result = runner.invoke(
        args="auth passwd ada@example.org", input=f"{PASSWORD}\n{PASSWORD}\n"
    )
    assert "The password is changed" in result.output
    assert PASSWORD not in result.output
    assert not is_in(client)
    assert is_in(sign_in(app, PASSWORD))

    weak = runner.invoke(args="auth passwd ada@example.org --password short")
    assert "at least 12 characters" in weak.output
    assert is_in(sign_in(app, PASSWORD))


@pytest.mark.usefixtures("ada")
def test_sessions(app: Flask, runner: FlaskCliRunner) -> None:
    """Sessions are listed by device and last use, and can be ended."""
    clients = [sign_in(app, PASSWORD) for _ in range(2)]
    listed = runner.invoke(args="auth sessions ada@example.org").output
    assert listed == "2027-01-15 08:00 UTC  Firefox · Linux\n" * 2 + "2 running.\n"

    assert runner.invoke(args="auth sign-out ada@example.org").output == "2 ended.\n"
    assert not any(map(is_in, clients))


@pytest.mark.usefixtures("ada")
def test_deactivate(app: Flask, runner: FlaskCliRunner) -> None:
    """A deactivated account is out and stays out, until that is undone."""
    client = sign_in(app, PASSWORD)
    runner.invoke(args="auth deactivate ada@example.org")
    assert not is_in(client)
    assert not is_in(sign_in(app, PASSWORD))

    runner.invoke(args="auth deactivate ada@example.org --undo")
    assert not is_in(client)
    assert is_in(sign_in(app, PASSWORD))


@pytest.mark.usefixtures("ada")
def test_purge(app: Flask, runner: FlaskCliRunner, clock: Clock) -> None:
    """What has expired goes; what has not, stays."""
    client = sign_in(app, PASSWORD)
    runner.invoke(args="auth reset-link ada@example.org")
    clock.now += 3600

    # the link, and the counter of tries from the address; the account's is there longer
    assert runner.invoke(args="auth purge").output.endswith("2 removed.\n")
    assert runner.invoke(args="auth purge").output.endswith("0 removed.\n")
    assert is_in(client)


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


def test_the_help_names_all_commands(runner: FlaskCliRunner) -> None:
    """Those for one account, for users of another system, and for auditors."""
    listed = runner.invoke(args=["auth", "--help"]).output
    for command in ("create-user", "import", "check"):
        assert f"\n  {command} " in listed


def test_commands_are_loaded_when_one_is_asked_for() -> None:
    """A process that serves pages does without the commands and all they need."""
    program = """
import sys
from flask import Flask
from flask_simpleauth import SimpleAuth
from flask_simpleauth.state import current_state

app = Flask("app")
app.secret_key = "for tests"
SimpleAuth(app)
few = ["check", "cli.accounts", "cli.moving", "exports", "newcomers", "testing"]
print([name for name in few if f"flask_simpleauth.{name}" in sys.modules])
"""
    command = [sys.executable, "-c", program]
    ran = subprocess.run(command, capture_output=True, text=True)  # noqa: S603 # ours
    assert (ran.stdout, ran.returncode) == ("[]\n", 0), ran.stderr
