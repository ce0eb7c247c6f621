"""The configuration: from the environment, with defaults that need no set-up.

``flask run`` reads a file ``.env`` into the environment, since python-dotenv is there.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any


def defaults(instance_path: str) -> dict[str, Any]:
    """Return the configuration.

    :param instance_path: the folder for what belongs to this machine alone: the
        database and the secret key.
    """
    folder = Path(instance_path)
    folder.mkdir(parents=True, exist_ok=True)
    database = f"sqlite:///{folder / 'guestbook.sqlite3'}"
    origin = os.environ.get("ORIGIN")
    is_secure = bool(origin and origin.startswith("https:"))

    return {
        "SECRET_KEY": os.environ.get("SECRET_KEY") or _kept_secret(folder),
        "SQLALCHEMY_DATABASE_URI": os.environ.get("DATABASE_URL", database),
        "REDIS_URL": os.environ.get("REDIS_URL"),
        "REDIS_PREFIX": os.environ.get("REDIS_PREFIX", "guestbook:"),
        "MAIL_URL": os.environ.get("MAIL_URL"),
        "PROXIES": int(os.environ.get("PROXIES", "0")),
        "SESSION_COOKIE_SAMESITE": "Lax",
        # by that name no other host can plant it, and no page by http
        "SESSION_COOKIE_NAME": "__Host-session" if is_secure else "session",
        "SESSION_COOKIE_SECURE": is_secure,
        "SIMPLEAUTH_ORIGIN": origin,
        # one key each puts the extensions' pages into the site's layout
        "GREET_BASE_TEMPLATE": "layout.html",
        "NAMEFORM_BASE_TEMPLATE": "layout.html",
        "SIMPLEAUTH_BASE_TEMPLATE": "layout.html",
    }


def _kept_secret(folder: Path) -> str:
    """Return this machine's secret key, made at the first start."""
    file = folder / "secret_key"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_hex())
    return file.read_text()
