"""An app moves from Django to ours, with its tables or a file of users."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from importlib import import_module
from pathlib import Path
from shutil import copyfile
from typing import Any

import django
import pytest
from django.core.management import call_command
from django.db import connections
from django.test import Client
from flask import Flask
from flask_nameform.testing import FormClient

Load = Callable[[str, Path], tuple[Flask, dict[str, Any]]]
SignIn = Callable[[FormClient, str], object]


class OldSite:
    """What Django has left: a database, and the cookie of a session that runs."""

    def __init__(self, database: Path, password: str) -> None:
        call_command("migrate", run_syncdb=True, verbosity=0)
        models = import_module("django.contrib.auth.models")
        ada = models.User.objects.create_user(
            "ada", "Ada@example.org", password, first_name="Ada"
        )
        ada.groups.add(models.Group.objects.create(name="editors"))

        self.database = database
        self.password_hash = ada.password
        self.client = Client(SERVER_NAME="localhost")
        self.client.post("/login", {"username": "ada", "password": password})
        self.client.post("/", {"text": "Dear diary"})


@pytest.fixture(scope="module")
def old_site(
    programs: Path, password: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OldSite]:
    """The old app has run, and somebody has written in it."""
    database = tmp_path_factory.mktemp("django") / "diary.sqlite3"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIARY", str(database))
        patch.setenv("DJANGO_SETTINGS_MODULE", "diary.settings")
        patch.setenv("TZ", "UTC")  # which Django sets for good
        patch.syspath_prepend(programs / "django_before")
        django.setup()
        yield OldSite(database, password)
        connections.close_all()


def test_the_tables_stay(
    load: Load, sign_in: SignIn, old_site: OldSite, programs: Path, tmp_path: Path
) -> None:
    """On the same tables people have their user names, passwords, groups and notes."""
    assert "Ada: Dear diary" in old_site.client.get("/all").text
    database = Path(copyfile(old_site.database, tmp_path / "diary.sqlite3"))
    step = (programs / "django_to_ours.sql").read_text(encoding="utf-8")
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript(step)

    app, names = load("django_after.py", database)
    result = app.test_cli_runner().invoke(args="auth normalise")
    assert "1 changed, 0 collide" in result.output

    client = FormClient(app)
    client.set_cookie("sessionid", old_site.client.cookies["sessionid"].value)
    assert "/auth/login" in client.get("/").location  # a session of old is over
    sign_in(client, "ada")
    assert "Ada: Dear diary" in client.get("/").text
    assert client.get("/all").status_code == 200
    client.submit_form("note", page="/", text="I have moved")
    assert "Ada: I have moved" in client.get("/").text

    assert old_site.password_hash.startswith("pbkdf2_sha256$")
    with app.app_context():
        (ada,) = names["db"].session.scalars(names["db"].select(names["User"]))
        assert ada.password.startswith("scrypt:256:8:1$")  # made anew
        assert ada.email == "ada@example.org"


def test_others_can_sign_up(
    load: Load, old_site: OldSite, password: str, tmp_path: Path
) -> None:
    """Django's tables take new users from the new app."""
    database = Path(copyfile(old_site.database, tmp_path / "diary.sqlite3"))
    app, _ = load("django_after.py", database)
    client = FormClient(app)
    answer = client.submit_form(
        "simpleauth.signup",
        page="/auth/signup",
        name="Bob",
        username="bob",
        email="bob@example.org",
        password=password,
    )
    assert answer.status_code == 303
    assert client.get("/").status_code == 200
    assert client.get("/all").status_code == 403


def test_the_users_are_exported(
    import_users: Callable[..., FormClient],
    sign_in: SignIn,
    old_site: OldSite,
    tmp_path: Path,
) -> None:
    """What dumpdata writes is taken in, with passwords and groups."""
    file = tmp_path / "users.json"
    call_command(
        "dumpdata",
        "auth.user",
        use_natural_foreign_keys=True,
        output=str(file),
        verbosity=0,
    )

    client = import_users(file, "django", "editors")
    sign_in(client, "ada@example.org")
    assert client.get("/inside").text == "Hello, Ada!"
