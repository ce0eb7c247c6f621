"""Users in SQL, as instances of any mapped class."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timezone
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, bindparam, inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapper, RelationshipProperty, Session, contains_eager
from sqlalchemy.orm.attributes import set_committed_value

from ..errors import Taken, UsernameTaken
from ..store import Attributes
from .unit_of_work import UnitOfWork, transaction_of

U = TypeVar("U")

#: Rows read at a time where all users are listed.
_PAGE = 1000


class UserModel(Generic[U]):
    """What we know of a mapped user class: its key, its roles, how to select it."""

    def __init__(self, user_class: type[U], attributes: Attributes) -> None:
        self.user_class = user_class
        self.attributes = attributes
        self.mapper: Mapper[Any] = inspect(user_class)
        self.email: Any = getattr(user_class, attributes.email)
        #: The column of the user name, if the class has one to sign in with.
        self.username: Any = getattr(user_class, attributes.username or "", None)
        #: The column of the user's primary key.
        self.key: Any = self.mapper.primary_key[0]

        #: The relationship that holds the roles, if there is one.
        self.roles: RelationshipProperty[Any] | None = self.mapper.relationships.get(
            attributes.roles or ""
        )

    def instant(self, seconds: int) -> Any:
        """Return an instant as the column for the confirmation keeps it."""
        column: Any = self.mapper.columns[self.attributes.confirmed_at or ""]
        kind = column.type.python_type
        if kind is not datetime:
            return kind(seconds)
        at = datetime.fromtimestamp(seconds, timezone.utc)
        return at if column.type.timezone else at.replace(tzinfo=None)

    def with_roles(self, statement: Select[Any]) -> Select[Any]:
        """Let a statement that selects users bring their roles along, in one query."""
        if self.roles is None:
            return statement

        attribute = getattr(self.user_class, self.roles.key)
        roles, between = self.roles.mapper.class_, self.roles.secondary
        if between is None:
            joined = statement.outerjoin(attribute)
        else:
            # One after the other: a join within the join SQLite makes first, of all
            # users there are.
            joined = statement.outerjoin(between, self.roles.primaryjoin).outerjoin(
                roles, self.roles.secondaryjoin
            )
        return joined.options(contains_eager(attribute))


class RelationalUsers(Generic[U]):
    """Users as instances of a mapped class.

    ``transaction`` makes several writes one; ``work`` and ``model`` are for the tokens
    and counters of the same database.
    """

    def __init__(self, work: UnitOfWork, model: UserModel[U]) -> None:
        self.attributes = model.attributes
        self.transaction = transaction_of(work)
        self.work = work
        self.model = model
        self._find = model.with_roles(
            select(model.user_class).where(model.email == bindparam("identity"))
        )
        self._find_by_name = self._find
        if model.username is not None:
            self._find_by_name = model.with_roles(
                select(model.user_class).where(model.username == bindparam("identity"))
            )
        self._get = model.with_roles(
            select(model.user_class).where(model.key == bindparam("user_id"))
        )

    def get(self, user_id: Any) -> U | None:
        """Return the user with this key, as the database has them by now."""
        with self.work.reading() as session:
            # Unless that would undo what the app has not written yet.
            is_clean = not (session.new or session.dirty or session.deleted)
            anew = self._get.execution_options(populate_existing=is_clean)
            return self._one(session, anew, {"user_id": user_id})

    def find(self, identity: str) -> U | None:
        """Return the user with this address or user name, and hold no connection."""
        user = self._find_alike(identity)
        if user is None:
            return None
        # MariaDB's collations take "ä" for "a" and one emoji for another. What they
        # find may be somebody else's account.
        own = [self.attributes.read(user, name) for name in ("email", "username")]
        return user if identity in own else None

    def addresses(self) -> Iterator[tuple[Any, str]]:
        """Yield the key and the address of every user, a page of them at a time."""
        page = select(self.model.key, self.model.email).order_by(self.model.key)
        rows = self._page(page)
        while rows:
            yield from rows
            rows = self._page(page.where(self.model.key > rows[-1][0]))

    def create(self, values: Mapping[str, Any]) -> U:
        """Make a user; inside pending work it is added to that, and its commit decides.

        :raises Taken: if the address has an account.
        """
        user = self.model.user_class(**self._own(values))
        self._note_no_roles(user)
        try:
            with self.work.writing() as session:
                session.add(user)
        except IntegrityError as error:
            raise self._explained(error, values) from error
        return user

    def save(self, user: U, changes: Mapping[str, Any]) -> None:
        """Change these values.

        :raises Taken: if a new address has an account.
        """
        try:
            with self.work.writing() as session:
                session.add(user)
                self._assign(session, user, changes)
        except IntegrityError as error:
            self._reload(user)
            raise self._explained(error, changes) from error

    def delete(self, user: U) -> None:
        """Remove the user."""
        with self.work.writing() as session:
            session.add(user)  # with the roles, whose links to the user go too
            session.delete(user)

    def _find_alike(self, identity: str) -> U | None:
        """Return the user with what the database takes for this address or name."""
        statement = self._find if "@" in identity else self._find_by_name
        with self.work.reading(release=True) as session:
            return self._one(session, statement, {"identity": identity})

    def _reload(self, user: U) -> None:
        """Read again what a rollback has made the user at hand forget."""
        (user_id,) = inspect(user).identity
        anew = self._get.execution_options(populate_existing=True)
        with self.work.reading() as session:
            session.add(user)
            self._one(session, anew, {"user_id": user_id})

    def _page(self, statement: Any) -> list[tuple[Any, str]]:
        with self.work.reading(release=True) as session:
            rows: Any = session.execute(statement.limit(_PAGE))
            return list(rows)

    def _note_no_roles(self, user: U) -> None:
        """Mark a new user's roles as loaded, unless its class has given it some."""
        roles = self.model.roles
        if roles is not None and roles.key in inspect(user).unloaded:
            set_committed_value(user, roles.key, [] if roles.uselist else None)

    def _one(
        self, session: Session, statement: Select[Any], values: Mapping[str, Any]
    ) -> U | None:
        # A user with several roles comes as several rows.
        user: U | None = session.scalars(statement, values).unique().one_or_none()
        return user

    def _assign(self, session: Session, user: U, values: Mapping[str, Any]) -> None:
        if "roles" in values:
            values = {**values, "roles": self._roles(session, values["roles"])}
        for own_name, value in self._own(values).items():
            setattr(user, own_name, value)

    def _own(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values by the class's own names, without those it has none for."""
        own = {
            own_name: value
            for name, value in values.items()
            if (own_name := self.attributes.own_name(name)) is not None
        }
        if "confirmed_at" in values and self.attributes.confirmed_at is not None:
            confirmed_at = self.model.instant(values["confirmed_at"])
            own[self.attributes.confirmed_at] = confirmed_at
        return own

    def _roles(self, session: Session, names: Iterable[str]) -> Any:
        """Return what to assign for these role names, making roles that are new."""
        relationship = self.model.roles
        if relationship is None:  # the roles are names in a plain column
            return next(iter(names), None)

        role_class = relationship.mapper.class_
        wanted = sorted(set(names))
        known = {
            role.name: role
            for role in session.scalars(
                select(role_class).where(role_class.name.in_(wanted))
            )
        }
        roles = [known.get(name) or role_class(name=name) for name in wanted]

        return roles if relationship.uselist else next(iter(roles), None)

    def _explained(self, error: IntegrityError, values: Mapping[str, Any]) -> Exception:
        """Tell a taken address from another broken constraint of the app's own."""
        if "email" in values and self._find_alike(values["email"]) is not None:
            return Taken()
        name = values.get("username")
        if self.attributes.username and name and self._find_alike(name) is not None:
            return UsernameTaken()
        return error
