"""Leaving a site: taking along what it keeps of one, and deleting the account."""

from __future__ import annotations

from flask import Response, current_app, flash
from flask_nameform import Form
from wtforms import BooleanField, SubmitField
from wtforms.validators import DataRequired

from .deletion import delete_user
from .errors import AuthError
from .guards import JUST_SHOWN, guard
from .pages import refused, render
from .state import current_state
from .takeout import export_account
from .texts import texts
from .visit import current_visit
from .way_back import home

_ = texts.lazy


class ExportForm(Form):
    """Download what is kept of the account."""

    submit = SubmitField(_("Download my data"))


class DeleteForm(Form):
    """Delete the account."""

    sure = BooleanField(
        _("Yes, delete my account. I know that this cannot be undone."),
        [DataRequired(_("Tick the box if you want to delete your account."))],
    )
    submit = SubmitField(_("Delete my account"))


def _delete_page() -> str:
    """Ask whether the account is really to be deleted."""
    return render("simpleauth/delete.html")


def _export(form: ExportForm) -> Response:
    """Send all that is kept of the visitor, as a file in JSON."""
    state, user = current_state(), current_visit().user
    exported = export_account(state.services(), user, state.exporters)
    text = current_app.json.dumps(exported, indent=2, ensure_ascii=False)
    response = current_app.response_class(text, mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="account.json"'
    return response


def _delete(form: DeleteForm) -> str:
    """Delete the visitor's account, and forget them."""
    visit = current_visit()
    try:
        delete_user(current_state().services(), visit.user)
    except AuthError as error:
        raise refused(error) from error

    visit.forget()
    flash(texts.gettext("Your account is deleted."))
    return home()


delete_page = guard(_delete_page, JUST_SHOWN)
export = guard(_export, JUST_SHOWN)
delete = guard(_delete, JUST_SHOWN)
