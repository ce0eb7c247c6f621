"""Named forms that ask: what they send is in the URL, and nothing is changed by it."""

from __future__ import annotations

from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict

from . import marker
from .form import Form
from .formdata import Posted
from .identity import Identity
from .registry import Definition


def bind_query(full_name: str, definition: Definition, key: str | None = None) -> Form:
    """Return the form, bound if the URL of the current request submits it."""
    submitted = request.args.get(marker.FIELD) == full_name
    identity = Identity(full_name, key, signed=full_name, submitted=submitted)
    asked: Any = Posted(request.args, MultiDict()) if submitted else None
    # Nothing is changed by it, so a form of Flask-WTF's kind needs no token either.
    meta = {"nameform": identity, "csrf": False}
    return definition.form_class(formdata=asked, meta=meta)
