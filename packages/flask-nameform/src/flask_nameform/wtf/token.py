"""Flask-WTF's token: signed, with a time limit, proving a value in the session.

Its own tokens are accepted too, so that pages that are open while the import lines
change can still be sent.
"""

from __future__ import annotations

import hmac
import secrets
from typing import Any

from flask import current_app, g, session
from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer
from markupsafe import Markup
from wtforms import ValidationError

from ..i18n import texts
from ..masking import masked, proves
from ..settings import signing_keys
from .config import configured


def generate_csrf(
    secret_key: str | bytes | None = None, token_key: str | None = None
) -> str:
    """Return a token for the current session, the same one throughout a request.

    :param secret_key: signs it; by default ``WTF_CSRF_SECRET_KEY`` or ``SECRET_KEY``.
    :param token_key: where the session keeps what it proves; by default
        ``WTF_CSRF_FIELD_NAME``.
    :raises RuntimeError: if there is no key to sign it with.
    """
    serializer = _serializer(secret_key)
    key = token_key or configured("WTF_CSRF_FIELD_NAME")
    # The one of this request, unless its session has been emptied since.
    kept: str | None = g.get(key) if _is_default(secret_key) else None

    if kept is not None and _secret(key) is not None:
        return kept

    secret = _secret(key)

    if secret is None:
        secret = session[key] = secrets.token_hex(32)

    token = str(serializer.dumps(masked(secret)))

    if _is_default(secret_key):
        setattr(g, key, token)

    return token


def validate_csrf(
    data: str | None,
    secret_key: str | bytes | None = None,
    time_limit: int | None = None,
    token_key: str | None = None,
) -> None:
    """Require a token of the current session, whatever the request's headers say.

    :param time_limit: how many seconds it is good for; by default
        ``WTF_CSRF_TIME_LIMIT``.
    :raises wtforms.ValidationError: if it is none.
    """
    secret = _secret(token_key or configured("WTF_CSRF_FIELD_NAME"))

    if not data:
        raise ValidationError(texts.lazy("The CSRF token is missing."))
    if secret is None:
        raise ValidationError(texts.lazy("The CSRF session token is missing."))
    if time_limit is None:
        time_limit = configured("WTF_CSRF_TIME_LIMIT")

    try:
        token: Any = _serializer(secret_key).loads(data, max_age=time_limit)
    except SignatureExpired as error:
        raise ValidationError(texts.lazy("The CSRF token has expired.")) from error
    except (BadData, UnicodeError) as error:
        raise ValidationError(texts.lazy("The CSRF token is invalid.")) from error

    if not proves(str(token), secret, "") and not _is_secret(token, secret):
        raise ValidationError(texts.lazy("The CSRF tokens do not match."))


def csrf_meta_tag(
    name: str | None = None,
    secret_key: str | bytes | None = None,
    token_key: str | None = None,
) -> Markup:
    """Return a ``meta`` element with the token, for scripts.

    :param name: of the element; by default ``WTF_CSRF_META_NAME``.
    """
    return Markup('<meta name="{}" content="{}">').format(
        name or configured("WTF_CSRF_META_NAME"), generate_csrf(secret_key, token_key)
    )


def _secret(key: str) -> str | None:
    """Return what the session keeps there, if we can use it."""
    value: object = session.get(key)
    return value if isinstance(value, str) else None


def _is_secret(token: object, secret: str) -> bool:
    """Tell whether it is a token as Flask-WTF makes them, which are not masked."""
    return hmac.compare_digest(str(token).encode(), secret.encode())


def _is_default(secret_key: str | bytes | None) -> bool:
    own = configured("WTF_CSRF_SECRET_KEY") or current_app.secret_key
    return secret_key in (None, own)


def _serializer(secret_key: str | bytes | None) -> URLSafeTimedSerializer:
    own = secret_key or configured("WTF_CSRF_SECRET_KEY")
    is_apps = own in (None, current_app.secret_key)
    keys: list[Any] = signing_keys("CSRF tokens") if is_apps else [own]
    # Salt and digest are Flask-WTF's.
    return URLSafeTimedSerializer(keys, salt="wtf-csrf-token")
