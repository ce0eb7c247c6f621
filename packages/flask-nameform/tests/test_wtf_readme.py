"""The README's program for those who move, as it was before and as it is after."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask.testing import FlaskClient

Hidden = Callable[..., dict[str, str]]
README = Path(__file__).parents[1] / "README.md"


def block(section: str, language: str) -> str:
    """Return the first block of code in that language."""
    found = re.search(rf"^```{language}\n(.*?)^```$", section, re.M | re.S)
    assert found
    return found[1]


def before_and_after() -> Iterator[tuple[str, str]]:
    """Give the program with Flask-WTF and with us: what the README says to change."""
    text = README.read_text(encoding="utf-8")
    section = text.partition("## Moving from Flask-WTF\n")[2].partition("\n## ")[0]
    after = block(section, "python")
    changes = block(section, "diff")
    before = after
    for old, new in re.findall(r"^-(.*)\n\+(.*)\n", changes, re.M):
        assert new in after
        before = before.replace(new, old)
    assert "nameform" not in before
    return iter({"before": before, "after": after}.items())


PROGRAMS = dict(before_and_after())


@pytest.fixture(params=PROGRAMS)
def client(request: pytest.FixtureRequest) -> FlaskClient:
    """A visitor of the program, before and after."""
    pytest.importorskip("flask_wtf")
    module: Any = ModuleType("program")
    exec(PROGRAMS[request.param], vars(module))  # noqa: S102 # it is ours
    module.app.testing = True
    client: FlaskClient = module.app.test_client()
    return client


def test_a_visitor_sees_no_difference(client: FlaskClient, hidden: Hidden) -> None:
    """The same requests have the same answers."""
    page = client.get("/").text
    assert "Hello, stranger!" in page
    assert '<label for="name">What is your name?</label>' in page
    fields = hidden(page)

    answer = client.post("/", data={**fields, "name": ""})
    assert "This field is required." in answer.text
    text = {"photo": (BytesIO(b"x"), "photo.txt")}
    answer = client.post("/", data={**fields, "name": "Ada", **text})
    assert "File does not have an approved extension: jpg, png" in answer.text
    photo = {"photo": (BytesIO(b"x"), "photo.png")}
    answer = client.post("/", data={**fields, "name": "Ada", **photo})
    assert answer.status_code == 302
    assert "Hello, Ada!" in client.get("/").text

    answer = client.post("/", data={"name": "Mallory"})
    assert answer.status_code == 400
    assert "The CSRF token is missing." in answer.text
    assert client.post("/hook").text == "thanks"
