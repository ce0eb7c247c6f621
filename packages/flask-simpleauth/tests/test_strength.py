from __future__ import annotations

import logging
import subprocess
import sys

import pytest
from flask import Flask
from flask_simpleauth import SimpleAuth, WeakPassword
from flask_simpleauth.common_passwords import is_common
from flask_simpleauth.strength import PasswordRules
from flask_simpleauth.testing import client_for

PASSWORD = "correct horse battery"
PERSONAL = ["ada.lovelace@example.org", "Ada Lovelace"]

RULES = PasswordRules(12, site=("guest_book", "https://guests.example.net"))


@pytest.mark.parametrize(
    ("password", "message"),
    [
        ("short", "Use at least 12 characters"),
        ("e\u0301" * 11, "Use at least 12 characters"),
        ("x" * 1025, "Use at most 1024 characters"),
        ("x" * 12, "does not repeat itself"),
        ("correct!" * 4, "does not repeat itself"),
        ("123456789012", "Many people use this"),
        ("1Q2w3e4R5t6y", "Many people use this"),
        ("Password2027!!", "Many people use this"),
        ("international", "Many people use this"),
        ("adalovelace1815", "more than your name"),
        ("ADA.LOVELACE@EXAMPLE.ORG", "more than your name"),
        ("ada@example27", "more than your name"),
        ("my guest book", "more than your name"),
        ("guests.example.net", "more than your name"),
    ],
)
def test_refused(password: str, message: str) -> None:
    """A new password that is short, endless or easy to guess is refused, with why."""
    with pytest.raises(WeakPassword, match=message):
        RULES.check(password, personal=PERSONAL)


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "aaaaaaaaaaa❤",
        "CORRECT HORSE",
        "Lovelace likes punched cards",
        "password of my grandmother",
        "x y" * 341 + "z",
        "\ud800 and eleven more",
    ],
)
def test_accepted(password: str) -> None:
    """No mixture of characters is asked for, only length that is the person's own."""
    RULES.check(password, personal=PERSONAL)


def test_lowest_setting() -> None:
    """Where eight characters are enough, the common ones of eight are refused."""
    rules = PasswordRules(8)
    for password in ("baseball", "Trustno1!", "iloveyou2"):
        with pytest.raises(WeakPassword, match="Many people"):
            rules.check(password)
    rules.check("xkqwvzjp")


def test_common_passwords_fit() -> None:
    """Three thousand known passwords are as long as one must be (OWASP ASVS 6.2.4)."""
    from flask_simpleauth.common_passwords import _known

    for shortest in (8, 12):
        assert sum(len(word) >= shortest for word in _known()) >= 3000
    assert all(word == word.casefold() and len(word) >= 8 for word in _known())
    assert not is_common("")


def test_list_is_read_when_needed() -> None:
    """Starting an app, and signing in, does not read the list."""
    program = (
        "import gzip; gzip.decompress = None\n"
        "from flask import Flask; from flask_simpleauth import SimpleAuth\n"
        "SimpleAuth(Flask('app'))\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)  # noqa: S603 # ours


def test_on_every_way(app: Flask, auth: SimpleAuth) -> None:
    """The rules hold for signing up, a change, a reset, and on the command line."""
    app.config["SIMPLEAUTH_ORIGIN"] = "https://guests.example.net"
    weak = "guests.example.net"
    with app.app_context(), pytest.raises(WeakPassword):
        auth.create_user("ada@example.org", weak)

    client = client_for(app)
    answer = client.submit_form(
        "simpleauth.signup",
        page="/auth/signup",
        name="Ada",
        email="ada@example.org",
        password=weak,
    )
    assert answer.status_code == 422
    assert "the name of this site" in answer.text

    answer = client_for(app, role="reader").submit_form(
        "simpleauth.password", page="/auth/account", current=PASSWORD, new=weak
    )
    assert answer.status_code == 422

    runner = app.test_cli_runner()
    path = runner.invoke(args="auth reset-link reader@example.org").output.strip()
    path = path.removeprefix("https://guests.example.net")
    answer = client.submit_form("simpleauth.reset", page=path, new="international!")
    assert answer.status_code == 422
    assert "Many people" in answer.text
    args = ["auth", "passwd", "reader@example.org", "--password", weak]
    assert "the name of this site" in runner.invoke(args=args).output


def test_stolen_passwords(app: Flask) -> None:
    """A callable that knows stolen passwords is asked, last and in clear text."""
    asked: list[str] = []

    def is_stolen(password: str) -> bool:
        asked.append(password)
        return password == PASSWORD

    auth = SimpleAuth(app, breached=is_stolen)
    with app.app_context():
        for password, message in (("short", "at least"), (PASSWORD, "was stolen")):
            with pytest.raises(WeakPassword, match=message):
                auth.create_user("ada@example.org", password)
        auth.create_user("ada@example.org", "staple correct horse")
        auth.authenticate("ada@example.org", "staple correct horse")
    assert asked == [PASSWORD, "staple correct horse"]


def test_stolen_passwords_unknown(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    """When the callable fails the password is taken, and the log says so, not which."""

    def fail(password: str) -> bool:
        raise OSError(f"no answer about {password}")

    auth = SimpleAuth(app, breached=fail)
    with app.app_context(), caplog.at_level(logging.WARNING):
        auth.create_user("ada@example.org", PASSWORD)
        auth.authenticate("ada@example.org", PASSWORD)
    assert "check for stolen passwords failed (OSError)" in caplog.text
    assert PASSWORD not in caplog.text
