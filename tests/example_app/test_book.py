"""The guest book: who may write in it, change it, and take something out."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask_simpleauth.testing import AuthClient
from sqlalchemy import event, select

from example_app.extensions import db
from example_app.models import Entry, User


def entries(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        return [(e.author.name, e.text) for e in db.session.scalars(select(Entry))]


def write(client: AuthClient, text: str) -> None:
    client.submit_form("entry", text=text)


def test_visitor(client: AuthClient) -> None:
    """A visitor is greeted, and by name once the form has it."""
    assert ">Hello there</h1>" in client.get("/").text
    assert client.submit_form("name", name=" Grace ").status_code == 303
    assert ">Hello, <bdi>Grace</bdi>!</h1>" in client.get("/").text


def test_visitor_from_elsewhere(client: AuthClient) -> None:
    """The greeting speaks the visitor's language, and says so in the English page."""
    page = client.get("/", headers={"Accept-Language": "ja,en;q=0.5"}).text
    assert '<h1 lang="ja" dir="ltr">こんにちは' in page
    assert '<html lang="en">' in page


def test_writing(app: Flask, ada: AuthClient) -> None:
    """An entry is in the book under the account's name, and in one's own list."""
    write(ada, "A fine book")
    assert entries(app) == [("Ada", "A fine book")]
    assert "Thank you!" in ada.get("/").text
    assert "A fine book" in ada.get("/mine").text


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 1001, "x" * 400_000])
def test_bad_entry(app: Flask, ada: AuthClient, text: str) -> None:
    """An empty or endless entry is refused with a message, and nothing is saved."""
    response = ada.submit_form("entry", text=text)
    assert response.status_code == 422
    assert "There is a problem" in response.text
    assert entries(app) == []


def test_visitors_cannot_write(app: Flask, client: AuthClient) -> None:
    """The handler is guarded itself: posting to it past the page does not help."""
    headers = {"Sec-Fetch-Site": "same-origin"}
    data = {"text": "Planted"}
    response = client.post("/-/forms/entry", data=data, headers=headers)
    assert response.headers["Location"].startswith("/auth/login")
    assert entries(app) == []


def test_changing(app: Flask, ada: AuthClient) -> None:
    """An author changes an entry, and is led to all of theirs."""
    write(ada, "A fine bok")
    response = ada.submit_form("edit", page="/entries/1", text="A fine book")
    assert response.headers["Location"] == "/mine"
    assert entries(app) == [("Ada", "A fine book")]


def test_deleting(app: Flask, ada: AuthClient) -> None:
    """An author takes an entry out of the book."""
    write(ada, "A slip")
    response = ada.submit_form("delete", page="/entries/1")
    assert response.headers["Location"] == "/"
    assert entries(app) == []


def test_entries_of_others(app: Flask, ada: AuthClient, client: AuthClient) -> None:
    """Nobody sees the forms for somebody else's entry, or for one that is gone."""
    write(ada, "Mine")
    with app.app_context():
        eve = AuthClient(app, app.response_class)
    eve.submit_form(
        "simpleauth.signup",
        page="/auth/signup",
        name="Eve",
        email="eve@example.org",
        password="correct horse battery",
    )
    assert eve.get("/entries/1").status_code == 403
    assert "/entries/1" not in eve.get("/").text
    assert client.get("/entries/1").status_code == 303
    assert ada.get("/entries/2").status_code == 404


def test_admins_delete(app: Flask, ada: AuthClient, admin: AuthClient) -> None:
    """An admin may take any entry out, but puts no words into anybody's mouth."""
    write(ada, "Rude")
    page = admin.get("/entries/1").text
    assert "Rude</blockquote>" in page
    assert "<textarea" not in page
    admin.submit_form("delete", page="/entries/1")
    assert entries(app) == []


def test_in_place(ada: AuthClient) -> None:
    """A script gets the entry alone, to put it where the form was."""
    ada.environ_base["HTTP_HX_REQUEST"] = "true"
    new = ada.submit_form("entry", text="A fine bok")
    assert new.status_code == 200
    assert new.text.startswith("<article")
    assert "Thank you!" in new.text

    changed = ada.submit_form("edit", page="/entries/1", text="Good")
    assert changed.text.startswith("<article")
    assert "Thank you!" not in ada.get("/").text


def test_paging(app: Flask, ada: AuthClient) -> None:
    """Ten entries are on a page, and a page that is not there is not found."""
    with app.app_context():
        db.session.add_all(Entry(text=f"No. {n}", author_id=1) for n in range(11))
        db.session.commit()
    first, second = ada.get("/").text, ada.get("/?page=2").text
    assert first.count("<article") == 10
    assert "No. 10" in first
    assert 'rel="next" href="/?page=2"' in first
    assert "No. 0" in second
    assert 'rel="prev" href="/?page=1"' in second
    assert ada.get("/?page=3").status_code == 404


def test_author_who_leaves(app: Flask, ada: AuthClient) -> None:
    """A deleted account takes its entries along."""
    write(ada, "Goodbye")
    with app.app_context():
        db.session.delete(db.session.get_one(User, 1))
        db.session.commit()
    assert entries(app) == []


def test_queries(app: Flask, ada: AuthClient) -> None:
    """Knowing who is there, role included, costs one query on a page."""
    seen: list[Any] = []
    with app.app_context():
        event.listen(
            db.engine, "before_cursor_execute", lambda *args: seen.append(args[2])
        )
    ada.get("/mine")
    # the session with its user and role, the entries, and how many there are
    assert len(seen) == 3


def test_own_entries_are_among_the_data_to_download(
    ada: AuthClient, admin: AuthClient
) -> None:
    """Who takes their data along before they go has what they wrote, and no more."""
    write(ada, "What a lovely book")
    write(admin, "Welcome")
    answer = ada.submit_form("simpleauth.export", page="/auth/account")
    assert [entry["text"] for entry in answer.get_json()["entries"]] == [
        "What a lovely book"
    ]
