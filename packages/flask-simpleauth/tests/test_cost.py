"""What is promised of queries and transactions, counted past all our code."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_simpleauth import SimpleAuth
from flask_simpleauth.stores.sqlalchemy import SQLAlchemyStore
from sqlalchemy import event, select

if TYPE_CHECKING:
    from conftest import Clock

PASSWORD = "correct horse battery"
OWN_SITE = {"Sec-Fetch-Site": "same-origin"}


class Cost:
    """What the database was asked, until the end of each transaction."""

    def __init__(self, engine: Any) -> None:
        self.statements: list[str] = []
        self._transactions: list[list[str]] = [[]]
        event.listen(engine, "before_cursor_execute", self._note)
        for end in ("commit", "rollback"):
            event.listen(engine, end, self._end)

    def _note(self, *arguments: Any) -> None:
        self.statements.append(arguments[2])
        self._transactions[-1].append(arguments[2])

    def _end(self, _connection: object) -> None:
        self._transactions.append([])

    def clear(self) -> None:
        """Begin to count anew."""
        self.statements.clear()
        self._transactions[:] = [[]]

    @property
    def reads(self) -> int:
        """The queries outside of transactions that write."""
        return sum(
            len(each)
            for each in self._transactions
            if all(statement.startswith("SELECT") for statement in each)
        )

    @property
    def writes(self) -> int:
        """The transactions that write."""
        return sum(
            any(not statement.startswith("SELECT") for statement in each)
            for each in self._transactions
        )


class Site:
    """An app, a visitor to it, and what a request of theirs costs."""

    def __init__(self, app: Flask, auth: SimpleAuth[Any], cost: Cost) -> None:
        self.app, self.auth, self.cost = app, auth, cost
        self.client = app.test_client()

    def get(self, path: str, **headers: str) -> int:
        """Get a page, and return how many queries that took."""
        self.cost.clear()
        with self.client.get(path, headers=headers) as response:
            assert response.status_code == 200
        assert self.cost.writes == 0
        return len(self.cost.statements)

    def sign_in(
        self, password: str = PASSWORD, client: FlaskClient | None = None
    ) -> int:
        """Sign in, and return the status; the cost is in ``cost``."""
        self.cost.clear()
        data = {"email": "ada@example.org", "password": password}
        response = (client or self.client).post(
            "/auth/-/forms/login", data=data, headers=OWN_SITE
        )
        return response.status_code

    def counters(self) -> set[Any]:
        """Return the counters as they are stored."""
        with self.app.app_context():
            db = self.app.extensions["sqlalchemy"]
            rows = db.session.execute(select(db.metadata.tables["simpleauth_counter"]))
            return {tuple(row) for row in rows}


@pytest.fixture(params=["sqlite", "postgresql"])
def site(
    request: pytest.FixtureRequest,
    database: Callable[[str], Any],
    postgresql_url: Callable[[], str],
    clock: Clock,
) -> Site:
    on_file = request.param == "sqlite"
    uri = "sqlite:///{tmp}/own.sqlite3" if on_file else postgresql_url()
    app, db, user_class = database(uri)
    app.config.update(SECRET_KEY="for tests", SIMPLEAUTH_PASSWORD_HASH="scrypt:256:8:1")
    auth: SimpleAuth[Any] = SimpleAuth(clock=clock)
    auth.init_app(app, store=SQLAlchemyStore(db, user_class))
    app.extensions["simpleauth"].replace(below=lambda number: 1)  # tidy up another time

    app.add_url_rule("/public", "public", lambda: "public")
    app.add_url_rule("/in", "in", auth.login_required(lambda: auth.require_user().name))
    admin = auth.login_required(role="admin")(lambda: str(auth.require_user().roles))
    app.add_url_rule("/admin", "admin", admin)

    with app.app_context():
        cost = Cost(db.engine)
        ada = auth.create_user("ada@example.org", PASSWORD, name="Ada")
        auth.grant(ada, "admin")
        auth.grant(ada, "editor")
    return Site(app, auth, cost)


def test_pages(site: Site) -> None:
    """A page that does not ask who is there costs nothing, one that does one query."""
    assert site.get("/public") == 0
    assert site.get("/auth/login") == 0
    site.sign_in()
    assert site.get("/public") == 0
    assert site.get("/in") == 1
    assert site.get("/admin") == 1


def test_static_files(site: Site, tmp_path: Any) -> None:
    """A static file costs nothing, in a protected app and signed in too."""
    site.auth.protect(site.app)
    site.app.static_folder = str(tmp_path)
    (tmp_path / "site.css").write_text("")
    site.sign_in()
    assert site.get("/static/site.css") == 0
    assert site.get("/in") == 1


def test_api_token(site: Site) -> None:
    """A program's request costs one query."""
    with site.app.app_context():
        ada = site.auth.authenticate("ada@example.org", PASSWORD)
        text = site.auth.create_api_token(ada, "backup")
    assert site.get("/admin", Authorization=f"Bearer {text}") == 1


def test_signing_in(site: Site) -> None:
    """Signing in takes a read, two transactions that write, and a look back."""
    for _ in range(2):  # the first makes the counters, the second finds them
        assert site.sign_in(client=site.app.test_client()) == 303
        assert (site.cost.reads, site.cost.writes) == (2, 2)


def test_tidying_up(site: Site) -> None:
    """One sign-in in a hundred looks for what has expired, and takes that away."""
    site.app.extensions["simpleauth"].replace(below=lambda number: 0)
    site.sign_in()
    assert (site.cost.reads, site.cost.writes) == (4, 2)


def test_signing_in_again(site: Site) -> None:
    """Who is signed in already is looked up as well; the old session ends with it."""
    site.sign_in()
    assert site.sign_in() == 303
    assert (site.cost.reads, site.cost.writes) == (3, 2)


def test_wrong_sign_in(site: Site) -> None:
    """A wrong password costs one read and one write, known account or not."""
    costs = set()
    for email in ("ada@example.org", "nobody@example.org"):
        for password in ("wrong", "x" * 500):
            site.cost.clear()
            data = {"email": email, "password": password}
            site.client.post("/auth/-/forms/login", data=data, headers=OWN_SITE)
            costs.add((site.cost.reads, site.cost.writes))
    assert costs == {(1, 1)}


def test_refused_sign_in(site: Site) -> None:
    """A try that has to wait takes one transaction, which changes nothing."""
    while site.sign_in("wrong") == 422:
        pass
    before = site.counters()
    assert site.sign_in("wrong") == 429
    assert (site.cost.reads, site.cost.writes) == (0, 1)
    assert site.counters() == before


def test_address_not_in_our_form(site: Site) -> None:
    """An address typed in another form costs a second query, known or not."""
    for email in ("ADA@example.org", "NOBODY@example.org"):
        site.cost.clear()
        data = {"email": email, "password": "wrong"}
        site.client.post("/auth/-/forms/login", data=data, headers=OWN_SITE)
        assert (site.cost.reads, site.cost.writes) == (2, 1)
