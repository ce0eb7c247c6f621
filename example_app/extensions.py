"""The extension objects, made without an app so that every module can import them.

``create_app`` attaches them. To do without one, drop its object here, its ``init_app``
there, and what a search for its name still finds.
"""

from __future__ import annotations

from flask import session
from flask_greet import Greet
from flask_nameform import Forms
from flask_simpleauth import SimpleAuth
from flask_sqlalchemy import SQLAlchemy

from .models import Base, User

db = SQLAlchemy(model_class=Base)
forms = Forms()
greet = Greet()
auth: SimpleAuth[User] = SimpleAuth()


@greet.name_loader
def name() -> str | None:
    """Greet by the account's name, or by what a visitor has left in the form."""
    return auth.user.name if auth.user else session.get("name")
