from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from flask_simpleauth import (
    Attributes,
    AuditRecord,
    BadCredentials,
    SimpleAuth,
    audited,
    user_created,
)
from flask_simpleauth.confirmation import note_confirmed
from flask_simpleauth.state import current_state
from flask_simpleauth.stores.memory import MemoryStore, MemoryUsers
from flask_simpleauth.stores.plain import PlainUser
from flask_simpleauth.stores.sqlalchemy import SQLAlchemyStore
from flask_simpleauth.testing import CHEAP_HASH
from werkzeug.security import generate_password_hash

PASSWORD = "correct horse battery"

# Made by Django 6.1 and Flask-Security 5.9, for PASSWORD.
DJANGO_HASH = (
    "pbkdf2_sha256$1000$QSRqzP4MdLQ2$elJhiZy8iyR61fFzj9QScBPbv/ZaBx4U/wesnorMjh4="
)
FLASK_SECURITY_HASH = (
    "$pbkdf2-sha256$1000$Sumd854TAqD03nuv1dr7fw$"
    "PW4Nkd3ccCw6pVFZ4.STxNjlbO660mcJdmkD8TSXXT8"
)

# As PostgreSQL writes Django's table.
COLUMNS = (
    "id,password,last_login,is_superuser,username,last_name,email,is_staff,is_active,"
    "date_joined,first_name"
)
DJANGO_CSV = f"""\
{COLUMNS}
1,{DJANGO_HASH},,t,ada,Lovelace,Ada@Example.org,t,t,2026-01-01 10:00:00+00,Ada
2,!FQi0HNC9sufHeI4pD4ZZ7QIz3,,f,bob,,bob@example.org,f,t,2026-01-01 10:00:00+00,
3,{DJANGO_HASH},,f,eve,,eve@example.org,f,f,2026-01-01 10:00:00+00,Eve
4,{DJANGO_HASH},,f,nomail,,,f,t,2026-01-01 10:00:00+00,
5,md5$abc$0123456789abcdef,,f,old,,old@example.org,f,t,2026-01-01 10:00:00+00,
"""

# As its dumpdata --natural-foreign does.
DJANGO_JSON = [
    {"model": "auth.group", "pk": 1, "fields": {"name": "editors"}},
    {
        "model": "auth.user",
        "pk": 1,
        "fields": {
            "password": DJANGO_HASH,
            "is_superuser": True,
            "username": "ada",
            "first_name": "Ada",
            "last_name": "Lovelace",
            "email": "Ada@Example.org",
            "is_active": True,
            "groups": [["editors"], ["readers"]],
        },
    },
]

# As SQLite writes Flask-Security's.
FLASK_SECURITY_CSV = f"""\
id,email,username,password,active,fs_uniquifier,confirmed_at,roles
1,ada@example.org,ada,{FLASK_SECURITY_HASH},1,a1b2c3,2026-01-01 10:00:00,editor
2,eve@example.org,,{FLASK_SECURITY_HASH},0,d4e5f6,,
"""


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def auth(app: Flask, store: MemoryStore) -> SimpleAuth[PlainUser]:
    return SimpleAuth(app, store=store)


@pytest.fixture
def runner(app: Flask, auth: SimpleAuth[PlainUser]) -> FlaskCliRunner:
    return app.test_cli_runner()


@pytest.fixture
def write(tmp_path: Path) -> Callable[[Any], str]:
    """Write an export, text as CSV and anything else as JSON, and name the file."""

    def write(data: Any) -> str:
        path = tmp_path / ("users.csv" if isinstance(data, str) else "users.json")
        path.write_text(data if isinstance(data, str) else json.dumps(data))
        return str(path)

    return write


def find(store: MemoryStore, email: str) -> PlainUser:
    user = store.users.find(email)
    assert user is not None
    return user


