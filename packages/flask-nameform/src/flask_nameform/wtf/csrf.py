"""Flask-WTF's CSRF protection, which asks the browser before it asks for a token.

What :mod:`flask_nameform.policy` says of the headers of a request comes first: they may
veto it, or prove it. Only where they say nothing does the token decide, and over https
the ``Referer``, as in Flask-WTF.
"""

from __future__ import annotations

import logging
from copy import copy
from typing import Any, TypeVar, cast
from urllib.parse import SplitResult, urlsplit

from flask import Flask, current_app, g, request
from markupsafe import Markup
from wtforms import ValidationError
from wtforms.csrf.core import CSRF, CSRFTokenField
from wtforms.fields import HiddenField
from wtforms.fields.core import UnboundField
from wtforms.form import BaseForm

from .. import csrf
from ..i18n import LazyText, texts
from ..identity import Identity
from ..pages import posted_here
from ..policy import SAFE_METHODS, Verdict
from ..settings import KEY
from .config import DEFAULTS, configured
from .token import csrf_meta_tag, generate_csrf, validate_csrf

__all__ = [
    "CSRFError",
    "CSRFProtect",
    "csrf_meta_tag",
    "generate_csrf",
    "logger",
    "same_origin",
    "validate_csrf",
]

logger = logging.getLogger(__name__)

# What WTForms lets a prefix end with.
_SEPARATORS = tuple("-_;:/.")

Exemptible = TypeVar("Exemptible")


class CSRFError(csrf.CSRFError):
    """The request was refused; the description says why. Status 400."""

    def __init__(self, reason: str | None = None) -> None:
        said = texts.gettext("CSRF validation failed.") if reason is None else reason
        super().__init__(str(said))
        self.description = self.reason


