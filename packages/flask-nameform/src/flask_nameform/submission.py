"""A submission that was not accepted, kept so that its page can show it again.

The page is shown by a request of its own, to which this travels in the WSGI environ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from flask import request

from .form import Form
from .formdata import Posted, is_nested_form, own_messages, walk
from .i18n import texts
from .marker import Marker

_ENVIRON_KEY = "flask_nameform.exchange"

#: Messages by the name of their field; the form's own are under the empty name.
Errors = Mapping[str, list[Any]]


class Submission(NamedTuple):
    """What was posted in a form, what was wrong with it, and how to answer."""

    marker: Marker
    posted: Posted
    errors: Errors
    status: int = 422
    headers: Mapping[str, str] = MappingProxyType({})


class Exchange:
    """What a form's endpoint, the WSGI wrapper and the page tell each other."""

    #: Set by the endpoint: the answer depends on who wants it.
    of_form: bool = False
    #: Set by the endpoint: show this again, please.
    submission: Submission | None = None
    #: The page to show it on, as in :class:`~flask_nameform.marker.Marker`; ``None`` if
    #: the endpoint has to show it by itself.
    page: str | None = None
    #: The endpoint's path as the app saw it.
    posted_to: str = ""
    #: Set by the page: it has shown the submission.
    shown: bool = False
    #: Set by the wrapper: no page did, so the endpoint has to.
    alone: bool = False
    #: Set by the wrapper: the answer is on its way and no other can be asked for.
    over: bool = False

    def put_in(self, environ: dict[str, Any]) -> None:
        """Let the request with this environ take part."""
        environ[_ENVIRON_KEY] = self


def current_exchange() -> Exchange | None:
    """Return what the current request takes part in, if anything."""
    exchange: Exchange | None = request.environ.get(_ENVIRON_KEY)
    return exchange


def collect_errors(form: Form) -> Errors:
    """Return the messages of a form and of all fields in it."""
    errors = {"": _listed(form.form_errors)}

    for item in walk(form):
        own = item.form.form_errors if is_nested_form(item) else item.errors
        errors[item.name] = _listed(own)

    return errors


def _listed(own: Sequence[Any]) -> list[Any]:
    # A handler may have set one message where a list of them belongs.
    return [own] if isinstance(own, str) else list(own)


def messages(errors: Errors) -> dict[str, list[str]]:
    """Return collected messages as text, without the fields that have none."""
    said = {name: list(map(str, own_messages(own))) for name, own in errors.items()}
    return {name: own for name, own in said.items() if own}


def restore_errors(form: Form, errors: Errors) -> None:
    """Put collected messages onto another form of the class."""
    form.form_errors = errors[""]

    for item in walk(form):
        if is_nested_form(item):
            item.form.form_errors = errors.get(item.name, [])
        else:
            item.errors = errors.get(item.name, [])


def ask_again(form: Form) -> None:
    """Ask for the files of a form that comes back: no browser can be given one."""
    for field in form.lost_files():
        text = texts.gettext("Choose the file again: it was not kept.")

        if form.errors and not field.errors:
            field.errors = [text]
        elif form.row_change and text not in field.description:
            field.description = f"{field.description} {text}".lstrip()