def test_django_csv(
    app: Flask,
    auth: SimpleAuth[PlainUser],
    store: MemoryStore,
    runner: FlaskCliRunner,
    write: Callable[[Any], str],
) -> None:
    """Django's users come with names and passwords; what cannot come is told."""
    result = runner.invoke(
        args=["auth", "import", "--from", "django", write(DJANGO_CSV)]
    )
    assert result.exit_code == 1
    assert "3 taken in, 0 there already, 2 refused.\n" in result.output
    assert "1 without a password need a reset link." in result.output
    assert "line 5: it has no e-mail address.\n" in result.output
    assert "line 6: its password hash is of no kind" in result.output

    with app.app_context():
        ada = auth.authenticate("ada@example.org", PASSWORD)
    assert (ada.name, ada.email, ada.roles) == (
        "Ada Lovelace",
        "ada@example.org",
        frozenset(),
    )
    assert find(store, "bob@example.org").password_hash == ""
    assert not find(store, "eve@example.org").active


def test_django_json(
    store: MemoryStore, runner: FlaskCliRunner, write: Callable[[Any], str]
) -> None:
    """What dumpdata has written is read too; what is no user is told by its number."""
    result = runner.invoke(
        args=["auth", "import", "--from", "django", write(DJANGO_JSON)]
    )
    assert "item 1: it has no e-mail address" in result.output
    ada = find(store, "ada@example.org")
    assert (ada.name, ada.roles) == ("Ada Lovelace", frozenset({"editors", "readers"}))


def test_django_json_with_numbers_of_groups(
    store: MemoryStore, runner: FlaskCliRunner, write: Callable[[Any], str]
) -> None:
    """Roles that cannot be told from the file are not lost unsaid, but asked for."""
    fields = {"email": "ada@example.org", "groups": [1]}
    file = write([{"model": "auth.user", "fields": fields}])
    result = runner.invoke(args=["auth", "import", "--from", "django", file])
    assert "item 1: a role is a number; dumpdata --natural-foreign" in result.output
    assert store.users.find("ada@example.org") is None


def test_flask_security(
    app: Flask,
    auth: SimpleAuth[PlainUser],
    store: MemoryStore,
    runner: FlaskCliRunner,
    write: Callable[[Any], str],
) -> None:
    """Flask-Security's users come too, and sign in where its salt is configured."""
    app.config["SECURITY_PASSWORD_SALT"] = "the salt of a site"
    file = write(FLASK_SECURITY_CSV)
    result = runner.invoke(args=["auth", "import", "--from", "flask-security", file])
    assert result.output.endswith("2 taken in, 0 there already, 0 refused.\n")
    assert result.exit_code == 0
    with app.app_context():
        ada = auth.authenticate("ada@example.org", PASSWORD)
        assert (ada.name, ada.roles) == ("ada", frozenset({"editor"}))
        assert auth.is_confirmed(ada)
        assert not auth.is_confirmed(find(store, "eve@example.org"))
    assert not find(store, "eve@example.org").active


def test_plain(
    store: MemoryStore, runner: FlaskCliRunner, write: Callable[[Any], str]
) -> None:
    """The plain shape has roles as well; only the address is needed."""
    hashed = generate_password_hash(PASSWORD, "pbkdf2:sha256:1")
    text = (
        "\ufeffemail,name,password_hash,active,roles\n"
        f'ada@example.org," Ada \n Lovelace",{hashed},yes,"admin, editor"\n'
        f"bob@example.org,,,no,\n"
    )
    result = runner.invoke(args=["auth", "import", write(text)])
    assert "2 taken in" in result.output
    ada = find(store, "ada@example.org")
    assert (ada.name, ada.password_hash) == ("Ada Lovelace", hashed)
    assert ada.roles == {"admin", "editor"}

    items = [
        {
            "email": "cy@example.org",
            "name": "C\0y\ud800",
            "roles": ["editor"],
            "active": None,
        },
        {"email": "di@example.org", "roles": None, "active": True, "confirmed": 1},
    ]
    assert "2 taken in" in runner.invoke(args=["auth", "import", write(items)]).output
    assert find(store, "cy@example.org").name == "Cy"
    assert find(store, "cy@example.org").roles == {"editor"}
    assert not find(store, "cy@example.org").active
    di = find(store, "di@example.org")
    assert di.active
    assert di.confirmed_at is not None


