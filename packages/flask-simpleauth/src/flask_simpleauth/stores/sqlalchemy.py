"""Accounts in the app's own database, as instances of the app's own class."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime
from inspect import getattr_static
from typing import Any, Generic, Protocol, TypeVar, cast

from sqlalchemy import PrimaryKeyConstraint, UniqueConstraint, inspect
from sqlalchemy.orm import Mapper, Session, scoped_session

from ..store import Attributes
from .counters import RelationalCounters
from .tokens import RelationalTokens
from .unit_of_work import SharedUnitOfWork
from .users import RelationalUsers, UserModel

U = TypeVar("U")

# A scrypt hash in Werkzeug's notation takes 162 characters.
_HASH_LENGTH = 200

_REQUIRED = ("id", "email", "password_hash")


class Database(Protocol):
    """What has a session for whoever asks: ``db`` of Flask-SQLAlchemy or of its Lite.

    The session itself, or something to call for it.
    """

    @property
    def session(self) -> Session | Callable[[], Session]:
        """The session of whoever asks."""
        ...


class SQLAlchemyUsers(RelationalUsers[U]):
    """Keeps users in the app's database, for a store that keeps sessions elsewhere.

    .. code-block:: python

        RedisStore(url, users=SQLAlchemyUsers(db, User))

    The parameters are those of :class:`SQLAlchemyStore`.
    """

    def __init__(
        self,
        db: Database | scoped_session[Session],
        user_class: type[U],
        *,
        attributes: Mapping[str, str] | None = None,
    ) -> None:
        _check_mapped(user_class)
        model = UserModel(user_class, _attributes_of(user_class, attributes or {}))
        super().__init__(_work_on(db), model)


class SQLAlchemyStore(Generic[U]):
    """Keeps accounts in the app's database.

    .. code-block:: python

        auth.init_app(app, store=SQLAlchemyStore(db, User))

    The class needs a key, an ``email`` that is unique, and a ``password_hash``; it may
    have ``name``, ``active``, ``confirmed_at``, and ``role`` or ``roles``. A user name
    to sign in with is one only if it is mapped:
    ``attributes={"username": "username"}``. The tables
    ``simpleauth_token`` and ``simpleauth_counter`` are added to its metadata, where
    ``db.create_all()`` and Alembic see them.

    :param db: Flask-SQLAlchemy's or Flask-SQLAlchemy-Lite's object, or a
        ``scoped_session`` that you remove at the end of each request.
    :param user_class: the mapped class of the users.
    :param attributes: our name to the class's own, where they differ:
        ``{"password_hash": "pw_hash"}``.
    :raises RuntimeError: if the class lacks what is needed.
    """

    def __init__(
        self,
        db: Database | scoped_session[Session],
        user_class: type[U],
        *,
        attributes: Mapping[str, str] | None = None,
    ) -> None:
        self.users = SQLAlchemyUsers(db, user_class, attributes=attributes)
        work, model = self.users.work, self.users.model

        self.transaction = self.users.transaction
        self.tokens = RelationalTokens(work, model)
        self.counters = RelationalCounters(work, model)


def _work_on(db: Database | scoped_session[Session]) -> SharedUnitOfWork:
    # Not db.session: Flask-SQLAlchemy-Lite's can only be asked for inside an app.
    own = getattr_static(db, "session", None)
    scoped = db if isinstance(db, scoped_session) else own

    if isinstance(scoped, scoped_session):
        factory: Any = scoped.session_factory
        return SharedUnitOfWork(scoped, factory.class_)
    if own is None:
        raise RuntimeError(
            f"{type(db).__name__} has no session for whoever asks. Give the 'db' of"
            " Flask-SQLAlchemy or Flask-SQLAlchemy-Lite, or a scoped_session:"
            " scoped_session(sessionmaker(engine))."
        )
    return SharedUnitOfWork(lambda: _session_of(cast(Database, db)), Session)


def _session_of(db: Database) -> Session:
    session = db.session
    return session if isinstance(session, Session) else session()


def _check_mapped(user_class: object) -> None:
    if not isinstance(inspect(user_class, raiseerr=False), Mapper):
        raise RuntimeError(
            f"{user_class!r} is no class that SQLAlchemy maps. The user class comes"
            " second: SQLAlchemyStore(db, User)."
        )


def _attributes_of(user_class: type[Any], given: Mapping[str, str]) -> Attributes:
    """Find out how the class names what we need, and refuse it if it lacks that."""
    mapper: Mapper[Any] = inspect(user_class)
    known = [field.name for field in fields(Attributes)]

    for name, own_name in given.items():
        if name not in known:
            raise RuntimeError(
                f"attributes has the key {name!r}; it takes {', '.join(known)}."
            )
        if own_name not in mapper.attrs:
            raise RuntimeError(
                f"attributes maps {name!r} to {own_name!r}, which"
                f" {user_class.__name__} does not have."
            )

    key = mapper.get_property_by_column(mapper.primary_key[0]).key
    roles = "roles" if "roles" in mapper.attrs else "role"
    names = {**dict(zip(known, known, strict=True)), "id": key, "roles": roles, **given}
    found = {name: own if own in mapper.attrs else None for name, own in names.items()}
    found["username"] = given.get("username")

    for name in _REQUIRED:
        if found[name] is None:
            raise RuntimeError(
                f"{user_class.__name__} has no attribute {name!r}. Add it, or say which"
                " one it is: SQLAlchemyStore(db,"
                f" {user_class.__name__}, attributes={{{name!r}: ...}})."
            )

    _check_columns(mapper, found)
    return Attributes(**found)  # type: ignore[arg-type] # the required ones are there


def _check_columns(mapper: Mapper[Any], names: Mapping[str, Any]) -> None:
    user_class = mapper.class_.__name__
    if len(mapper.primary_key) != 1:
        raise RuntimeError(f"{user_class} needs a primary key of one column.")

    _check_confirmed_at(mapper, names["confirmed_at"])
    _check_unique(mapper, names["email"])
    _check_unique(mapper, names["username"])
    _check_roles(mapper, names["roles"])
    name = names["password_hash"]
    columns: Any = mapper.columns
    length = getattr(columns[name].type, "length", None)
    if length is not None and length < _HASH_LENGTH:
        raise RuntimeError(
            f"{user_class}.{name} holds {length} characters; a password hash needs up"
            f" to {_HASH_LENGTH}. Make it String({_HASH_LENGTH})."
        )


def _check_confirmed_at(mapper: Mapper[Any], name: str | None) -> None:
    column: Any = mapper.columns.get(name or "")
    if column is not None and column.type.python_type not in (datetime, int, bool):
        raise RuntimeError(
            f"{mapper.class_.__name__}.{name} cannot hold when an address was"
            " confirmed. Make it DateTime, Integer or Boolean."
        )


def _check_unique(mapper: Mapper[Any], name: str | None) -> None:
    if name is None:
        return
    column: Any = mapper.columns[name]
    sets = [
        *(each.columns for each in column.table.indexes if each.unique),
        *(
            each.columns
            for each in column.table.constraints
            if isinstance(each, UniqueConstraint | PrimaryKeyConstraint)
        ),
    ]
    if not any(list(each) == [column] for each in sets):
        raise RuntimeError(
            f"{mapper.class_.__name__}.{name} is not unique, so it does not tell who"
            " signs in. Make it unique=True."
        )


def _check_roles(mapper: Mapper[Any], name: str | None) -> None:
    relationship = mapper.relationships.get(name or "")
    if relationship is None:
        return
    role = relationship.mapper.class_
    if not hasattr(role, "name"):
        raise RuntimeError(
            f"{mapper.class_.__name__}.{name} leads to {role.__name__}, which has no"
            " 'name' to know a role by. Give it one, or say which attribute the roles"
            " are: attributes={'roles': ...}."
        )
