"""Error pages in the site's layout, for people; programs keep Flask's own answers."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, current_app, render_template, request
from sqlalchemy.exc import OperationalError, TimeoutError
from werkzeug.exceptions import HTTPException, ServiceUnavailable

from .texts import gettext


def init_app(app: Flask) -> None:
    """Show errors as pages."""
    app.register_error_handler(HTTPException, _show)
    # Accounts say it themselves; the rest of the site is in the same database.
    for error in (OperationalError, TimeoutError):
        app.register_error_handler(error, _show_outage)


def _show_outage(error: Exception) -> Any:  # what a view may return
    # To SQLite this is an error of the same kind, and no waiting helps.
    if "no such table" in str(error):
        raise error

    current_app.logger.error("The database is unavailable.", exc_info=error)
    return _show(ServiceUnavailable(retry_after=5))


def _show(error: HTTPException) -> Any:  # what a view may return
    accepted = request.accept_mimetypes

    # An error may carry its answer, such as the way to the sign-in page.
    if error.response is not None or (accepted and not accepted.accept_html):
        return error

    response: Response = error.get_response()  # type: ignore[assignment] # with the headers it needs, such as Retry-After
    response.set_data(_page(error.code or 500))
    return response


def _page(code: int) -> str:
    # After a failure the layout, which asks the database who is there, may fail too.
    template = "broken.html" if code in (500, 503) else "error.html"
    titles = {
        400: gettext("That could not be understood"),
        403: gettext("That is not for you"),
        404: gettext("There is nothing here"),
        429: gettext("Too often: please wait a little"),
        500: gettext("Something broke on our side"),
        503: gettext("Too busy: please try again in a moment"),
    }
    title = titles.get(code, gettext("That did not work"))
    return render_template(template, title=title, code=code)
