"""``flask demo``: guests and entries to look at. A command with a progress bar."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta, timezone

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from .extensions import auth, db
from .models import Entry, User

_GUESTS = [
    "Ada",
    "Grace",
    "José",
    "Zoë",
    "Åsa",
    "Дарья",
    "ليلى",
    "שרה",
    "さくら",
    "小明",
]
_TEXTS = [
    "What a lovely book. I shall be back.",
    "Schön war es hier!",
    "¡Gracias por todo!",
    "Merci, et à bientôt.",
    "素敵な本ですね。",
    "Спасибо, было очень приятно.",
    "شكرا جزيلا!",
    "תודה רבה!",
    "Signed in the rain, with dry feet.",
    "Read it twice.\nThen read it to the children.",
]


# No password has this hash.
_NONE = "!"


@click.command("demo")
@with_appcontext
@click.option("--entries", default=60, help="How many entries to write.")
@click.password_option(
    default=lambda: secrets.token_urlsafe(12),
    prompt=False,
    help="The admin's; made up and shown if not given.",
)
def demo(entries: int, password: str) -> None:
    """Fill the book, and make an admin to look around as."""
    guests = [_guest(name, number) for number, name in enumerate(_GUESTS)]
    now = datetime.now(timezone.utc)

    with click.progressbar(range(entries), label="Writing entries") as numbers:
        for number in numbers:
            text = _TEXTS[number * 7 % len(_TEXTS)]
            at = now - timedelta(hours=5 * (entries - number))
            author = guests[number * 3 % len(guests)]
            db.session.add(Entry(text=text, author=author, written_at=at))

    db.session.commit()
    _make_admin("admin@example.org", password)


def _guest(name: str, number: int) -> User:
    """Return a guest, who cannot sign in."""
    email = f"guest{number}@example.org"
    found = db.session.scalars(select(User).where(User.email == email)).one_or_none()
    guest = found or User(email=email, name=name, password_hash=_NONE)
    db.session.add(guest)
    return guest


def _make_admin(email: str, password: str) -> None:
    if db.session.scalars(select(User).where(User.email == email)).first():
        click.echo(f"{email} is there already.")
        return

    auth.grant(auth.create_user(email, password, name="Admin"), "admin")
    click.echo(f"Sign in as {email} with the password {password}")
