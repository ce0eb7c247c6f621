"""The extension objects, made without an app so that every module can import them.

``create_app`` attaches them, and ``config.py`` has their keys. What the app knows and
they do not is told to them here, by a loader or a policy. What it has in place of
theirs: a page (``templates/simpleauth/signup.html``), the layout (a key each), a
receiver of a signal (``audit.py``), forms of its own (``book.py``), where accounts are
kept (``store.py``). To do without one, drop its object here, its ``init_app`` there,
and what a search for its name still finds.
"""

from __future__ import annotations

from flask import request, session
from flask_greet import Greet
from flask_nameform import Forms
from flask_simpleauth import SimpleAuth
from flask_sqlalchemy import SQLAlchemy

from .models import Base, Entry, User
from .texts import make_babel

db = SQLAlchemy(model_class=Base)
babel = make_babel()
forms = Forms()
greet = Greet()
auth: SimpleAuth[User] = SimpleAuth()


@greet.name_loader
def name() -> str | None:
    """Greet by the account's name, or by what a visitor has left in the form."""
    return auth.user.name if auth.user else session.get("name")


@greet.locale_loader
def locale() -> str | None:
    """Greet in the language chosen for the site, or in the browser's.

    The site speaks two languages and the greeting many more, so it is not left to
    Flask-Babel, which is asked when there is no loader.
    """
    return session.get("language") or request.headers.get("Accept-Language")


@auth.policy
def is_allowed(user: User, action: str, obj: object) -> bool:
    """Let people change and delete what they wrote, and admins delete anything."""
    may_always = action == "delete" and user.role_name == "admin"
    return isinstance(obj, Entry) and (obj.author_id == user.id or may_always)
