from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask_simpleauth import SimpleAuth, Token, recovery
from flask_simpleauth.errors import LinkIsDead
from flask_simpleauth.state import current_state
from flask_simpleauth.stores.memory import MemoryStore, MemoryTokens

PASSWORD = "correct horse battery"


class RacedTokens(MemoryTokens):
    """Tokens that somebody else consumes a moment before us."""

    def consume(self, digest: str, kind: str, now: int) -> Token | None:
        super().consume(digest, kind, now)
        return super().consume(digest, kind, now)


def test_somebody_was_quicker(app: Flask) -> None:
    """A link used by somebody else between look and use sets no password."""
    store: Any = MemoryStore()
    store.tokens = RacedTokens()
    auth = SimpleAuth(app, store=store)
    with app.app_context():
        ada = auth.create_user("ada@example.org", PASSWORD)
        services = current_state().services()
        key = recovery.start_reset(services, ada)
        with pytest.raises(LinkIsDead):
            recovery.finish_reset(services, key, "staple correct horse")

        assert auth.authenticate("ada@example.org", PASSWORD).id == ada.id