def test_mapping(
    store: MemoryStore, runner: FlaskCliRunner, write: Callable[[Any], str]
) -> None:
    """Any column can be any field, two can be one, and a field can be left out."""
    text = "mail,given,family,pw\nada@example.org,Ada,Lovelace,plain text\n"
    args = [
        "--map",
        "email=mail",
        "--map",
        "name=given+family",
        "--map",
        "password_hash=",
    ]
    runner.invoke(args=["auth", "import", write(text), *args])
    ada = find(store, "ada@example.org")
    assert (ada.name, ada.password_hash) == ("Ada Lovelace", "")


@pytest.mark.parametrize("mapped", ["email", "mail=email", "=mail"])
def test_wrong_mapping(
    runner: FlaskCliRunner, write: Callable[[Any], str], mapped: str
) -> None:
    """A mapping that means nothing is refused with the fields there are."""
    result = runner.invoke(args=["auth", "import", write("email\n"), "--map", mapped])
    said = " ".join(result.output.split())
    assert "--map" in said
    assert "email, username, name, password_hash, active, confirmed, roles" in said
    assert result.exit_code == 2


def test_dry_run(
    store: MemoryStore, runner: FlaskCliRunner, write: Callable[[Any], str]
) -> None:
    """A dry run says the same and does nothing."""
    args = ["auth", "import", "--from", "django", "--dry-run", write(DJANGO_CSV)]
    result = runner.invoke(args=args)
    assert "3 would be taken in, 0 there already, 2 refused." in result.output
    assert store.users.addresses() == []


def test_again(
    store: MemoryStore, runner: FlaskCliRunner, write: Callable[[Any], str]
) -> None:
    """Running again leaves who is there as they are, and takes in the others."""
    runner.invoke(args=["auth", "import", write("email,name\nada@example.org,Ada\n")])
    more = "email,name\nADA@example.org,Other\nbob@example.org,Bob\n"
    result = runner.invoke(args=["auth", "import", write(more)])
    assert "1 taken in, 1 there already, 0 refused." in result.output
    assert find(store, "ada@example.org").name == "Ada"


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (None, "no e-mail address"),
        ([], "no e-mail address"),
        ({}, "no e-mail address"),
        ({"email": None}, "no e-mail address"),
        ({"email": 7}, "its address is no text"),
        ({"email": ["a@b"]}, "its address is no text"),
        ({"email": "nonsense"}, "its address is not like"),
        ({"email": "a\0@b"}, "its address is not like"),
        ({"email": "\ud800@b"}, "its address is not like"),
        ({"email": "x" * 400 + "@b"}, "its address is not like"),
        ({"email": "a@b", "name": {}}, "its name is no text"),
        ({"email": "a@b", "password_hash": True}, "its password hash is no text"),
        ({"email": "a@b", "password_hash": "hunter22"}, "no kind that can be verified"),
        ({"email": "a@b", "password_hash": "scrypt$" + "x" * 200}, "no kind that"),
        ({"email": "a@b", "active": "perhaps"}, "neither yes nor no"),
        ({"email": "a@b", "active": [1]}, "neither yes nor no"),
        ({"email": "a@b", "active": 2}, "neither yes nor no"),
        ({"email": "a@b", "roles": 7}, "a role is a number"),
        ({"email": "a@b", "roles": [{}]}, "a role is no text"),
        ({"email": " OK@example.org"}, "the same address as item 1"),
    ],
)
def test_refused_rows(
    store: MemoryStore,
    runner: FlaskCliRunner,
    write: Callable[[Any], str],
    item: Any,
    reason: str,
) -> None:
    """A bad row is told with where and why, never with what is in it; others go on."""
    file = write([{"email": "ok@example.org"}, item, {"email": "also@example.org"}])
    result = runner.invoke(args=["auth", "import", file])
    assert "item 2: " in result.output
    assert reason in result.output
    assert "2 taken in, 0 there already, 1 refused." in result.output
    assert "hunter22" not in result.output
    assert result.exit_code == 1
    assert len(store.users.addresses()) == 2


