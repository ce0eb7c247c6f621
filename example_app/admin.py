"""Pages for users with the role ``admin``."""

from __future__ import annotations

from flask import Blueprint, render_template
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from .extensions import auth, db
from .models import Role, User

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


@blueprint.get("/users")
@auth.login_required(role="admin")
def users() -> str:
    """List the users by role, and those without one."""
    with_users = select(Role).options(selectinload(Role.users)).order_by(Role.name)
    without = select(User).where(User.role_id.is_(None)).order_by(User.name)
    return render_template(
        "users.html",
        roles=db.session.scalars(with_users).all(),
        others=db.session.scalars(without).all(),
    )
