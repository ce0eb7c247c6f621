"""What ``flask auth check`` says of the example app."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "accounts.md"

#: How the example app is told that it is in production; see its ``config.py``.
PRODUCTION = {
    "ORIGIN": "https://book.example",
    "MAIL_URL": "smtp://localhost?from=book@book.example",
    "SECRET_KEY": "for tests",
}

#: What no set-up of it meets: no second factor, no service that knows stolen passwords.
KNOWN = {"6.2.12", "6.3.3", "6.4.4"}


def flask(folder: Path, *args: str, **environment: str) -> tuple[int, str]:
    """Run a command of the example app, and return its exit code and its output."""
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "example_app", *args],
        cwd=ROOT,
        env={
            **os.environ,
            **environment,
            "DATABASE_URL": f"sqlite:///{folder}/book.sqlite3",
        },
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def failing(folder: Path, *args: str, **environment: str) -> tuple[int, set[str]]:
    code, output = flask(folder, "auth", "check", "--json", *args, **environment)
    rows = json.loads(output)["rows"]
    return code, {row["row"] for row in rows if row["verdict"] == "fail"}


def test_production(tmp_path: Path) -> None:
    """In production it meets all that can be met, and the rest is known by number."""
    accept = [word for number in sorted(KNOWN) for word in ("--accept", number)]
    document = ("--policy", str(DOCUMENT))
    assert failing(tmp_path, *document, *accept, **PRODUCTION) == (0, KNOWN)


def test_development(tmp_path: Path) -> None:
    """As it starts with one command it lacks https, mail and a document."""
    environment = {"SECRET_KEY": "for tests"}
    code, rows = failing(tmp_path, **environment)
    documents = {"6.1.1", "6.1.2", "6.1.3", "7.1.1", "7.1.2"}
    assert rows == KNOWN | documents | {"3.3.1", "3.3.3", "6.3.8"}
    assert code == 1


def test_document_is_today(tmp_path: Path) -> None:
    """The document says what the app would print today."""
    _, output = flask(tmp_path, "auth", "policy", **PRODUCTION)
    assert DOCUMENT.read_text("utf-8") == output
