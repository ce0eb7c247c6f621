"""The guest book: named forms on a page, and entries that only their authors change."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, render_template, session, url_for
from flask_nameform import Form, NameForm
from flask_nameform.wanted import Wanted, wanted
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload
from werkzeug import Response
from wtforms import SubmitField, TextAreaField
from wtforms.validators import DataRequired, Length

from .extensions import auth, db, forms
from .models import Entry, User
from .texts import gettext, lazy_gettext

blueprint = Blueprint("book", __name__)

# How many entries a page shows.
_SHOWN = 10


class EntryForm(Form):
    """Write in the book."""

    text = TextAreaField(
        lazy_gettext("Your entry"),
        [DataRequired(lazy_gettext("Write something first.")), Length(max=1000)],
        description=lazy_gettext("Everybody can read it."),
    )
    submit = SubmitField(lazy_gettext("Sign the book"))


class EditForm(EntryForm):
    """Change what you wrote."""

    submit = SubmitField(lazy_gettext("Save"))


class DeleteForm(Form):
    """Take an entry out of the book."""

    submit = SubmitField(lazy_gettext("Delete this entry"))


@blueprint.get("/")
def index() -> str:
    """Greet whoever is there, and show the book."""
    return render_template("index.html", entries=_page_of(select(Entry)))


@blueprint.get("/mine")
@auth.login_required
def mine() -> str:
    """Show the entries of whoever is signed in."""
    own = select(Entry).where(Entry.author_id == auth.require_user().id)
    return render_template("mine.html", entries=_page_of(own))


@blueprint.get("/entries/<int:entry_id>")
@auth.login_required
def edit(entry_id: int) -> str:
    """Show the forms that change and delete an entry."""
    return render_template("edit.html", entry=_to_delete(entry_id))


@forms.handler("name", NameForm)
def save_name(form: NameForm) -> None:
    """Remember how a visitor wants to be called."""
    session["name"] = form.name.data


# A handler is authorised like a view: the page that shows the form is not asked.
@forms.handler("entry", EntryForm)
@auth.login_required
def write(form: EntryForm) -> Response | None:
    """Write an entry."""
    entry = Entry(text=form.text.data, author_id=auth.require_user().id)
    db.session.add(entry)
    db.session.commit()
    return _show(entry, gettext("Thank you! Your entry is in the book."))


def _to_edit(entry_id: int) -> Entry:
    """Load an entry for who may change it: when the form is shown, and when sent."""
    return _checked(entry_id, "edit")


def _to_delete(entry_id: int) -> Entry:
    return _checked(entry_id, "delete")


def _checked(entry_id: int, action: str) -> Entry:
    entry: Entry = db.get_or_404(Entry, entry_id)
    return entry if auth.can(action, entry) else abort(403)


@forms.handler("edit", EditForm, load=_to_edit)
@auth.login_required
def save(form: EditForm, entry: Entry) -> Response | str:
    """Save a changed entry, and lead back to the book."""
    form.populate_obj(entry)
    db.session.commit()
    return _show(entry, gettext("Your entry is changed.")) or url_for("book.mine")


@forms.handler("delete", DeleteForm, load=_to_delete)
@auth.login_required
def delete(form: DeleteForm, entry: Entry) -> str:
    """Take an entry out of the book."""
    db.session.delete(entry)
    db.session.commit()
    flash(gettext("The entry is gone."))
    return url_for("book.index")


@auth.exporter
def export(user: User) -> dict[str, list[dict[str, str]]]:
    """Put what people wrote among the data that they can download."""
    own = db.session.scalars(select(Entry).where(Entry.author_id == user.id))
    return {
        "entries": [
            {"written_at": one.written_at.isoformat(), "text": one.text} for one in own
        ]
    }


def _page_of(entries: Select[Any]) -> Pagination:
    newest_first = entries.options(joinedload(Entry.author)).order_by(Entry.id.desc())
    return db.paginate(newest_first, per_page=_SHOWN, max_per_page=_SHOWN)


def _show(entry: Entry, message: str) -> Response | None:
    """Answer a script with the entry; to a browser it is shown by the next page."""
    if wanted() is not Wanted.FRAGMENT:
        flash(message)
        return None

    return Response(
        render_template("_entry.html", entry=entry, message=message),
        mimetype="text/html",
    )
