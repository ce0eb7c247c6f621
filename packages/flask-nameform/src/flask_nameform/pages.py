"""Views that take the posts of the named forms on them: ``@forms.page``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import request

from . import csrf, marker
from .formdata import posted_text
from .registry import current_state
from .submission import current_exchange

_PAGE = "_nameform_page"


def mark_page(view: Callable[..., Any]) -> None:
    """Say that the view gives the posts of named forms to their handlers."""
    # The mark is the view itself; functools.wraps copies marks onto other functions.
    setattr(view, _PAGE, view)


def is_taken_here(name: str) -> bool:
    """Return whether the current view takes what is posted in the form of that name.

    A form of a blueprint is taken where the guards of that blueprint have run, and
    nowhere else.

    :raises RuntimeError: if the view cannot get a post.
    """
    if not _is_page():
        return False

    methods = request.url_rule.methods if request.url_rule is not None else None

    if "POST" not in (methods or ()):
        raise RuntimeError(
            f"The view {request.endpoint!r} takes the posts of its forms, as"
            " '@forms.page' says, but its route takes none. Add"
            " methods=['GET', 'POST'] to the route."
        )

    prefix = name.rpartition(".")[0]
    return not prefix or prefix in request.blueprints


def posted_here() -> str | None:
    """Return the name of the form whose post the current view has to take, if any."""
    if request.method != "POST" or not _is_page():
        return None

    exchange = current_exchange()
    submission = exchange and exchange.submission
    posted = (
        submission.marker if submission else marker.load(posted_text(marker.FIELD, ""))
    )

    if posted is None or current_state().registry.find(posted.name) is None:
        return None

    return posted.name if is_taken_here(posted.name) else None


def _is_page() -> bool:
    return any(getattr(view, _PAGE, None) is view for view in csrf.current_views())
