from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_simpleauth import SimpleAuth
from flask_simpleauth.stores.listed import ListedUsers
from flask_simpleauth.stores.memory import MemoryStore
from flask_simpleauth.testing import CHEAP_HASH, AuthClient
from flask_simpleauth.testing.stores import CounterTests, TokenTests
from werkzeug.security import generate_password_hash

PASSWORD = "correct horse battery"
HASH = generate_password_hash(PASSWORD, CHEAP_HASH)


class TestTokensBesideThem(TokenTests, CounterTests):
    """What does not change users is kept as by every other store."""

    is_shared = False
    test_token_without_owner = test_owner_with_roles = None  # type: ignore[assignment] # they change users

    @pytest.fixture
    def open_store(self) -> Any:
        users = {f"{name}@example.org": {"password_hash": HASH} for name in "ae"}
        users = {"ada@example.org": users["a@example.org"], **users}
        users["eve@example.org"] = users["e@example.org"]
        store = MemoryStore(users=ListedUsers(users))
        return lambda: store

    @pytest.fixture
    def keys(self) -> tuple[str, str]:
        return "ada@example.org", "eve@example.org"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "users.ini"
    write(file, "[Ada@Example.org]\nname = Ada\nroles = admin editor\n")
    return file


def write(file: Path, text: str, *, hashed: str = HASH) -> None:
    """Save the file, as an editor does, with a time that tells it from before."""
    version = file.stat().st_mtime_ns if file.exists() else 0
    file.write_text(text + f"password_hash = {hashed}\n", encoding="utf-8")
    os.utime(file, ns=(version + 10**9, version + 10**9))


def make_site(app: Flask, users: ListedUsers) -> tuple[SimpleAuth[Any], AuthClient]:
    app.config["SIMPLEAUTH_SIGN_UP"] = "closed"
    auth = SimpleAuth(app, store=MemoryStore(users=users))
    app.add_url_rule("/admin", "admin", auth.login_required(role="admin")(lambda: "in"))
    return auth, AuthClient(app, app.response_class)


def sign_in(client: AuthClient) -> int:
    return client.submit_form(
        "simpleauth.login",
        page="/auth/login",
        email="ada@example.org",
        password=PASSWORD,
    ).status_code


def test_site_without_a_database(app: Flask, file: Path) -> None:
    """Who is in the file signs in; who is taken out is signed out."""
    _, client = make_site(app, ListedUsers(file))
    assert sign_in(client) == 303
    assert client.get("/admin").text == "in"

    write(file, "[ada@example.org]\nroles = editor\n")
    assert client.get("/admin").status_code == 403
    write(file, "[eve@example.org]\n")
    assert client.get("/admin").status_code == 303


def test_open_sign_up(app: Flask, file: Path) -> None:
    """A site that lets people sign up whom nothing can keep is refused at start."""
    store = MemoryStore(users=ListedUsers(file))
    with pytest.raises(RuntimeError, match="Set SIMPLEAUTH_SIGN_UP to 'closed'"):
        SimpleAuth(app, store=store)


def test_reset_link(app: Flask, file: Path) -> None:
    """No link is given out that would sign its owner out and change no password."""
    _, client = make_site(app, ListedUsers(file))
    sign_in(client)
    result = app.test_cli_runner().invoke(args="auth reset-link ada@example.org")
    assert "Error: Accounts are kept by whoever runs this site." in result.output
    assert client.get("/admin").text == "in"


def test_pages(app: Flask, file: Path) -> None:
    """Nothing is offered that whoever runs the site has to do."""
    _, client = make_site(app, ListedUsers(file))
    app.extensions["simpleauth"].mailer = print
    assert "/forgot" not in client.get("/auth/login").text
    assert "Accounts are kept by whoever runs" in client.get("/auth/forgot").text

    sign_in(client)
    page = client.get("/auth/account").text
    assert "simpleauth-logout" in page
    assert "download" in page.lower()
    for offered in ("simpleauth-password", "simpleauth-address", "/auth/delete"):
        assert offered not in page
    assert "/forgot" not in client.get("/auth/confirm").text


