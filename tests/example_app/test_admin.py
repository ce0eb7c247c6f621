"""The admin's pages."""

from __future__ import annotations

from flask import Flask
from flask_simpleauth.testing import AuthClient
from sqlalchemy import select

from example_app.extensions import auth, db
from example_app.models import User

PASSWORD = "correct horse battery"


def role_of(app: Flask, user_id: int) -> str | None:
    with app.app_context():
        return db.session.get_one(User, user_id).role_name


def test_for_admins_only(
    ada: AuthClient, admin: AuthClient, client: AuthClient
) -> None:
    """The blueprint is guarded as a whole, the handlers of its forms included."""
    for path in ("/admin/users", "/admin/users/1", "/admin/audit"):
        assert client.get(path).status_code == 303
        assert ada.get(path).status_code == 403
        assert admin.get(path).status_code == 200
    headers = {"Sec-Fetch-Site": "same-origin"}
    assert ada.post("/admin/-/forms/role", headers=headers).status_code == 403


def test_users_by_role(admin: AuthClient) -> None:
    """Users are listed by role, those without one last."""
    page = admin.get("/admin/users").text
    assert page.index("admin</h2>") < page.index("Grace")
    assert page.index("Grace") < page.index("Without a role") < page.index(">Ada<")


def test_without_a_name(app: Flask, admin: AuthClient) -> None:
    """Who has no name is known to admins by their address, and to others not at all."""
    with app.app_context():
        user = auth.create_user("eve@example.org", PASSWORD)
        auth.test_client(user).submit_form("entry", text="Hello")
    for path in ("/admin/users", "/admin/users/3", "/admin/audit"):
        assert "<bdi>eve@example.org</bdi>" in admin.get(path).text
    page = admin.get("/").text
    assert "<bdi>Somebody</bdi>" in page
    assert "eve@" not in page


def test_search(admin: AuthClient) -> None:
    """Users are found by name or address; a percent sign is one, not a pattern."""
    found = admin.submit_form("admin.search", page="/admin/users", q="ADA@")
    assert ">Ada<" in found.text
    assert ">Grace<" not in found.text
    nobody = admin.submit_form("admin.search", page="/admin/users", q="%")
    assert "Nobody is called that." in nobody.text
    endless = admin.submit_form("admin.search", page="/admin/users", q="x" * 101)
    assert ">Grace<" in endless.text


def test_changing_a_role(app: Flask, admin: AuthClient) -> None:
    """A role is given and taken, and the page shows which one it is."""
    admin.submit_form("admin.role", page="/admin/users/1", role_name="admin")
    assert role_of(app, 1) == "admin"
    page = admin.get("/admin/users/1").text
    assert '<option selected value="admin">' in page
    for _ in range(2):
        admin.submit_form("admin.role", page="/admin/users/1", role_name="-")
        assert role_of(app, 1) is None


def test_not_oneself(app: Flask, admin: AuthClient) -> None:
    """Admins cannot lock themselves out by a slip."""
    response = admin.submit_form("admin.role", page="/admin/users/2", role_name="-")
    assert response.status_code == 422
    assert "Let another admin do this" in response.text
    assert role_of(app, 2) == "admin"
    response = admin.submit_form("admin.deactivate", page="/admin/users/2")
    assert response.status_code == 422


def test_deactivating(ada: AuthClient, admin: AuthClient) -> None:
    """A deactivated user is out at once, and in again when an admin says so."""
    admin.submit_form("admin.deactivate", page="/admin/users/1")
    assert ada.get("/mine").status_code == 303
    assert "deactivated" in admin.get("/admin/users").text

    admin.submit_form("admin.activate", page="/admin/users/1")
    response = ada.submit_form(
        "simpleauth.login",
        page="/auth/login",
        email="ada@example.org",
        password=PASSWORD,
    )
    assert response.status_code == 303
    assert ada.get("/mine").status_code == 200


def test_ending_sessions(ada: AuthClient, admin: AuthClient) -> None:
    """An admin signs a user out everywhere."""
    admin.submit_form("admin.end-sessions", page="/admin/users/1")
    assert ada.get("/mine").status_code == 303


def test_log(app: Flask, admin: AuthClient) -> None:
    """What happened to accounts is listed, and stays when the account is gone."""
    admin.submit_form("admin.deactivate", page="/admin/users/1")
    assert (
        '<a href="/admin/users/1"><bdi>Ada</bdi></a>' in admin.get("/admin/audit").text
    )
    with app.app_context():
        db.session.delete(db.session.scalars(select(User).filter_by(id=1)).one())
        db.session.commit()
    page = admin.get("/admin/audit").text
    assert "deactivate" in page
    assert page.index("deactivate") < page.index("create-account")
