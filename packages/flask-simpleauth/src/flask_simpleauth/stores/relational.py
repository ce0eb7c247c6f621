"""Users, tokens and counters in SQL, for every SQL store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from operator import attrgetter
from typing import Any, Generic, TypeVar

from sqlalchemy import (
    Column,
    Connection,
    Select,
    bindparam,
    case,
    delete,
    inspect,
    select,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapper, RelationshipProperty, Session, contains_eager
from sqlalchemy.orm.attributes import set_committed_value

from ..errors import Taken
from ..store import Attributes, Hit, Token
from .tables import counter_table, token_table
from .unit_of_work import UnitOfWork

U = TypeVar("U")


class UserModel(Generic[U]):
    """What we know of a mapped user class: its key, its roles, how to select it."""

    def __init__(self, user_class: type[U], attributes: Attributes) -> None:
        self.user_class = user_class
        self.attributes = attributes
        self.mapper: Mapper[Any] = inspect(user_class)
        self.email: Any = getattr(user_class, attributes.email)
        #: The column of the user's primary key.
        self.key: Any = self.mapper.primary_key[0]

        #: The relationship that holds the roles, if there is one.
        self.roles: RelationshipProperty[Any] | None = self.mapper.relationships.get(
            attributes.roles or ""
        )

    def with_roles(self, statement: Select[Any]) -> Select[Any]:
        """Let a statement that selects users bring their roles along, in one query."""
        if self.roles is None:
            return statement

        attribute = getattr(self.user_class, self.roles.key)
        return statement.outerjoin(attribute).options(contains_eager(attribute))


class RelationalUsers(Generic[U]):
    """Users as instances of a mapped class."""

    def __init__(self, work: UnitOfWork, model: UserModel[U]) -> None:
        self.attributes = model.attributes
        self._work = work
        self._model = model
        self._find = model.with_roles(
            select(model.user_class).where(model.email == bindparam("identity"))
        )
        self._get = model.with_roles(
            select(model.user_class).where(model.key == bindparam("user_id"))
        )

    def get(self, user_id: Any) -> U | None:
        """Return the user with this key."""
        with self._work.reading() as session:
            return self._one(session, self._get, {"user_id": user_id})

    def find(self, identity: str) -> U | None:
        """Return the user with this address, and hold no connection afterwards."""
        with self._work.reading(release=True) as session:
            return self._one(session, self._find, {"identity": identity})

    def create(self, values: Mapping[str, Any]) -> U:
        """Make a user; inside pending work it is added to that, and its commit decides.

        :raises Taken: if the address has an account.
        """
        own_names = {name: getattr(self.attributes, name) for name in values}
        user = self._model.user_class(
            **{own_names[n]: value for n, value in values.items() if own_names[n]}
        )
        self._note_no_roles(user)
        try:
            with self._work.writing() as session:
                session.add(user)
        except IntegrityError as error:
            raise self._explained(error, values) from error
        return user

    def save(self, user: U, changes: Mapping[str, Any]) -> None:
        """Change these values.

        :raises Taken: if a new address has an account.
        """
        try:
            with self._work.writing() as session:
                session.add(user)
                self._assign(session, user, changes)
        except IntegrityError as error:
            raise self._explained(error, changes) from error

    def delete(self, user: U) -> None:
        """Remove the user."""
        with self._work.writing() as session:
            session.delete(user)

    def _note_no_roles(self, user: U) -> None:
        """Mark a new user's roles as loaded, unless its class has given it some."""
        roles = self._model.roles
        if roles is not None and roles.key in inspect(user).unloaded:
            set_committed_value(user, roles.key, [] if roles.uselist else None)

    def _one(
        self, session: Session, statement: Select[Any], values: Mapping[str, Any]
    ) -> U | None:
        # A user with several roles comes as several rows.
        user: U | None = session.scalars(statement, values).unique().one_or_none()
        return user

    def _assign(self, session: Session, user: U, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            own_name = getattr(self.attributes, name)
            if name == "roles":
                value = self._roles(session, value)
            setattr(user, own_name, value)

    def _roles(self, session: Session, names: Iterable[str]) -> Any:
        """Return what to assign for these role names, making roles that are new."""
        relationship = self._model.roles
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
        if "email" in values and self.find(values["email"]) is not None:
            return Taken()
        return error


class RelationalTokens(Generic[U]):
    """Tokens in a table; :meth:`get` brings user and roles along in one query."""

    def __init__(self, work: UnitOfWork, model: UserModel[U]) -> None:
        self._work = work
        self._bind = {"mapper": model.mapper}
        metadata = model.key.table.metadata
        self._table = token_table(metadata, model.key.type)
        self._names = [field.name for field in fields(Token) if field.name != "user"]
        self._get = model.with_roles(
            select(model.user_class, *self._columns)
            .select_from(self._table)
            .outerjoin(model.user_class, self._table.c.user_id == model.key)
            .where(
                self._table.c.digest == bindparam("digest"),
                self._table.c.kind == bindparam("kind"),
            )
        )

    @property
    def _columns(self) -> list[Column[Any]]:
        return [self._table.c[name] for name in self._names]

    def put(self, token: Token) -> None:
        """Add a token."""
        values = {name: getattr(token, name) for name in self._names}
        with self._work.writing() as session:
            self._connection(session).execute(self._table.insert().values(values))

    def get(self, digest: str, kind: str) -> Token | None:
        """Return the token with its user."""
        which = {"digest": digest, "kind": kind}
        with self._work.reading() as session:
            rows = session.execute(self._get, which, bind_arguments=self._bind)
            # A user with several roles comes as several rows of one token.
            row = rows.unique(attrgetter("digest")).one_or_none()
        if row is None:
            return None
        user, *values = row
        return replace(Token(*values), user=user)

    def consume(self, digest: str, kind: str, now: int) -> Token | None:
        """Remove an unexpired token and return it to exactly one caller."""
        table = self._table
        mine = (table.c.digest == digest, table.c.kind == kind)
        with self._work.writing() as session:
            connection = self._connection(session)
            row = connection.execute(select(*self._columns).where(*mine)).one_or_none()
            if row is None:
                return None
            # The count of deleted rows decides between callers that all read the row.
            gone = connection.execute(
                delete(table).where(*mine, table.c.expires_at > now)
            )
            return Token(*row) if gone.rowcount == 1 else None

    def touch(self, digest: str, seen_at: int) -> None:
        """Note the last use of a token."""
        table = self._table
        statement = table.update().where(table.c.digest == digest)
        with self._work.writing() as session:
            self._connection(session).execute(statement.values(seen_at=seen_at))

    def list_for(self, user_id: Any, kind: str) -> list[Token]:
        """Return the user's tokens of a kind, the newest first."""
        table = self._table
        statement = (
            select(*self._columns)
            .where(table.c.user_id == user_id, table.c.kind == kind)
            .order_by(table.c.created_at.desc())
        )
        with self._work.reading() as session:
            return [Token(*row) for row in self._connection(session).execute(statement)]

    def revoke(
        self,
        user_id: Any,
        kind: str | None = None,
        *,
        only: str | None = None,
        keep: str | None = None,
    ) -> int:
        """Remove tokens of a user and return how many."""
        table = self._table
        statement = delete(table).where(table.c.user_id == user_id)
        if kind is not None:
            statement = statement.where(table.c.kind == kind)
        if only is not None:
            statement = statement.where(table.c.digest == only)
        if keep is not None:
            statement = statement.where(table.c.digest != keep)
        with self._work.writing() as session:
            return self._connection(session).execute(statement).rowcount

    def purge(self, now: int, limit: int) -> int:
        """Remove at most ``limit`` expired tokens and return how many."""
        table = self._table
        with self._work.writing() as session:
            return _purge(
                self._connection(session),
                table.c.digest,
                table.c.expires_at <= now,
                limit,
            )

    def _connection(self, session: Session) -> Connection:
        return session.connection(bind_arguments=self._bind)


class RelationalCounters:
    """Counters in a table."""

    def __init__(self, work: UnitOfWork, model: UserModel[Any]) -> None:
        self._work = work
        self._bind = {"mapper": model.mapper}
        self._table = counter_table(model.key.table.metadata)

    def hit(self, keys: Sequence[str], window: int, now: int) -> list[Hit]:
        """Add one to each counter, in one transaction.

        :raises RuntimeError: inside pending work, since a rollback of that must not
            undo a count.
        """
        with self._work.writing(joining=False) as session:
            connection = session.connection(bind_arguments=self._bind)
            # Sorted, so that two callers never wait for each other's rows.
            hits = {
                key: self._hit(connection, key, window, now)
                for key in sorted(set(keys))
            }
        return [hits[key] for key in keys]

    def refund(self, keys: Iterable[str]) -> None:
        """Take one hit back from each counter."""
        table = self._table
        statement = (
            table.update()
            .where(table.c.key.in_(sorted(keys)), table.c.count > 0)
            .values(count=table.c.count - 1)
        )
        with self._work.writing() as session:
            session.connection(bind_arguments=self._bind).execute(statement)

    def purge(self, now: int, limit: int) -> int:
        """Remove at most ``limit`` counters that start anew."""
        table = self._table
        with self._work.writing() as session:
            return _purge(
                session.connection(bind_arguments=self._bind),
                table.c.key,
                table.c.resets_at <= now,
                limit,
            )

    def _hit(self, connection: Connection, key: str, window: int, now: int) -> Hit:
        if not self._add_one(connection, key, window, now):
            try:
                with connection.begin_nested():
                    connection.execute(
                        self._table.insert().values(
                            key=key, count=1, resets_at=now + window
                        )
                    )
            except IntegrityError:  # somebody else's first hit came between
                self._add_one(connection, key, window, now)

        table = self._table
        statement = select(table.c.count, table.c.resets_at).where(table.c.key == key)
        return Hit(*connection.execute(statement).one())

    def _add_one(self, connection: Connection, key: str, window: int, now: int) -> bool:
        table = self._table
        over = table.c.resets_at <= now
        statement = (
            table.update()
            .where(table.c.key == key)
            .values(
                count=case((over, 1), else_=table.c.count + 1),
                resets_at=case((over, now + window), else_=table.c.resets_at),
            )
        )
        return connection.execute(statement).rowcount == 1


def _purge(connection: Connection, key: Any, is_over: Any, limit: int) -> int:
    """Delete a bounded number of rows, since a long delete would block sign-ins."""
    keys = connection.scalars(select(key).where(is_over).limit(limit)).all()
    if not keys:
        return 0
    return connection.execute(delete(key.table).where(key.in_(keys), is_over)).rowcount
