"""What ``SIMPLEAUTH_SIGN_UP`` lets visitors do."""

from __future__ import annotations

from .invitations import INVITE, SIGN_UP
from .links import Purpose
from .state import current_state


def is_open() -> bool:
    """Tell whether everybody may sign up."""
    return current_state().settings().sign_up == "open"


def good_links() -> tuple[Purpose, ...]:
    """Return what a link may be for that makes an account."""
    mode = current_state().settings().sign_up
    return {"open": (INVITE, SIGN_UP), "invite": (INVITE,), "closed": ()}[mode]
