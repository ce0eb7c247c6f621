"""Nothing of the app's is committed, flushed or lost because somebody signs in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from flask_simpleauth import Rule, Token
from flask_simpleauth.stores.sqlalchemy import SQLAlchemyStore
from flask_simpleauth.stores.unit_of_work import has_pending_writes
from sqlalchemy import event, insert, text

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = 1_800_000_000


class Site:
    """An app with work of its own in ``db.session``, and our store beside it."""

    def __init__(self, app: Any, db: Any, user_class: Any) -> None:
        self.app, self.db, self.user_class = app, db, user_class
        self.store = SQLAlchemyStore(db, user_class)

    def somebody(self, email: str) -> Any:
        return self.user_class(email=email, name="Own", password_hash="x")

    def sign_in(self) -> None:
        """Write a token, as a sign-in does."""
        self.store.tokens.put(Token("a" * 64, "session", 1, NOW, NOW + 60, NOW))

    def committed(self) -> tuple[set[str], int]:
        """Return the addresses and the number of tokens that another session sees."""
        self.db.session.remove()
        addresses = set(self.db.session.scalars(self.db.select(self.user_class.email)))
        count = self.db.session.scalar(text("SELECT count(*) FROM simpleauth_token"))
        return addresses, count


@pytest.fixture(params=["file", "memory", "postgresql"])
def site(
    request: pytest.FixtureRequest,
    database: Callable[[str], Any],
    postgresql_url: Callable[[], str],
) -> Iterator[Site]:
    uri = {"file": "sqlite:///{tmp}/own.sqlite3", "memory": "sqlite://"}.get(
        request.param
    ) or postgresql_url()
    site = Site(*database(uri))
    with site.app.app_context():
        site.db.session.add(site.somebody("first@example.org"))
        site.db.session.commit()
        yield site


def test_own_write_is_committed_at_once(site: Site) -> None:
    """With nothing pending, a write of ours is there for everybody."""
    site.sign_in()
    assert site.committed() == ({"first@example.org"}, 1)


def test_unwritten_changes_are_kept(site: Site) -> None:
    """What the app has changed in a user and not written yet, no reading undoes."""
    user: Any = site.db.session.scalars(site.db.select(site.user_class)).one()
    user.name = "Changed"
    site.store.users.get(user.id)
    assert user.name == "Changed"


def test_loaded_objects_keep_their_values(site: Site) -> None:
    """What the app has read needs no second query after a write of ours."""
    user = site.db.session.scalars(site.db.select(site.user_class)).one()
    site.sign_in()

    statements: list[str] = []
    event.listen(
        site.db.engine,
        "before_cursor_execute",
        lambda *arguments: statements.append(arguments[2]),
    )
    assert user.email == "first@example.org"
    assert statements == []


def test_loaded_objects_survive_a_refusal(site: Site) -> None:
    """Counting that is undone expires nothing of what the app has read."""
    user = site.db.session.scalars(site.db.select(site.user_class)).one()
    hit, rule = site.store.counters.hit, Rule(1, 60)
    assert [hit({"b": rule}, NOW), hit({"a": rule, "b": rule}, NOW)] == [
        {},
        {"b": NOW + 60},
    ]
    assert "email" in user.__dict__


def test_end_of_own_write_leaves_expiry_as_it_was(site: Site) -> None:
    """The app's own commits go on expiring what is loaded."""
    user = site.db.session.scalars(site.db.select(site.user_class)).one()
    site.sign_in()
    site.db.session.commit()

    assert "email" not in user.__dict__


def add(site: Site) -> None:
    site.db.session.add(site.somebody("second@example.org"))


def add_and_flush(site: Site) -> None:
    add(site)
    site.db.session.flush()


def bulk_insert(site: Site) -> None:
    values = {"email": "second@example.org", "name": "Own", "password_hash": "x"}
    site.db.session.execute(insert(site.user_class).values(active=True, **values))


def sql_text(site: Site) -> None:
    site.db.session.execute(
        text(
            "INSERT INTO own_user (email, name, password_hash, active)"
            " VALUES ('second@example.org', 'Own', 'x', true)"
        )
    )


WAYS_TO_WRITE = [add, add_and_flush, bulk_insert, sql_text]


@pytest.mark.parametrize("write", WAYS_TO_WRITE)
def test_joins_pending_work_commit(site: Site, write: Callable[[Site], None]) -> None:
    """A write beside the app's pending work is committed with it."""
    write(site)
    site.sign_in()
    site.db.session.commit()

    assert site.committed() == ({"first@example.org", "second@example.org"}, 1)


