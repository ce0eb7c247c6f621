"""The page to go to after signing in, signed: nobody else can send people there."""

from __future__ import annotations

from flask import request
from itsdangerous import BadSignature

from .state import current_state
from .tokens import signer


def seal_next(path: str) -> str:
    """Return the path as it may stand in a link or a form."""
    sealed: str = signer(current_state().secret_keys(), "next").dumps(path)
    return sealed


def open_next(sealed: str) -> str | None:
    """Return the path that was sealed, ``None`` for anything else."""
    try:
        path = signer(current_state().secret_keys(), "next").loads(sealed)
    except BadSignature:
        return None
    return path if isinstance(path, str) and is_local(path) else None


def home() -> str:
    """Return the path to go to when no page is to be come back to."""
    return request.script_root + current_state().home


def is_local(path: str) -> bool:
    """Tell whether a browser that is sent to this path stays on the site."""
    # Browsers take "//host", "/\host" and "/<tab>/host" for addresses of other sites.
    return path.startswith("/") and path[1:2] not in {"/", "\\"} and path.isprintable()
