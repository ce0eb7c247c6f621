"""The tables: users with one role each, as in the classic tutorial, entries, a log."""

from __future__ import annotations

from datetime import datetime, timezone

from sqlalchemy import DateTime, ForeignKey, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


def _now() -> datetime:
    return datetime.now(timezone.utc)


class Base(DeclarativeBase):
    """What the tables have in common: their metadata."""


class Role(Base):
    """A role, known by its name; ``flask auth grant`` makes it."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    users: Mapped[list[User]] = relationship(
        back_populates="role", order_by="User.name"
    )


class User(Base):
    """An account. Flask-SimpleAuth finds what it needs by these attribute names."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    role_id: Mapped[int | None] = mapped_column(ForeignKey("role.id"))
    role: Mapped[Role | None] = relationship(back_populates="users")
    # Who deletes their account takes their entries along.
    entries: Mapped[list[Entry]] = relationship(
        back_populates="author", cascade="all, delete-orphan"
    )

    @property
    def role_name(self) -> str | None:
        """The name of the role, if there is one."""
        return self.role.name if self.role else None


class Entry(Base):
    """What somebody has written in the book."""

    __tablename__ = "entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(1000))
    written_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=_now)
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    author: Mapped[User] = relationship(back_populates="entries")


class AuditEntry(Base):
    """What happened to an account; kept when the account is gone, so no foreign key."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=_now)
    what: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(String(64))
    account: Mapped[int | None]
    actor: Mapped[int | None]
    address: Mapped[str | None] = mapped_column(String(64))
    detail: Mapped[str] = mapped_column(String(200), default="")
