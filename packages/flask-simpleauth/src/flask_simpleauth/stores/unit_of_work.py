"""How our reads and writes share a database with the app's own unfinished work.

Nothing of the app's may be committed, flushed or lost because somebody signed in. So a
write of ours joins a unit of work that has pending writes, and that unit's commit
decides; otherwise it is committed at once, in the app's own session. An own connection
would be simpler, but it locks SQLite against the app, takes a second place in the pool
for each request, and under ``sqlite://`` it *is* the app's connection.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from functools import wraps
from typing import Any, Protocol

from sqlalchemy import Engine, TextClause, event
from sqlalchemy.exc import IntegrityError, SQLAlchemyError, StatementError
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction

from ..store import Conflict, Transaction
from .outages import is_outage, unavailable

#: The key in ``Session.info`` that says: this transaction has written.
_HAS_WRITTEN = "simpleauth_has_written"

#: The key in ``Session.info`` that says: a transaction of ours is under way.
_IS_OURS = "simpleauth_is_ours"

#: The attribute of a session class that says: its sessions note their writes.
_IS_WATCHED = "simpleauth_is_watched"

_READING_WORDS = ("select", "show", "explain", "describe", "values")


class UnitOfWork(Protocol):
    """Hands out sessions for reading and for writing."""

    def reading(self, *, release: bool = False) -> AbstractContextManager[Session]:
        """Give a session that does not flush.

        :param release: leave no transaction open that was not open before, so that no
            connection is held meanwhile.
        """
        ...

    def writing(self, *, joining: bool = True) -> AbstractContextManager[Session]:
        """Give a session whose writes are kept when the block ends well.

        A block within a block is part of that one: all is kept or nothing, so the
        error of a write must be let through.

        :param joining: whether a caller's later rollback may undo them.
        :raises RuntimeError: if not ``joining`` and the caller has pending writes.
        """
        ...


class _Current(threading.local):
    """The session of the transaction that this thread is in."""

    session: Session | None = None


def transaction_of(work: UnitOfWork) -> Transaction:
    """Return what makes several writes one; a constraint may break at its end only."""

    @contextmanager
    def transaction() -> Generator[None, None, None]:
        try:
            with work.writing():
                yield
        except IntegrityError as error:
            raise Conflict(str(error.orig)) from error

    return transaction


Opened = Callable[..., AbstractContextManager[Session]]


def _telling(opened: Opened) -> Any:
    """Let an error tell whether the database is away, and keep values out of its words.

    Password hashes and digests are among them, and logs and error pages are read by
    more people than the database. SQLAlchemy puts the words together when asked.

    :raises StoreUnavailable: if the database is away.
    """

    @wraps(opened)
    @contextmanager
    def telling(*args: Any, **kwargs: Any) -> Generator[Session, None, None]:
        try:
            with opened(*args, **kwargs) as session:
                yield session
        except SQLAlchemyError as error:
            if isinstance(error, StatementError):
                error.hide_parameters = True
            if is_outage(error):
                raise unavailable(error) from error
            raise

    return telling


class OwnUnitOfWork:
    """For an engine that nobody else uses: each outer block is one transaction."""

    def __init__(self, engine: Callable[[], Engine]) -> None:
        self._engine = engine
        self._current = _Current()

    @_telling
    @contextmanager
    def reading(self, *, release: bool = False) -> Generator[Session, None, None]:
        """Give a session of its own; what it loaded stays readable afterwards."""
        current = self._current.session
        if current is not None:
            yield current
            return

        with Session(
            self._engine(), autoflush=False, expire_on_commit=False
        ) as session:
            yield session

    @_telling
    @contextmanager
    def writing(self, *, joining: bool = True) -> Generator[Session, None, None]:
        """Give a session that commits at the end."""
        outer = self._current.session
        if outer is not None:
            yield outer
            _flush(outer)
            return

        with self.reading() as session:
            self._current.session = session
            try:
                yield session
                session.commit()
            finally:  # what is not committed is rolled back when the session closes
                self._current.session = None


class SharedUnitOfWork:
    """For the app's own sessions.

    :param session: returns the one of whoever asks.
    :param session_class: what they are instances of.
    """

    def __init__(
        self, session: Callable[[], Session], session_class: type[Session]
    ) -> None:
        self._session = session
        _watch(session_class)

    @_telling
    @contextmanager
    def reading(self, *, release: bool = False) -> Generator[Session, None, None]:
        """Give the app's session; ``release`` ends the transaction this began."""
        session = self._session()
        was_idle = not session.in_transaction()

        with session.no_autoflush:
            yield session

        if release and was_idle:
            _commit_keeping_loaded(session)

    @_telling
    @contextmanager
    def writing(self, *, joining: bool = True) -> Generator[Session, None, None]:
        """Give the app's session, and commit unless the app has work pending."""
        session = self._session()

        if _IS_OURS in session.info:
            with session.no_autoflush:
                yield session
            _flush(session)
            return

        if has_pending_writes(session):
            if not joining:
                raise RuntimeError(
                    "db.session holds changes that are not committed, and counting"
                    " tries must not depend on them."
                    " Commit or roll back db.session before auth.authenticate()."
                )
            with session.no_autoflush:
                yield session
            return

        # A transaction that has read cannot always be made to write: SQLite refuses
        # where another connection has written since.
        _commit_keeping_loaded(session)
        session.info[_IS_OURS] = True
        try:
            yield session
            _commit_keeping_loaded(session)
        except BaseException:
            session.rollback()
            raise
        finally:
            del session.info[_IS_OURS]


def has_pending_writes(session: Session) -> bool:
    """Tell whether the session has changes, flushed or not, that wait for a commit."""
    return (
        session.info.get(_HAS_WRITTEN, False)
        or bool(session.new or session.deleted)
        or any(map(session.is_modified, session.dirty))
    )


def _flush(session: Session) -> None:
    """Send the changes of an inner block; what fails there fails the outer one."""
    try:
        session.flush()
    except BaseException:
        session.rollback()
        raise


def _commit_keeping_loaded(session: Session) -> None:
    """Commit, and let the objects the app has loaded keep their values."""
    if not session.in_transaction():
        return

    expire_on_commit = session.expire_on_commit
    session.expire_on_commit = False
    try:
        session.commit()
    finally:
        session.expire_on_commit = expire_on_commit


def _watch(session_class: type[Session]) -> None:
    """Note in each session's ``info`` whether its transaction has written."""
    # Marked on the class: an application factory may make one store after another on
    # the same db, and event.contains() mistakes a new object for a dead one's id.
    if _IS_WATCHED in vars(session_class):
        return

    setattr(session_class, _IS_WATCHED, True)
    event.listen(session_class, "after_flush", _note_flush)
    event.listen(session_class, "do_orm_execute", _note_statement)
    event.listen(session_class, "after_transaction_end", _note_end)


def _note_flush(session: Session, _context: object) -> None:
    session.info[_HAS_WRITTEN] = True


def _note_statement(state: ORMExecuteState) -> None:
    if not state.is_select and not _only_reads(state.statement):
        state.session.info[_HAS_WRITTEN] = True


def _only_reads(statement: object) -> bool:
    """Judge SQL given as text by its first word; what we do not know may write."""
    return isinstance(
        statement, TextClause
    ) and statement.text.lstrip().lower().startswith(_READING_WORDS)


def _note_end(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(_HAS_WRITTEN, None)
