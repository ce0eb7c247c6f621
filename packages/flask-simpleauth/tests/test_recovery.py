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


@pytest.mark.parametrize("mailed", [True, False])
def test_confirms_by_mail_alone(app: Flask, auth: SimpleAuth, mailed: bool) -> None:
    """A link that was mailed confirms the address; one handed over does not."""
    with app.app_context():
        ada = auth.create_user("ada@example.org", PASSWORD)
        services = current_state().services()
        key = recovery.start_reset(services, ada, mailed=mailed)
        recovery.finish_reset(services, key, NEW)
        assert auth.is_confirmed(auth.authenticate("ada@example.org", NEW)) == mailed


@pytest.mark.parametrize("confirmed", [True, False])
def test_account_made_by_another(app: Flask, auth: SimpleAuth, confirmed: bool) -> None:
    """Who made an account with another's address keeps no way into it.

    As in better-auth's GHSA-g38m-r43w-p2q7. A confirmed owner keeps their API tokens.
    """
    with app.app_context():
        ada = auth.create_user("ada@example.org", PASSWORD, confirmed=confirmed)
        text = auth.create_api_token(ada, "backup")
        services = current_state().services()
        key = recovery.start_reset(services, ada, mailed=True)
        recovery.finish_reset(services, key, NEW)
        assert (services.api_tokens.resolve(text) is not None) == confirmed
        assert auth.is_confirmed(auth.authenticate("ada@example.org", NEW))
