"""The view behind named forms: bind, validate, hand over."""

from __future__ import annotations

from collections.abc import Callable

from flask import abort, current_app, request
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.wrappers import Response
from wtforms.validators import ValidationError

from . import csrf, marker
from .answers import accepted, not_accepted, refused, rows_changed, shown_alone
from .arguments import is_trusted, load
from .form import EXPIRED, Form, FormError
from .formdata import posted_in_request, posted_text
from .hints import UNTRUSTED
from .identity import Identity
from .jsonbody import UnreadableError
from .marker import Marker
from .registry import Definition, Result, current_state
from .submission import Submission, collect_errors, current_exchange

_FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


# It asks by itself, with the form at hand to show again.
@csrf.exempt
def submit(name: str, **values: object) -> Response:
    """Take what was posted to the address of a named form.

    More values than the name are those of a blueprint's ``url_prefix``.

    A handler is authorised like any view: the guards of this endpoint's blueprint have
    run, those of the page that showed the form have not.
    """
    # "admin.name" here would be the form of a blueprint whose guards have not run.
    if "." in name:
        abort(404)

    prefix = (request.endpoint or "").rpartition(".")[0]
    return take(f"{prefix}.{name}" if prefix else name)


def take(full_name: str) -> Response:
    """Take what the current request posts to the named form."""
    exchange = current_exchange()

    if exchange:
        exchange.of_form = True

    definition = current_state().registry.find(full_name)
    handler = definition.handler if definition else None

    if definition is None or handler is None:
        abort(404)
    if exchange and exchange.alone and exchange.submission:
        return shown_alone(definition, exchange.submission)

    try:
        return _check(definition, handler, full_name)
    except (csrf.CSRFError, UnreadableError) as error:
        return refused(error)


def _check(
    definition: Definition, handler: Callable[..., Result], full_name: str
) -> Response:
    text = posted_text(marker.FIELD, "")
    _require_form(full_name, text)
    mark = marker.read(text, full_name)

    if not csrf.allows(full_name, own_form=True) or not _is_trusted(mark, definition):
        posted = posted_in_request().without_files()
        return not_accepted(
            definition, Submission(mark, posted, {"": [str(EXPIRED)]}, 400)
        )

    return _handle(definition, handler, mark)


def _is_trusted(mark: Marker, definition: Definition) -> bool:
    trusted = is_trusted(mark, definition)

    if not trusted:
        current_app.logger.debug("The form %s: %s", mark.name, UNTRUSTED)

    return trusted


def _require_form(full_name: str, marker_text: str) -> None:
    """Refuse what is no form, and a form of a view that came here by mistake."""
    has_body = request.mimetype or request.content_length

    if has_body and request.mimetype not in _FORM_TYPES and not request.is_json:
        raise UnsupportedMediaType(
            "This is the address of a form."
            f" Send its fields as {', '.join(_FORM_TYPES)} or application/json."
        )

    # Without an action, a form by hand goes to the address in the address bar; after a
    # submission that was not accepted, that is this one.
    if "." not in marker_text and marker_text not in ("", full_name):
        raise UnreadableError("This is the address of another form.")


def _handle(
    definition: Definition, handler: Callable[..., Result], mark: Marker
) -> Response:
    identity = Identity(mark.name, mark.key, submitted=True)
    loaded = load(mark, definition)
    form = definition.form_class(obj=loaded, meta={"nameform": identity})

    if form.row_change:
        return rows_changed(definition, _submission(form, mark))
    if not form.validate():
        return not_accepted(definition, _submission(form, mark))

    try:
        taken = (form, loaded) if definition.load else (form,)
        result = current_app.ensure_sync(handler)(*taken)
    except ValidationError as error:
        form.form_errors = [*form.form_errors, *error.args[:1]]
        return not_accepted(definition, _submission(form, mark, error))

    if form.errors:
        return not_accepted(definition, _submission(form, mark))

    return accepted(result, mark, definition)


def _submission(
    form: Form, mark: Marker, error: ValidationError | None = None
) -> Submission:
    posted = posted_in_request().without_files()
    submission = Submission(mark, posted, collect_errors(form))

    if isinstance(error, FormError):
        return submission._replace(status=error.status, headers=error.headers)

    return submission
