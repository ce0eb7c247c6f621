from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask, g
from flask_simpleauth import BadCredentials, SimpleAuth, Taken
from flask_simpleauth.stores.memory import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Callable

PASSWORD = "correct horse battery"


def test_double_init(app: Flask, auth: SimpleAuth) -> None:
    """A second SimpleAuth on an app is refused."""
    with pytest.raises(RuntimeError, match="already initialised"):
        auth.init_app(app)


def test_missing_init(app: Flask) -> None:
    """Use without init_app says what was forgotten."""
    with app.test_request_context(), pytest.raises(RuntimeError, match="init_app"):
        SimpleAuth().user  # noqa: B018 # a property that raises


def test_wrong_instance(app: Flask, auth: SimpleAuth) -> None:
    """A second instance is not taken for the one the app has."""
    with app.app_context(), pytest.raises(RuntimeError, match="two instances"):
        SimpleAuth().create_user("ada@example.org", PASSWORD)


def test_guard_without_init(app: Flask) -> None:
    """A guarded view on an app without SimpleAuth says what was forgotten."""
    app.add_url_rule("/", view_func=SimpleAuth().login_required(lambda: "in"))
    with pytest.raises(RuntimeError, match="not initialised with 'SimpleAuth'"):
        app.test_client().get("/")


def test_misspelt_key(app: Flask) -> None:
    """A key close to one of ours fails at start with the right spelling."""
    app.config["SIMPLEAUTH_SIGNUP"] = "closed"
    with pytest.raises(RuntimeError, match="SIMPLEAUTH_SIGN_UP"):
        SimpleAuth(app)


def test_missing_secret_key(app: Flask, auth: SimpleAuth) -> None:
    """Without SECRET_KEY the first page that needs it names it."""
    app.config["SECRET_KEY"] = None
    app.add_url_rule("/in", view_func=auth.login_required(lambda: "in"))
    with pytest.raises(RuntimeError, match="SECRET_KEY"):
        app.test_client().get("/in")


def test_user_outside_a_request(app: Flask, auth: SimpleAuth) -> None:
    """In a shell nobody is signed in, and that is no error."""
    with app.app_context():
        assert auth.user is None


def test_create_grant_authenticate(app: Flask, auth: SimpleAuth) -> None:
    """The calls of the command line are there in Python too."""
    with app.app_context():
        user = auth.create_user("Ada@Example.org", PASSWORD, name="Ada")
        auth.grant(user, "admin")

        found = auth.authenticate("ada@example.org", PASSWORD)
        assert [role.name for role in found.roles] == ["admin"]
        with pytest.raises(Taken):
            auth.create_user("ada@example.org", PASSWORD)
        with pytest.raises(BadCredentials):
            auth.authenticate("ada@example.org", "wrong")


def test_managing_users(app: Flask, auth: SimpleAuth) -> None:
    """Roles come and go, and who is deactivated stays out until activated."""
    with app.app_context():
        user = auth.create_user("ada@example.org", PASSWORD)
        auth.grant(user, "admin")
        auth.revoke_role(user, "admin")
        assert user.roles == []

        auth.test_client(user)
        assert auth.end_sessions(user) == 1
        assert auth.end_sessions(user) == 0

        auth.deactivate(user)
        with pytest.raises(BadCredentials):
            auth.authenticate("ada@example.org", PASSWORD)
        auth.activate(user)
        auth.authenticate("ada@example.org", PASSWORD)


def test_login_and_logout(app: Flask, auth: SimpleAuth) -> None:
    """A view can sign somebody in and out by its own rules."""
    with app.app_context():
        ada = auth.create_user("ada@example.org", PASSWORD, name="Ada")

    @app.post("/in")
    def sign_in() -> str:
        auth.login(ada)
        return auth.require_user().name

    @app.post("/out")
    def sign_out() -> str:
        auth.logout()
        return str(auth.user)

    @app.get("/")
    def index() -> str:
        return auth.user.name if auth.user else "nobody"

    client = app.test_client()
    assert client.get("/").text == "nobody"
    assert client.post("/in").text == "Ada"
    assert client.get("/").text == "Ada"
    assert client.post("/out", headers={"Sec-Fetch-Site": "same-origin"}).text == "None"
    assert client.get("/").text == "nobody"


def make_app(tmp_path: Path, name: str, **config: Any) -> Flask:
    app = Flask(name, instance_path=str(tmp_path / name))
    app.config.update(
        SECRET_KEY=name, SIMPLEAUTH_PASSWORD_HASH="scrypt:256:8:1", **config
    )
    return app


def test_two_apps_two_configs(tmp_path: Path) -> None:
    """One instance serves two apps, each with its own settings and accounts."""
    auth: SimpleAuth[Any] = SimpleAuth()
    one = make_app(tmp_path, "one", SIMPLEAUTH_URL_PREFIX="/a")
    two = make_app(tmp_path, "two", SIMPLEAUTH_PASSWORD_MIN_LENGTH=20)
    for app in one, two:
        auth.init_app(app)

    with one.app_context():
        auth.create_user("ada@example.org", PASSWORD + "x" * 20)
    with two.app_context():
        auth.create_user("ada@example.org", PASSWORD + "y" * 20)
        with pytest.raises(BadCredentials):
            auth.authenticate("ada@example.org", PASSWORD + "x" * 20)

    assert one.test_client().get("/a/login").status_code == 200
    assert two.test_client().get("/a/login").status_code == 404
    assert two.test_client().get("/auth/login").status_code == 200


