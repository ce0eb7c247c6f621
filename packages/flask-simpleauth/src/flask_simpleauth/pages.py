"""What our pages have in common."""

from __future__ import annotations

from typing import cast

from flask import Response, redirect, request
from flask_nameform import FormError

from .errors import AuthError, TryLater
from .state import current_state
from .texts import say
from .way_back import home, open_next


def render(template: str, **context: object) -> str:
    """Render one of our pages in the site's layout."""
    state = current_state()
    context["home"] = home()
    context["kept_by_hand"] = state.services().has_fixed_users
    return state.layout.render(template, state.settings().base_template, **context)


def go_home() -> Response:
    """Lead away from a page the visitor has no use for."""
    return cast(Response, redirect(home(), 303))


def go_on() -> Response:
    """Lead who is signed in by now to the page they had asked for."""
    page = open_next(request.args.get("next", ""))
    return cast(Response, redirect(page or home(), 303))


def refused(error: AuthError, more: str = "") -> FormError:
    """Return what shows a form again with the error and its status.

    :param more: another sentence to the person.
    """
    headers: dict[str, str] = {}
    if isinstance(error, TryLater):
        headers["Retry-After"] = str(error.retry_after)
    message = f"{say(error)} {more}".rstrip()
    return FormError(message, status=error.status, headers=headers)
