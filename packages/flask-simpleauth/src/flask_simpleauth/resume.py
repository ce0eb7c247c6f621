"""What was posted when the password had to be shown once more, to go on afterwards.

It waits in the page that asks, signed: nobody else can have somebody post what they
have not written, nor in another session, nor later.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from urllib.parse import quote

from flask import request
from flask_nameform import Form, csrf, marker
from flask_nameform.registry import current_state as nameform_state
from itsdangerous import BadData
from wtforms import PasswordField

from .state import current_state
from .tokens import digest_of, signer
from .visit import current_visit
from .way_back import is_local

#: How long it can go on. Seconds.
LIFETIME = 10 * 60

# What may stand in a path as it is (RFC 3986, section 3.3).
_PATH_SAFE = "/:@!$&'()*+,;=~"

#: Bytes of a body that is kept.
_LONGEST = 64 * 1024

# Of forms that we do not know, the name tells. A password is not to stand in a page.
_PASSWORD_NAME = re.compile(r"passw|passphrase|pwd", re.IGNORECASE)


class Interrupted(NamedTuple):
    """A request that waits."""

    method: str
    #: With the query, as in a URL.
    path: str
    #: Names and values, without passwords.
    fields: list[tuple[str, str]]
    #: What stands for the session, and the user, it belongs to.
    owner: str
    #: When it was interrupted; seconds since 1970.
    at: int


def seal_request() -> str:
    """Return the current request as it may stand in a form; empty if it cannot wait.

    What a form without files has posted can. Another site's post cannot: it would come
    back as one of our own.
    """
    path = _path()
    if not (_is_small_form() and is_local(path) and _is_wanted()):
        return ""

    waiting = Interrupted(
        method=request.method,
        path=path,
        fields=list(_without_passwords(request.form.items(multi=True))),
        owner=_owner(),
        at=int(current_state().services().clock()),
    )
    sealed: str = _signer().dumps(waiting)
    return sealed


def open_request(sealed: str) -> Interrupted | None:
    """Return the request that was sealed, if it is this session's and not too old."""
    try:
        waiting = Interrupted(*_signer().loads(sealed))
    except BadData:
        return None

    age = current_state().services().clock() - waiting.at
    return waiting if age < LIFETIME and waiting.owner == _owner() else None


def _is_small_form() -> bool:
    is_form = request.mimetype == "application/x-www-form-urlencoded"
    length = request.content_length
    is_small = length is not None and length <= _LONGEST
    return request.method == "POST" and is_form and is_small


def _path() -> str:
    path = quote(request.script_root + request.path, safe=_PATH_SAFE)
    query = quote(request.query_string, safe=_PATH_SAFE + "?%[]")
    return f"{path}?{query}" if query else path


def _is_wanted() -> bool:
    """Tell whether it was surely the visitor who wanted this request."""
    mark = _posted_marker()
    try:
        return csrf.allows(mark.name if mark else None, own_form=True)
    except csrf.CSRFError:
        return False


def _without_passwords(
    fields: Iterable[tuple[str, str]],
) -> Iterator[tuple[str, str]]:
    known = set(_password_fields())
    for name, value in fields:
        if name not in known and not _PASSWORD_NAME.search(name):
            yield name, value


def _password_fields() -> Iterator[str]:
    """Yield the names of the password fields of the named form that was posted."""
    mark = _posted_marker()
    definition = nameform_state().registry.find(mark.name) if mark else None
    if definition is None:
        return

    form_class: type[Form] = definition.form_class
    for name in dir(form_class):
        field_class: Any = getattr(getattr(form_class, name), "field_class", None)
        if isinstance(field_class, type) and issubclass(field_class, PasswordField):
            yield name


def _posted_marker() -> marker.Marker | None:
    return marker.load(request.form.get(marker.FIELD, ""))


def _owner() -> str:
    token = current_visit().token
    return "" if token is None else digest_of(token.digest, str(token.user_id))


def _signer() -> Any:
    return signer(current_state().secret_keys(), "resume")