def test_ragged_csv(
    store: MemoryStore, runner: FlaskCliRunner, write: Callable[[Any], str]
) -> None:
    """A line of too many fields is refused; a short one is read as far as it goes."""
    text = "email,name\na@b.org,A,surplus\nc@d.org\n"
    result = runner.invoke(args=["auth", "import", write(text)])
    assert "line 2: it has more fields than the header." in result.output
    assert store.users.addresses() == [(1, "c@d.org")]


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("users.json", b"{", "This is no JSON"),
        ("users.json", b"[" * 100_000, "This is no JSON"),
        ("users.json", b'{"email": "a@b"}', "no array of users"),
        ("users.csv", b"email\n\xff\n", "This is no CSV in UTF-8"),
        ("users.csv", b'email\n"a"b\n', "This is no CSV in UTF-8"),
        ("users.csv", b"mail,name\na@b,A\n", "The columns are mail, name."),
        ("users.csv", b"mail,name\na@b,A\n", "--map email=COLUMN"),
    ],
)
def test_unreadable_files(
    runner: FlaskCliRunner, tmp_path: Path, name: str, data: bytes, message: str
) -> None:
    """A file that is something else ends with a sentence."""
    file = tmp_path / name
    file.write_bytes(data)
    result = runner.invoke(args=["auth", "import", str(file)])
    assert message in result.output
    assert result.exit_code == 1


def test_a_pipe(runner: FlaskCliRunner, tmp_path: Path) -> None:
    """What cannot be read twice is refused for that, not for what it has in it."""
    os.mkfifo(pipe := tmp_path / "users.csv")
    result = runner.invoke(args=["auth", "import", str(pipe)])
    assert "a pipe can be read only once" in result.output
    assert result.exit_code == 1


@pytest.mark.parametrize("data", ["", "email,name\n", []])
def test_empty_files(
    runner: FlaskCliRunner, write: Callable[[Any], str], data: Any
) -> None:
    """A file without rows is fine."""
    result = runner.invoke(args=["auth", "import", write(data)])
    assert "0 taken in, 0 there already, 0 refused." in result.output
    assert result.exit_code == 0


def test_class_without_roles(
    store: MemoryStore, runner: FlaskCliRunner, write: Callable[[Any], str]
) -> None:
    """What the user class has no place for is not lost unsaid."""
    store.users.attributes = Attributes(roles=None)
    file = write([{"email": "a@b.org", "roles": "admin"}])
    output = runner.invoke(args=["auth", "import", file]).output
    assert "they have roles" in output


def test_class_without_active(
    app: Flask, store: MemoryStore, runner: FlaskCliRunner, write: Callable[[Any], str]
) -> None:
    """Who was not active is not let in, though the user class cannot say so."""
    store.users.attributes = Attributes(active=None)
    stored = generate_password_hash(PASSWORD, CHEAP_HASH)
    row = {"email": "a@b.org", "password_hash": stored}
    runner.invoke(args=["auth", "import", write([{**row, "active": False}])])
    auth: SimpleAuth[Any] = app.extensions["simpleauth"].extension
    with app.app_context():
        with pytest.raises(BadCredentials):
            auth.authenticate("a@b.org", PASSWORD)
        auth.activate(find(store, "a@b.org"))
        assert auth.authenticate("a@b.org", PASSWORD).email == "a@b.org"


def test_signals(
    app: Flask, runner: FlaskCliRunner, write: Callable[[Any], str]
) -> None:
    """An account that came is told and recorded as any that was made."""
    told: list[str] = []
    records: list[AuditRecord] = []

    def note_user(sender: object, user: PlainUser) -> None:
        told.append(user.email)

    def note_record(sender: object, record: AuditRecord) -> None:
        records.append(record)

    with user_created.connected_to(note_user), audited.connected_to(note_record):
        runner.invoke(args=["auth", "import", write("email\na@b.org\n")])
    assert told == ["a@b.org"]
    assert [(r.what, r.outcome, r.account) for r in records] == [
        ("import-account", "done", 1)
    ]