class CSRFProtect:
    """Protects each view of an app.

    .. code-block:: python

        csrf = CSRFProtect(app)
    """

    def __init__(self, app: Flask | None = None) -> None:
        self._exempt_names: set[str] = set()

        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Attach to an app, and put ``csrf_token`` and ``csrf_meta_tag`` in templates.

        Where it is attached, :class:`~flask_nameform.Forms` guard their own endpoints
        only.
        """
        if not isinstance(app.extensions.get("csrf"), CSRFProtect):
            app.before_request(_protect)

        app.extensions["csrf"] = self
        app.add_template_global(generate_csrf, "csrf_token")
        app.add_template_global(csrf_meta_tag)

        config = cast("dict[str, Any]", app.config)
        for key, value in DEFAULTS.items():
            if value is not None:
                config.setdefault(key, copy(value))

    def protect(self, apply_exemptions: bool = False) -> None:
        """Refuse the current request unless it is the visitor who wants it.

        :param apply_exemptions: let those of :meth:`exempt` pass, as well as requests
            for what is not there.
        :raises CSRFError: if it was refused.
        """
        if apply_exemptions and (request.url_rule is None or self._is_exempt()):
            return
        if request.method not in configured("WTF_CSRF_METHODS"):
            return
        if not _headers_prove():
            _require_token()

        g.csrf_valid = True

    def exempt(self, view: Exemptible) -> Exemptible:
        """Leave a view, a class view or a blueprint unprotected; a decorator.

        It is about this very object, and blueprints nested in it. A view may also be
        given by the name of its module and function.
        """
        if isinstance(view, str):
            self._exempt_names.add(view)
            return view

        return csrf.exempt(view)

    def _is_exempt(self) -> bool:
        view: Any = current_app.view_functions.get(request.endpoint or "")
        name = ".".join(getattr(view, part, "") for part in ("__module__", "__name__"))
        return csrf.is_exempt() or name in self._exempt_names


class TokenField(CSRFTokenField):
    """The hidden field with the token, which is made when it is shown.

    It brings along the field that tells forms on a page apart, for templates that show
    ``form.csrf_token`` instead of ``form.hidden_tag()``.
    """

    def process(self, *args: Any, **kwargs: Any) -> None:
        # CSRFTokenField's own would make the token now.
        HiddenField.process(self, *args, **kwargs)

    @property
    def current_token(self) -> str:  # type: ignore[override] # an attribute in WTForms
        """The token of this request."""
        return str(self.csrf_impl.generate_csrf_token(self))

    def __call__(self, **kwargs: object) -> Markup:
        """Return the HTML of both."""
        identity: Identity = self.meta.nameform
        own_form = identity.has_own_address

        if own_form or _is_left_to_others():
            token = csrf.hidden_field(identity.name, own_form=own_form)
        else:
            token = super().__call__(**kwargs)

        return identity.tag() + token


class FormCSRF(CSRF):
    """What gives a :class:`~flask_nameform.wtf.FlaskForm` its token and checks it."""

    field_class = TokenField

    def setup_form(self, form: BaseForm) -> list[tuple[str, UnboundField[Any]]]:
        self.meta = form.meta
        return super().setup_form(form)

    def generate_csrf_token(self, csrf_token_field: CSRFTokenField) -> str:
        if _is_left_to_others():
            identity: Identity = self.meta.nameform
            return csrf.view_token(identity.name)

        return generate_csrf(self.meta.csrf_secret, self.meta.csrf_field_name)

    def validate_csrf_token(self, form: BaseForm, field: CSRFTokenField) -> None:
        if form_is_proven():
            return

        try:
            validate_csrf(
                field.data,
                self.meta.csrf_secret,
                self.meta.csrf_time_limit,
                self.meta.csrf_field_name,
            )
        except ValidationError as error:
            logger.info(_in_english(error.args[0]))
            raise


# Its name in Flask-WTF; private there, and yet there are subclasses of it.
_FlaskFormCSRF = FormCSRF


def form_is_proven() -> bool:
    """Return whether a form in the current request needs no token of its own.

    :raises CSRFError: if the headers veto the request.
    """
    return g.get("csrf_valid", False) or csrf.is_proven() or _headers_prove()


def same_origin(current_uri: str, compare_uri: str) -> bool:
    """Return whether two URLs have scheme, host and port in common."""
    try:
        return _origin(urlsplit(current_uri)) == _origin(urlsplit(compare_uri))
    except ValueError:
        return False


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port


def _protect() -> None:
    protection: CSRFProtect = current_app.extensions["csrf"]

    if not configured("WTF_CSRF_ENABLED") or not configured("WTF_CSRF_CHECK_DEFAULT"):
        return

    # What takes a named form asks by itself, with the form at hand to show again.
    if posted_here() is None:
        protection.protect(apply_exemptions=True)


def _headers_prove() -> bool:
    """Tell whether the headers prove the request; if not, a token has to."""
    if request.method in SAFE_METHODS:
        return False  # they may be those of a link on the site itself

    # As for a form of ours: no cookies are no proof here.
    decision = csrf.headers_decide(own_form=True)

    if decision.verdict is Verdict.VETO:
        raise _refusal(decision.reason)

    return decision.verdict is Verdict.PASS


def _require_token() -> None:
    try:
        validate_csrf(_posted_token())
    except ValidationError as error:
        raise _refusal(error.args[0]) from error

    is_said = "Origin" in request.headers or "Sec-Fetch-Site" in request.headers

    if request.is_secure and configured("WTF_CSRF_SSL_STRICT") and not is_said:
        _require_referrer()


def _require_referrer() -> None:
    if not request.referrer:
        raise _refusal(texts.lazy("The referrer header is missing."))
    if not same_origin(request.referrer, f"https://{request.host}/"):
        raise _refusal(texts.lazy("The referrer does not match the host."))


def _posted_token() -> str | None:
    """Return the token in the field, or that of a form with a prefix, or a header."""
    field = configured("WTF_CSRF_FIELD_NAME")
    fields = [field, *(key for key in request.form if _is_prefixed(key, field))]
    headers = configured("WTF_CSRF_HEADERS")
    found = [*map(request.form.get, fields), *map(request.headers.get, headers)]
    return next(filter(None, found), None)


def _is_prefixed(key: str, field: str) -> bool:
    return key.endswith(field) and key.removesuffix(field).endswith(_SEPARATORS)


def _is_left_to_others() -> bool:
    """Tell whether the views of the app are protected, and not by us."""
    extensions = current_app.extensions
    protection = extensions.get("csrf") or extensions.get(KEY)
    return protection is not None and not isinstance(protection, CSRFProtect)


def _refusal(reason: str) -> CSRFError:
    logger.info(_in_english(reason))
    return CSRFError(reason)


def _in_english(reason: object) -> str:
    """Return a reason for the log, in which visitors' languages are of no use."""
    return reason.source if isinstance(reason, LazyText) else str(reason)
