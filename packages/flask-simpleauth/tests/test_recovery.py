from __future__ import annotations

import pytest
from flask import Flask
from flask_simpleauth import BadCredentials, SimpleAuth, WeakPassword, recovery
from flask_simpleauth.errors import LinkIsDead
from flask_simpleauth.state import current_state

PASSWORD = "correct horse battery"
NEW = "staple correct horse"


def test_new_password(app: Flask, auth: SimpleAuth) -> None:
    """The key's owner gets the new password; one that will not do leaves it good."""
    with app.app_context():
        ada = auth.create_user("ada@example.org", PASSWORD)
        services = current_state().services()
        key, other = (recovery.start_reset(services, ada) for _ in range(2))
        with pytest.raises(WeakPassword):
            recovery.finish_reset(services, key, "short")
        assert recovery.owner_of(services, key).id == ada.id
        assert recovery.finish_reset(services, key, NEW).id == ada.id

        assert auth.authenticate("ada@example.org", NEW).id == ada.id
        with pytest.raises(BadCredentials):
            auth.authenticate("ada@example.org", PASSWORD)
        with pytest.raises(LinkIsDead):
            recovery.owner_of(services, other)
