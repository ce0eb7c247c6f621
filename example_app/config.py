"""The configuration: from the environment, with defaults that need no set-up.

``flask run`` reads a file ``.env`` into the environment, since python-dotenv is there.
"""

from __future__ import annotations

import os
import re
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any


def defaults(instance_path: str) -> dict[str, Any]:
    """Return the configuration.

    :param instance_path: the folder for what belongs to this machine alone: the
        database and the secret key.
    """
    folder = Path(instance_path)
    folder.mkdir(parents=True, exist_ok=True)
    own_file = f"sqlite:///{folder / 'guestbook.sqlite3'}"
    database = os.environ.get("DATABASE_URL") or own_file
    origin = os.environ.get("ORIGIN") or None
    is_secure = bool(origin and origin.startswith("https:"))

    return {
        "SECRET_KEY": os.environ.get("SECRET_KEY") or _kept_secret(folder),
        "SQLALCHEMY_DATABASE_URI": _with_driver(database),
        "SQLALCHEMY_ENGINE_OPTIONS": {
            # a connection that the server has closed meanwhile is no error
            "pool_pre_ping": True,
            # what a statement that fails was given is not for the log
            "hide_parameters": True,
        },
        "REDIS_URL": os.environ.get("REDIS_URL") or None,
        "REDIS_PREFIX": os.environ.get("REDIS_PREFIX", "guestbook:"),
        "MAIL_URL": os.environ.get("MAIL_URL") or None,
        "PROXIES": int(os.environ.get("PROXIES") or 0),
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
        # Never there half written: several workers may start at once.
        draft = folder / f"secret_key.{secrets.token_hex(8)}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_hex())
        with suppress(FileExistsError):
            file.hardlink_to(draft)
        draft.unlink()
    return file.read_text()


def _with_driver(url: str) -> str:
    """Name our driver in the ``postgres://`` or ``postgresql://`` that hosts give."""
    return re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", url)
