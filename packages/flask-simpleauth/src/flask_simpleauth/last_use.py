"""When a token was last used: noted now and then, and never in the way of a page."""

from __future__ import annotations

import logging

from .store import Token, TokenStore

logger = logging.getLogger(__name__)

#: Seconds between two notes of a token's last use: one write in ten minutes instead of
#: one for each request.
NOTED_AFTER = 600


def note_use(
    tokens: TokenStore, token: Token, now: int, *, after: int = NOTED_AFTER
) -> None:
    """Note that the token is used now, if that was not noted a moment ago.

    :param after: seconds since the last note.
    """
    if now - token.seen_at < after:
        return
    try:
        tokens.touch(token.digest, now)
    except Exception:
        # The note is a convenience; the page is what was asked for.
        logger.warning("The last use of a %s was not noted.", token.kind, exc_info=True)
