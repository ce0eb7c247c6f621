"""``flask auth check`` and ``flask auth policy``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask

if TYPE_CHECKING:
    from tests.security.check.conftest import MakeApp


@pytest.fixture
def app(make_app: MakeApp) -> Flask:
    return make_app()


def run(app: Flask, *args: str) -> tuple[int, str]:
    done: Any = app.test_cli_runner().invoke(args=["auth", "check", *args])
    return done.exit_code, done.output


def test_met(app: Flask) -> None:
    """A row that is met is told with what was seen, and all is well."""
    code, output = run(app, "--row", "7.4.1")
    assert code == 0
    assert "pass     7.4.1  L1  Signing out ends the session on the server" in output
    assert "Levels 1 and 2: 1 met, 0 not met (0 accepted), 0 do not apply." in output


def test_not_met(app: Flask) -> None:
    """A row that is not met is told with its cure, and the exit code says so."""
    code, output = run(app, "--row", "6.3.3")
    assert code == 1
    assert "fail     6.3.3" in output
    assert "Cure: " in output


def test_accepted(app: Flask) -> None:
    """What is known and accepted is told, and fails nobody's build."""
    code, output = run(app, "--row", "6.3.3", "--accept", "6.3.3")
    assert code == 0
    assert "accepted 6.3.3" in output
    assert "1 not met (1 accepted)" in output


def test_accepted_in_vain(app: Flask) -> None:
    """What need not be accepted any more is told."""
    code, output = run(app, "--row", "7.4.1", "--accept", "7.4.1")
    assert code == 0
    assert "Accepted, and not failing: 7.4.1." in output


def test_level_3_does_not_count(app: Flask) -> None:
    """What only the highest level asks for is told and fails nothing."""
    code, output = run(app, "--row", "6.3.8")
    assert code == 0
    assert "fail     6.3.8  L3" in output
    assert "0 met, 0 not met" in output


def test_no_secret_key(app: Flask) -> None:
    """What nothing works without is told at once, and not by each row."""
    app.config["SECRET_KEY"] = None
    code, output = run(app, "--row", "7.4.1")
    assert code == 1
    assert output.startswith("Error: SECRET_KEY is not set")


def test_unknown_row(app: Flask) -> None:
    """A number that is no row is refused, rather than nothing looked at."""
    for option in ("--row", "--accept"):
        code, output = run(app, option, "6.9.9")
        assert code == 2
        assert "There is no row 6.9.9." in output


def test_json(app: Flask) -> None:
    """A script gets it all as JSON."""
    done = app.test_cli_runner().invoke(
        args="auth check --json --row 6.3.3 --row 7.4.1 --accept 6.3.3"
    )
    told = json.loads(done.output[done.output.index("{") :].rpartition("}")[0] + "}")
    assert (told["standard"], told["ok"]) == ("OWASP ASVS 5.0.0", True)
    assert (told["pass"], told["fail"], told["n/a"]) == (1, 1, 0)
    assert [row["row"] for row in told["rows"]] == ["6.3.3", "7.4.1"]
    assert told["rows"][0]["verdict"] == "fail"
    assert told["rows"][0]["accepted"]
    assert told["rows"][0]["cure"]


def test_policy(app: Flask, tmp_path: Path) -> None:
    """What is printed as the document is the document that is asked for."""
    text = app.test_cli_runner().invoke(args="auth policy").output
    assert text.startswith("# How accounts are protected: guests")
    file = tmp_path / "accounts.md"
    file.write_text(text, "utf-8")
    code, output = run(app, "--policy", str(file), "--row", "6.1.1", "--row", "7.1.2")
    assert code == 0
    assert "2 met" in output
