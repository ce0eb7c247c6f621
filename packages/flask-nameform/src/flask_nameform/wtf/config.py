"""Flask-WTF's configuration keys, read each time they count."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from flask import current_app

#: The keys and what they are by default.
DEFAULTS: Mapping[str, Any] = {
    "WTF_CSRF_ENABLED": True,
    "WTF_CSRF_CHECK_DEFAULT": True,
    "WTF_CSRF_METHODS": {"POST", "PUT", "PATCH", "DELETE"},
    "WTF_CSRF_FIELD_NAME": "csrf_token",
    "WTF_CSRF_HEADERS": ["X-CSRFToken", "X-CSRF-Token"],
    "WTF_CSRF_META_NAME": "csrf-token",
    # Seconds; ``None`` for as long as the session.
    "WTF_CSRF_TIME_LIMIT": 3600,
    "WTF_CSRF_SSL_STRICT": True,
    # The app's ``SECRET_KEY``.
    "WTF_CSRF_SECRET_KEY": None,
    "WTF_I18N_ENABLED": True,
}


def configured(key: str) -> Any:
    """Return what the current app has under one of the keys."""
    config = cast("Mapping[str, Any]", current_app.config)
    return config.get(key, DEFAULTS[key])