@pytest.mark.parametrize("write", WAYS_TO_WRITE)
def test_joins_pending_work_rollback(site: Site, write: Callable[[Site], None]) -> None:
    """A write beside the app's pending work is undone with it: no half is committed."""
    write(site)
    site.sign_in()
    site.db.session.rollback()

    assert site.committed() == ({"first@example.org"}, 0)


@pytest.mark.parametrize("write", WAYS_TO_WRITE)
def test_counting_refuses_pending_work(
    site: Site, write: Callable[[Site], None]
) -> None:
    """Tries are not counted where a rollback could undo the count."""
    write(site)
    with pytest.raises(RuntimeError, match=r"Commit or roll back db\.session"):
        site.store.counters.hit({"a": Rule(1, 60)}, NOW)

    site.db.session.rollback()
    assert site.store.counters.hit({"a": Rule(1, 60)}, NOW) == {}


def test_reading_does_not_flush(site: Site) -> None:
    """The app's unfinished object is not sent to the database by our look-up."""
    site.db.session.add(unfinished := site.user_class(email="half@example.org"))

    assert site.store.users.find("first@example.org") is not None
    assert site.store.tokens.get("a" * 64, "session") is None
    assert unfinished in site.db.session.new


def test_changed_attribute_is_pending(site: Site) -> None:
    """A changed attribute waits for the app's commit, a touched one does not."""
    user = site.db.session.scalars(site.db.select(site.user_class)).one()
    user.name = user.name
    assert not has_pending_writes(site.db.session())

    user.name = "Changed"
    assert has_pending_writes(site.db.session())


def test_savepoint_is_no_end(site: Site) -> None:
    """The end of a savepoint does not make the outer work look finished."""
    add_and_flush(site)
    with site.db.session.begin_nested():
        pass
    site.sign_in()
    site.db.session.rollback()

    assert site.committed() == ({"first@example.org"}, 0)


def test_reading_text_is_no_write(site: Site) -> None:
    """SQL as text that only reads does not keep a sign-in from being committed."""
    site.db.session.execute(text("  select 1"))
    site.sign_in()
    assert site.committed()[1] == 1


def test_failed_write_leaves_a_usable_session(site: Site) -> None:
    """After a write of ours fails, the app's session can be used."""
    site.sign_in()
    with pytest.raises(Exception, match="simpleauth_token"):
        site.sign_in()

    assert site.committed() == ({"first@example.org"}, 1)


def test_creating_joins(site: Site) -> None:
    """A user made beside pending work comes with its commit, and not without it."""
    values = {"email": "new@example.org", "name": "New", "password_hash": "x"}
    add(site)
    site.store.users.create(values)
    site.db.session.rollback()
    assert site.committed()[0] == {"first@example.org"}

    add(site)
    site.store.users.create(values)
    site.db.session.commit()
    assert site.committed()[0] == {
        "first@example.org",
        "second@example.org",
        "new@example.org",
    }


def test_look_up_by_address_holds_nothing(site: Site) -> None:
    """No transaction stays open for the time a password is hashed."""
    site.store.users.find("first@example.org")
    assert not site.db.session().in_transaction()


def test_look_up_leaves_the_apps_transaction(site: Site) -> None:
    """A transaction the app has begun is not ended by our look-up."""
    site.db.session.execute(text("SELECT 1"))
    site.store.users.find("first@example.org")
    assert site.db.session().in_transaction()


def test_own_constraint_is_not_called_taken(site: Site) -> None:
    """Another broken constraint of the app's class is its own error."""
    with pytest.raises(Exception, match="name"):
        site.store.users.create(
            {"email": "x@example.org", "name": None, "password_hash": "x"}
        )


def test_writing_after_somebody_else(database: Callable[[str], Any]) -> None:
    """Who has read, and whose SQLite holds on to that, can write after others have."""
    app, db, user_class = database("sqlite:///{tmp}/own.sqlite3")
    site = Site(app, db, user_class)

    def hold_what_is_read(connection: Any) -> None:  # SQLAlchemy's own recipe
        connection.connection.dbapi_connection.isolation_level = None
        connection.exec_driver_sql("BEGIN")

    with app.app_context():
        db.session.execute(text("PRAGMA journal_mode = WAL"))
        event.listen(db.engine, "begin", hold_what_is_read)
        db.session.rollback()
        db.session.execute(text("SELECT * FROM own_user"))
        with db.engine.begin() as other:
            values = {"email": "b@b.org", "name": "", "password_hash": ""}
            other.execute(insert(user_class).values(active=True, **values))
        site.sign_in()
        assert site.committed() == ({"b@b.org"}, 1)