def test_hash_of_other_parameters(
    app: Flask, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A hash that would be made anew elsewhere stays as it was written down."""
    write(file, "[ada@example.org]\n", hashed=generate_password_hash(PASSWORD))
    _, client = make_site(app, ListedUsers(file))
    caplog.clear()
    assert sign_in(client) == 303
    assert caplog.messages == []


def test_inactive(app: Flask, file: Path) -> None:
    """Who is listed as inactive is signed out."""
    _, client = make_site(app, ListedUsers(file))
    sign_in(client)
    write(file, "[ada@example.org]\nactive = no\nroles = admin\n")
    assert client.get("/admin").status_code == 303


def test_two_changes_at_once(file: Path) -> None:
    """A change is seen that is as old as the one before it, by the file's clock."""
    users = ListedUsers(file)
    before = file.stat().st_mtime_ns
    write(file, "[eve@example.org]\n")
    os.utime(file, ns=(before, before))
    assert users.find("eve@example.org") is not None


def test_mistake_while_it_runs(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A mistake in the file is logged, and who was there stays until it is mended."""
    users = ListedUsers(file)
    for text in ("[broken\n", "[ada@example.org]\nrole = x\n"):
        write(file, text)
        caplog.clear()
        assert users.find("ada@example.org") is not None
        assert "as they were before" in caplog.text
    file.unlink()
    assert users.get("ada@example.org") is not None
    write(file, "[eve@example.org]\n")
    assert users.get("ada@example.org") is None


def test_changes_are_refused(app: Flask, file: Path) -> None:
    """What would change an account is answered with whom to ask, and no error."""
    auth, client = make_site(app, ListedUsers(file))
    sign_in(client)
    # No page of ours offers it; an app's own may.
    data = {"current": PASSWORD, "new": "another good pass phrase"}
    answer = client.post("/auth/-/forms/password", data=data)
    assert answer.status_code == 403
    assert "kept by whoever runs this site" in answer.text
    with app.app_context():
        user = auth.authenticate("ada@example.org", PASSWORD)
        assert [key for key, _ in ListedUsers(file).addresses()] == [user.id]
        for change in (
            lambda: auth.create_user("eve@example.org", PASSWORD),
            lambda: auth.delete_user(user),
        ):
            with pytest.raises(Exception, match="kept by whoever runs this site"):
                change()


@pytest.mark.parametrize(
    ("users", "message"),
    [
        ({"ada": {"password_hash": HASH}}, "ada: that is no e-mail address"),
        ({"ada@b.org": {}}, "The mapping, ada@b.org: there is no password_hash"),
        ({"ada@b.org": {"password_hash": "secret"}}, "Make one: .*generate_password"),
        ({"ada@b.org": {"passwort": ""}}, "'passwort' is none of name, password_hash"),
        (
            {"ada@b.org": {"password_hash": HASH, "active": "perhaps"}},
            "active is 'perhaps'; say yes or no",
        ),
        (
            {email: {"password_hash": HASH} for email in ("ada@b.org", "Ada@B.org")},
            "two users with one address",
        ),
    ],
)
def test_mistakes_at_start(users: dict[str, Any], message: str) -> None:
    """What cannot be understood is refused at start, with its place."""
    with pytest.raises(RuntimeError, match=message):
        ListedUsers(users)


def test_broken_file(file: Path) -> None:
    """A file that is none is refused at start, with the line."""
    file.write_text("ada@example.org\n", encoding="utf-8")
    with pytest.raises(RuntimeError, match=r"users\.ini cannot be read.*\n?.*line: 1"):
        ListedUsers(file)


def test_what_ends_with_the_process(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """At start it is said what a restart forgets."""
    with caplog.at_level(logging.WARNING):
        MemoryStore(users=ListedUsers(file))
        MemoryStore()
    assert "Sessions and counted tries are in the memory" in caplog.messages[0]
    assert "Accounts and sessions are in the memory" in caplog.messages[1]
