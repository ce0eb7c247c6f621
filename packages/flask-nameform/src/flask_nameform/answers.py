"""What the client gets: one outcome, as a page, a fragment for htmx, or JSON."""

from __future__ import annotations

from flask import current_app, jsonify, make_response, redirect, request
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from . import marker
from .arguments import is_trusted
from .form import EXPIRED
from .jsonbody import UnreadableError
from .marker import Marker
from .registry import Definition, Result, current_state
from .showing import show_named
from .submission import Submission, current_exchange, messages
from .wanted import Wanted, is_turbo, wanted

# What a client of HTML follows by itself, to a page.
_REDIRECTS = (301, 302, 303)


def accepted(result: Result, mark: Marker, definition: Definition) -> Response:
    """Answer a submission that was accepted with what the handler returned."""
    response = _response(result, mark, definition)

    if response.status_code not in _REDIRECTS:
        return response

    kind = wanted()

    if kind is Wanted.JSON:
        url = response.headers.pop("Location")
        return _replace(response, 200, jsonify(ok=True, redirect=url))
    if kind is Wanted.FRAGMENT:
        # It would follow a redirect by itself, and put the page where the form was.
        response.headers["HX-Redirect"] = response.headers.pop("Location")
        return _replace(response, 204, make_response(""))
    if response.status_code == 302:
        # Only 303 says that what follows is a GET (RFC 9110, 15.4.4).
        response.status_code = 303

    return response


def not_accepted(definition: Definition, submission: Submission) -> Response:
    """Answer with the errors, or ask for what shows the form again."""
    exchange = current_exchange()

    if wanted() is Wanted.JSON:
        answer = jsonify(errors=messages(submission.errors))
        answer.status_code = submission.status
        answer.headers.update(submission.headers)
        return answer
    if exchange is None or exchange.over:
        return shown_alone(definition, submission)

    exchange.submission = submission
    exchange.page = submission.marker.page if wanted() is Wanted.PAGE else None
    exchange.posted_to = request.environ["PATH_INFO"]
    return Response("Not accepted.", submission.status)


def rows_changed(definition: Definition, submission: Submission) -> Response:
    """Answer a button that adds or removes a row: show the form again with the change.

    Nothing went wrong, so that is a 200. Turbo shows no such answer to a form, and gets
    the 422 of a form that was not accepted.
    """
    if wanted() is Wanted.JSON:
        return refused(
            UnreadableError(
                "Rows are added and removed on a page. Send the form with its rows."
            )
        )

    status = 422 if is_turbo() else 200
    return not_accepted(definition, submission._replace(status=status))


def shown_alone(definition: Definition, submission: Submission) -> Response:
    """Show the form without its page: input is never lost.

    :raises werkzeug.exceptions.BadRequest: if only its page can tell whether this
        visitor may see what the form is about, and that does not show it.
    """
    if not is_trusted(submission.marker, definition):
        raise BadRequest(str(EXPIRED))

    form = show_named(definition, submission.marker, submission)
    status = submission.status
    settings = current_state().settings.get(serving=True)

    if wanted() is Wanted.FRAGMENT:
        html = str(form)
        status = 200 if settings.fragment_status == 200 else status
    else:
        html = current_state().layout.render(
            "nameform/form.html",
            settings.base_template,
            form=form,
            title=definition.title,
            failed=bool(messages(submission.errors)),
        )

    response = current_app.make_response((html, status))
    response.headers.update(submission.headers)
    return response


def refused(error: BadRequest) -> Response:
    """Answer a request that is not to be trusted, or not to be understood.

    Nothing of what it sent is in the answer.

    :raises werkzeug.exceptions.BadRequest: the error, for the app to show it.
    """
    if wanted() is not Wanted.JSON:
        raise error

    answer = jsonify(errors={"": [error.description]})
    answer.status_code = 400
    return answer


def _response(result: Result, mark: Marker, definition: Definition) -> Response:
    if result is None:
        return redirect(marker.page_url(mark.page), 303)
    # No URL begins with a "<", and the HTML of a template does. One that is empty would
    # be the address of the form, which shows nothing.
    if isinstance(result, str) and not result.lstrip().startswith("<") and result:
        return redirect(result, 303)
    if not isinstance(result, Response):
        text = "HTML" if result else "an empty text"
        kind = text if isinstance(result, str) else type(result).__name__
        raise RuntimeError(
            f"The handler of the form {mark.name!r} returned {kind}. It has to return"
            " None, a URL, or a response, such as make_response(render_template(...))."
            f" It is at {definition.place}."
        )

    return result


def _replace(response: Response, status: int, body: Response) -> Response:
    """Put another body into a response whose headers are kept, such as cookies."""
    response.status_code = status
    response.content_type = body.content_type
    response.set_data(body.get_data())
    return response
