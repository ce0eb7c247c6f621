"""Where the focus is on a page with a form that was not accepted (WCAG 2.2, 2.4.3).

It is on the summary of what is wrong, or on the first field that is. A page has one
place with the focus (HTML, ``autofocus``).
"""

from __future__ import annotations

from flask import has_request_context, request
from wtforms import Field

from .fieldview import kind_of, own_errors
from .formdata import walk

_TAKEN = "flask_nameform.focus"


def take_focus() -> bool:
    """Return whether what is printed now gets the focus; nothing after it does."""
    if not has_request_context() or _TAKEN in request.environ:
        return False

    request.environ[_TAKEN] = True
    return True


def focus_problem(field: Field) -> None:
    """Give the focus to what is wrong in a field, unless something has it already."""
    wrong = (f for f in walk([field]) if own_errors(f) and kind_of(f) != "hidden")
    first = next(wrong, None)

    if first is not None and take_focus():
        first.render_kw = {**(first.render_kw or {}), "autofocus": True}
