"""What a page pays for extensions that it does not use."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import FrameType

import flask_greet
import flask_nameform
import flask_simpleauth
from flask import Flask, render_template_string
from flask_greet import Greet
from flask_nameform import Forms
from flask_simpleauth import SimpleAuth

OURS = tuple(
    package.__path__[0] for package in (flask_greet, flask_nameform, flask_simpleauth)
)


class Calls:
    """Counts the calls into our packages that are made in its block."""

    def __enter__(self) -> Counter[str]:
        self._calls: Counter[str] = Counter()
        sys.setprofile(self._note)
        return self._calls

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _note(self, frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(OURS):
            self._calls[frame.f_code.co_name] += 1


def test_public_page(tmp_path: Path) -> None:
    """A page that uses none of the three makes at most ten calls into them."""
    app = Flask("public", instance_path=str(tmp_path))
    app.config["SECRET_KEY"] = "for tests"
    Greet(app)
    Forms(app)
    SimpleAuth(app)
    app.add_url_rule("/", "index", lambda: render_template_string("Hello"))
    client = app.test_client()
    client.get("/")

    with Calls() as calls:
        assert client.get("/").text == "Hello"
    assert 0 < calls.total() <= 10, calls


WITHOUT_SQL = """
import sys
from flask import Flask
from flask_greet import Greet
from flask_nameform import Forms
from flask_simpleauth import SimpleAuth
from flask_simpleauth.stores.memory import MemoryStore

app = Flask(__name__)
app.secret_key = "for tests"
Greet(app)
Forms(app)
SimpleAuth(app, store=MemoryStore())
assert app.test_client().get("/auth/login").status_code == 200
print(sorted(name for name in sys.modules if "sqlalchemy" in name))
"""


def test_no_sqlalchemy() -> None:
    """An app whose accounts are not kept in SQL does not load SQLAlchemy."""
    command = [sys.executable, "-c", WITHOUT_SQL]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
