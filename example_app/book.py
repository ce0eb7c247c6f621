"""The guest book: a page with two named forms, and a page that needs signing in."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, session
from flask_nameform import Form, NameForm
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from wtforms import SubmitField, TextAreaField
from wtforms.validators import DataRequired, Length

from .extensions import auth, db, forms
from .models import Entry

blueprint = Blueprint("book", __name__)

# How many entries a page shows.
_SHOWN = 20


class EntryForm(Form):
    """Write in the book."""

    text = TextAreaField(
        "Your entry",
        [DataRequired("Write something first."), Length(max=1000)],
        description="Everybody can read it.",
    )
    submit = SubmitField("Sign the book")


@blueprint.get("/")
def index() -> str:
    """Greet whoever is there, and show the book."""
    newest = select(Entry).options(joinedload(Entry.author)).order_by(Entry.id.desc())
    entries = db.session.scalars(newest.limit(_SHOWN)).all()
    return render_template("index.html", entries=entries)


@blueprint.get("/mine")
@auth.login_required
def mine() -> str:
    """Show the entries of whoever is signed in."""
    own = select(Entry).where(Entry.author_id == auth.require_user().id)
    entries = db.session.scalars(own.order_by(Entry.id.desc())).all()
    return render_template("mine.html", entries=entries)


@forms.handler("name", NameForm)
def save_name(form: NameForm) -> None:
    """Remember how a visitor wants to be called."""
    session["name"] = form.name.data


# A handler is authorised like a view: the page that shows the form is not asked.
@forms.handler("entry", EntryForm)
@auth.login_required
def write(form: EntryForm) -> None:
    """Write an entry."""
    db.session.add(Entry(text=form.text.data, author_id=auth.require_user().id))
    db.session.commit()
    flash("Thank you! Your entry is in the book.")