def test_factory_twice(database: Callable[[str], Any], tmp_path: Path) -> None:
    """A factory can make a second app on the same models and the same db."""
    from flask_simpleauth.stores.sqlalchemy import SQLAlchemyStore

    app, db, user_class = database("sqlite:///{tmp}/own.sqlite3")
    auth: SimpleAuth[Any] = SimpleAuth(store=SQLAlchemyStore(db, user_class))
    other = make_app(
        tmp_path, "other", SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path}/b.sqlite3"
    )
    db.init_app(other)
    app.config["SIMPLEAUTH_PASSWORD_HASH"] = "scrypt:256:8:1"

    for each in app, other:
        auth.init_app(each, store=SQLAlchemyStore(db, user_class))
        with each.app_context():
            db.create_all()
            auth.create_user("ada@example.org", PASSWORD)
            db.engine.dispose()


def test_settings_after_the_factory(app: Flask, auth: SimpleAuth) -> None:
    """Configuration set after the factory, as tests do, is honoured."""
    app.config["SIMPLEAUTH_PASSWORD_MIN_LENGTH"] = 30
    with app.app_context(), pytest.raises(Exception, match="at least 30"):
        auth.create_user("ada@example.org", PASSWORD)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("SIMPLEAUTH_PASSWORD_HASH", "md5"),
        ("SIMPLEAUTH_PASSWORD_HASH", "scrypt"),
        ("SIMPLEAUTH_PASSWORD_HASH", "scrypt:3:8:1"),
        ("SIMPLEAUTH_PASSWORD_MIN_LENGTH", 4),
        ("SIMPLEAUTH_SESSION_IDLE", 3600),
        ("SIMPLEAUTH_SIGN_UP", "perhaps"),
    ],
)
def test_wrong_value(app: Flask, key: str, value: object) -> None:
    """A value that cannot be meant fails at start and names its key."""
    app.config[key] = value
    with pytest.raises(RuntimeError, match=key):
        SimpleAuth(app)


def test_defaults(app: Flask) -> None:
    """Without a key of ours, passwords are hashed as OWASP advises."""
    del app.config["SIMPLEAUTH_PASSWORD_HASH"]
    auth = SimpleAuth(app)
    with app.app_context():
        user = auth.create_user("ada@example.org", PASSWORD)
    assert user.password_hash.startswith("scrypt:16384:8:5$")


@pytest.mark.parametrize(
    ("idle", "message"),
    [
        (timedelta(days=15), "must not be above SIMPLEAUTH_REMEMBER_IDLE"),
        (timedelta(0), "SIMPLEAUTH_SESSION_IDLE must be above zero"),
    ],
)
def test_wrong_idle(app: Flask, idle: timedelta, message: str) -> None:
    """A session may be idle for some time, and longer if it is remembered."""
    app.config["SIMPLEAUTH_SESSION_IDLE"] = idle
    with pytest.raises(RuntimeError, match=message):
        SimpleAuth(app)


def test_memory_store(app: Flask) -> None:
    """Any store with the three parts will do, tokens apart from users."""
    auth = SimpleAuth(app, store=MemoryStore())

    @app.post("/in")
    def sign_in() -> str:
        auth.login(auth.create_user("ada@example.org", PASSWORD, name="Ada"))
        return ""

    app.add_url_rule("/", "in", auth.login_required(lambda: auth.require_user().name))
    client = app.test_client()
    client.post("/in")
    assert client.get("/").text == "Ada"


def test_clients_in_a_pushed_context(app: Flask, auth: SimpleAuth) -> None:
    """Two clients inside one pushed app context are two visitors (flask-login #721)."""
    app.add_url_rule("/", view_func=lambda: auth.user.name if auth.user else "nobody")

    @app.post("/in")
    def sign_in() -> str:
        auth.login(auth.create_user("ada@example.org", PASSWORD, name="Ada"))
        return ""

    with app.app_context():
        g.something = "shared"
        one, other = app.test_client(), app.test_client()
        one.post("/in")
        assert one.get("/").text == "Ada"
        assert other.get("/").text == "nobody"


@pytest.mark.parametrize(
    ("store", "told"),
    [
        ("sqlite:///site.sqlite3", "'sqlite:///site.sqlite3' is no store"),
        (MemoryStore, "has no 'users'"),
        (MemoryStore().users, "has no 'users'"),
        (MemoryStore(users=MemoryStore()), "has no 'users' with a method 'find'"),
    ],
)
def test_what_is_no_store(app: Flask, store: Any, told: str) -> None:
    """What lacks a part of a store is refused at start, with what is one."""
    with pytest.raises(RuntimeError, match=told):
        SimpleAuth(app, store=store)
