"""The view behind named forms: bind, validate, hand over, answer."""

from __future__ import annotations

from dataclasses import replace

from flask import abort, current_app, redirect, request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType
from werkzeug.wrappers import Response
from wtforms.validators import ValidationError

from . import csrf, marker
from .arguments import is_trusted, load
from .form import EXPIRED, Form, FormError, Identity
from .formdata import posted_in_request
from .marker import Marker
from .registry import Definition, Result, current_state
from .rendering import show_named
from .submission import Submission, collect_errors, current_exchange

_FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


# It asks by itself, with the form at hand to show again.
@csrf.exempt
def submit(name: str) -> Response:
    """Take what was posted to a named form.

    A handler is authorised like any view: the guards of this endpoint's blueprint have
    run, those of the page that showed the form have not.
    """
    prefix = (request.endpoint or "").rpartition(".")[0]
    full_name = f"{prefix}.{name}" if prefix else name
    definition = current_state().registry.find(full_name)

    if definition is None:
        abort(404)

    exchange = current_exchange()

    if exchange and exchange.alone and exchange.submission:
        return _stand_alone(definition, exchange.submission)

    _require_form(full_name)
    mark = marker.read(request.form.get(marker.FIELD, ""), full_name)

    if not csrf.allows(full_name, own_form=True) or not is_trusted(mark, definition):
        errors = {"": [EXPIRED]}
        refused = Submission(mark, posted_in_request().without_files(), errors, 400)
        return _again(definition, refused)

    return _handle(definition, mark)


def _require_form(full_name: str) -> None:
    """Refuse what is no form, and a form of a view that came here by mistake."""
    has_body = request.mimetype or request.content_length

    if has_body and request.mimetype not in _FORM_TYPES:
        raise UnsupportedMediaType(
            "This is the address of a form."
            f" Send its fields as {' or '.join(_FORM_TYPES)}."
        )

    # Without an action, a form by hand goes to the address in the address bar; after a
    # submission that was not accepted, that is this one.
    posted = request.form.get(marker.FIELD, full_name)

    if "." not in posted and posted not in ("", full_name):
        raise BadRequest("This is the address of another form.")


def _handle(definition: Definition, mark: Marker) -> Response:
    identity = Identity(mark.name, mark.key, submitted=True)
    loaded = load(mark, definition)
    form = definition.form_class(obj=loaded, meta={"nameform": identity})

    if not form.validate():
        return _again(definition, _not_accepted(form, mark))

    try:
        taken = (form, loaded) if definition.load else (form,)
        result = current_app.ensure_sync(definition.handler)(*taken)
    except ValidationError as error:
        form.form_errors = [*form.form_errors, *error.args[:1]]
        return _again(definition, _not_accepted(form, mark, error))

    if form.errors:
        return _again(definition, _not_accepted(form, mark))

    return _answer(result, mark, definition)


def _not_accepted(
    form: Form, mark: Marker, error: ValidationError | None = None
) -> Submission:
    posted = posted_in_request().without_files()
    submission = Submission(mark, posted, collect_errors(form))

    if isinstance(error, FormError):
        return replace(submission, status=error.status, headers=error.headers)

    return submission


def _answer(result: Result, mark: Marker, definition: Definition) -> Response:
    """Answer a submission that was accepted."""
    if result is None:
        return redirect(marker.page_url(mark.page), 303)
    if isinstance(result, str):
        return redirect(result, 303)
    if not isinstance(result, Response):
        raise RuntimeError(
            f"The handler of the form {mark.name!r} returned {type(result).__name__}."
            " It has to return None, a URL or a response."
            f" It is at {definition.place}."
        )
    if result.status_code == 302:
        # Only 303 says that what follows is a GET (RFC 9110, 15.4.4).
        result.status_code = 303

    return result


def _again(definition: Definition, submission: Submission) -> Response:
    """Ask for the page that showed the form, or show it here if that cannot be."""
    exchange = current_exchange()

    page = submission.marker.page

    if exchange is None or exchange.over or page is None:
        return _stand_alone(definition, submission)

    exchange.submission = submission
    exchange.page = page
    exchange.posted_to = request.environ["PATH_INFO"]
    return Response("Not accepted.", submission.status)


def _stand_alone(definition: Definition, submission: Submission) -> Response:
    """Show the form on a page of its own: input is never lost.

    :raises werkzeug.exceptions.BadRequest: if only its own page can tell whether this
        visitor may see what the form is about, and that does not show it.
    """
    if not is_trusted(submission.marker, definition):
        raise BadRequest(EXPIRED)

    state = current_state()
    html = state.layout.render(
        "nameform/form.html",
        state.settings.get(serving=True).base_template,
        form=show_named(definition, submission.marker, submission),
        title=definition.title,
    )
    response = current_app.make_response((html, submission.status))
    response.headers.update(submission.headers)
    return response