def test_into_the_apps_own_database(
    app: Flask, database: Callable[[str], Any], write: Callable[[Any], str]
) -> None:
    """Users come into the app's own table, with their roles, and are listed from it."""
    own, db, user_class = database("sqlite:///{tmp}/own.sqlite3")
    own.config.update(app.config, SECRET_KEY="for tests")
    auth: SimpleAuth[Any] = SimpleAuth()
    auth.init_app(own, store=SQLAlchemyStore(db, user_class))
    rows = [f"u{n}@Example.org,U,{DJANGO_HASH},1,reader" for n in range(50)]
    file = write("\n".join(["email,name,password_hash,active,roles", *rows]))
    runner = own.test_cli_runner()
    result = runner.invoke(args=["auth", "import", file])
    assert "50 taken in" in result.output
    assert "0 taken in, 50 there" in runner.invoke(args=["auth", "import", file]).output
    with own.app_context():
        user = auth.authenticate("u7@example.org", PASSWORD)
        assert [role.name for role in user.roles] == ["reader"]


@pytest.fixture
def strangers(store: MemoryStore) -> MemoryStore:
    """A store with addresses that somebody else has stored."""
    for email in (
        "ada@example.org",
        "Bob@Example.org",
        "Eve@example.org",
        "eve@Example.org",
        "cy",
        "DI@example.org",
        "di@example.org",
    ):
        store.users.create({"email": email, "name": "", "password_hash": ""})
    return store


def test_normalise(runner: FlaskCliRunner, strangers: MemoryStore) -> None:
    """Addresses get our form; those that would be one are listed and left alone."""
    before = dict(strangers.users.addresses())
    dry = runner.invoke(args="auth normalise --dry-run")
    assert "1 would be changed, 2 collide, 1 are none.\n" in dry.output
    assert dict(strangers.users.addresses()) == before

    result = runner.invoke(args="auth normalise")
    assert "One address: 'Eve@example.org', 'eve@Example.org'.\n" in result.output
    assert "One address: 'DI@example.org', 'di@example.org'.\n" in result.output
    assert "'cy' is no address.\n" in result.output
    assert "1 changed, 2 collide, 1 are none.\n" in result.output
    assert result.exit_code == 1
    after = dict(strangers.users.addresses())
    assert after == {**before, 2: "bob@example.org"}


def test_normalise_when_all_is_well(
    runner: FlaskCliRunner, store: MemoryStore, write: Callable[[Any], str]
) -> None:
    """Where nothing is to be done nothing is."""
    runner.invoke(args=["auth", "import", write("email\na@b.org\n")])
    result = runner.invoke(args="auth normalise")
    assert result.output.endswith("0 changed, 0 collide, 0 are none.\n")
    assert result.exit_code == 0


def test_normalise_keeps_confirmations(
    app: Flask, auth: SimpleAuth[PlainUser], store: MemoryStore, runner: FlaskCliRunner
) -> None:
    """Who has shown that the address is theirs need not do so again."""
    store.users.attributes = Attributes(confirmed_at=None)
    values = {"name": "", "password_hash": ""}
    ada, _ = (
        store.users.create({"email": email, **values})
        for email in ("A@b.org", "C@d.org")
    )
    with app.app_context():
        note_confirmed(current_state().services(), ada)
        runner.invoke(args="auth normalise")
        assert auth.is_confirmed(find(store, "a@b.org"))
        assert not auth.is_confirmed(find(store, "c@d.org"))


def test_normalise_while_others_work(app: Flask) -> None:
    """Who is deleted meanwhile is left out; an address taken meanwhile is told."""

    class Listed(MemoryUsers):
        def addresses(self) -> list[tuple[int, str]]:
            return [(9, "Gone@b.org"), (1, "A@b.org")]

    store = MemoryStore()
    store.users = Listed()
    for email in ("A@b.org", "a@b.org"):
        store.users.create({"email": email, "name": "", "password_hash": ""})
    SimpleAuth(app, store=store)
    result = app.test_cli_runner().invoke(args="auth normalise")
    assert "has an account already" in result.output
    assert result.exit_code == 1


def test_normalise_a_store_that_lists_nobody(app: Flask, store: MemoryStore) -> None:
    """A store that cannot list its users says so."""

    class Users:
        attributes = Attributes()
        find = store.users.find

    class Silent:
        users = Users()
        tokens = store.tokens
        counters = store.counters

    SimpleAuth(app, store=Silent())  # type: ignore[arg-type] # lacks what is not used
    result = app.test_cli_runner().invoke(args="auth normalise")
    assert "This store cannot list its users." in result.output
