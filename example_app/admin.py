"""Pages for admins: a blueprint that is guarded as a whole, its forms included."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter
from typing import Any

from flask import Blueprint, flash, render_template, url_for
from flask_nameform import Form, FormError, Forms
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload
from wtforms import SearchField, SelectField, SubmitField
from wtforms.validators import Length

from .extensions import auth, db
from .models import AuditEntry, Role, User
from .texts import gettext, lazy_gettext

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
auth.protect(blueprint, role="admin")
forms = Forms(blueprint=blueprint)

_PER_PAGE = 50


class SearchForm(Form):
    """Find users."""

    q = SearchField(lazy_gettext("Name or e-mail address"), [Length(max=100)])
    submit = SubmitField(lazy_gettext("Search"))


# A form that asks: it has no handler, the page reads it.
forms.add_query("search", SearchForm)


@blueprint.get("/users")
def users() -> str:
    """List the users by role, and those without one last."""
    search = forms.query(".search", SearchForm)
    query = search.data["q"] if search.is_submitted() and search.validate() else ""
    found = select(User).options(joinedload(User.role)).where(_matches(query.strip()))
    by_role = found.outerjoin(Role).order_by(Role.name.nulls_last(), User.name)
    page = db.paginate(by_role, per_page=_PER_PAGE, max_per_page=_PER_PAGE)
    groups = groupby(page, attrgetter("role"))
    return render_template("users.html", users=page, groups=groups, query=query)


def _matches(query: str) -> ColumnElement[bool]:
    return or_(
        User.name.icontains(query, autoescape=True),
        User.email.icontains(query, autoescape=True),
    )


@blueprint.get("/users/<int:user_id>")
def user(user_id: int) -> str:
    """Show a user, and what an admin can do."""
    return render_template("user.html", user=db.get_or_404(User, user_id))


@blueprint.get("/audit")
def audit() -> str:
    """List what happened to accounts, the newest first."""
    newest = select(AuditEntry).order_by(AuditEntry.id.desc())
    page = db.paginate(newest, per_page=_PER_PAGE, max_per_page=_PER_PAGE)
    return render_template("audit.html", records=page, names=_names_in(page))


def _names_in(records: Iterable[AuditEntry]) -> dict[int, str]:
    """Return the names of the accounts that are still there, by their keys."""
    keys = {key for record in records for key in (record.account, record.actor)}
    named = db.session.scalars(select(User).where(User.id.in_(keys - {None})))
    return {user.id: user.name or user.email for user in named}


def _load(user_id: int) -> User:
    found: User = db.get_or_404(User, user_id)
    return found


# What the list of roles shows for none of them.
_NO_ROLE = "-"


def _roles() -> Any:
    # WTForms takes plain names too, which its type stubs do not know.
    return [_NO_ROLE, *db.session.scalars(select(Role.name).order_by(Role.name))]


class RoleForm(Form):
    """Change a user's role."""

    role_name = SelectField(lazy_gettext("Role"), choices=_roles)
    submit = SubmitField(lazy_gettext("Change the role"))


class DeactivateForm(Form):
    """Keep a user from signing in."""

    submit = SubmitField(lazy_gettext("Deactivate"), render_kw={"class": "quiet"})


class ActivateForm(Form):
    """Let a user sign in again."""

    submit = SubmitField(lazy_gettext("Activate"), render_kw={"class": "quiet"})


class EndSessionsForm(Form):
    """Sign a user out everywhere."""

    submit = SubmitField(lazy_gettext("End all sessions"), render_kw={"class": "quiet"})


@forms.handler("role", RoleForm, load=_load)
def change_role(form: RoleForm, user: User) -> None:
    """Give a user another role, or none."""
    _refuse_own(user)

    if form.role_name.data != _NO_ROLE:
        auth.grant(user, form.role_name.data)
    elif user.role_name is not None:
        auth.revoke_role(user, user.role_name)

    flash(gettext("The role is changed."))


@forms.handler("deactivate", DeactivateForm, load=_load)
def deactivate(form: DeactivateForm, user: User) -> None:
    """Keep a user from signing in, here and now."""
    _refuse_own(user)
    auth.deactivate(user)
    flash(gettext("The account is deactivated, and signed out everywhere."))


@forms.handler("activate", ActivateForm, load=_load)
def activate(form: ActivateForm, user: User) -> None:
    """Let a user sign in again."""
    auth.activate(user)
    flash(gettext("The account is active again."))


@forms.handler("end-sessions", EndSessionsForm, load=_load)
def end_sessions(form: EndSessionsForm, user: User) -> str:
    """Sign a user out everywhere."""
    auth.end_sessions(user)
    flash(gettext("All sessions are ended."))
    return url_for("admin.user", user_id=user.id)


def _refuse_own(user: User) -> None:
    # Else the last admin could be gone by a slip.
    if user.id == auth.require_user().id:
        raise FormError(gettext("Let another admin do this to your own account."))
