"""Views that take the posts of the named forms on them: ``@forms.page``."""

from __future__ import annotations

from collections.abc import Callable
from inspect import isfunction, unwrap
from typing import Any

from flask import current_app, request

from . import csrf, marker
from .formdata import posted_text
from .registry import current_state
from .submission import current_exchange

_PAGE = "_nameform_page"


def mark_page(page: Callable[..., Any], view: Callable[..., Any]) -> None:
    """Say that the page gives the posts of named forms on a view to their handlers."""
    # The mark is the page itself; functools.wraps copies marks onto other functions.
    setattr(page, _PAGE, page)

    if isfunction(view):
        setattr(view, _PAGE, page)


def is_taken_here(name: str) -> bool:
    """Return whether the current view takes what is posted in the form of that name.

    A form of a blueprint is taken where the guards of that blueprint have run, and
    nowhere else.

    :raises RuntimeError: if the view was meant to and cannot.
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
    page = None

    for view in csrf.current_views():
        page = getattr(view, _PAGE, None)

        if page is view:
            return True

    if page is not None:
        _require_route(page)

    return False


def _require_route(page: Callable[..., Any]) -> None:
    """Refuse ``@forms.page`` above the route, where no request comes by."""
    views: Any = current_app.view_functions.values()

    found = (unwrap(view, stop=lambda layer: layer is page) for view in views)

    if page not in found:
        code = unwrap(page).__code__
        raise RuntimeError(
            f"The view {request.endpoint!r} does not take the posts of its forms: its"
            " '@forms.page' stands above the route decorator, which took the bare"
            " function. Put the route decorator on top."
            f" ({code.co_filename}:{code.co_firstlineno})"
        )
