"""Deleting an account, with everything that gives power over it, or nothing at all."""

from __future__ import annotations

import logging
from typing import TypeVar

from .errors import InUse
from .services import Services, audited
from .signals import user_deleted, user_deleting
from .store import Conflict

logger = logging.getLogger(__name__)

U = TypeVar("U")


@audited("delete-account")
def delete_user(services: Services[U], user: U) -> None:
    """Delete a user, and end their sessions, API tokens and links.

    What else points at the user is for the receivers of
    :data:`~flask_simpleauth.user_deleting`.

    :raises InUse: if rows of the app still point at the user.
    :raises AuthError: if a receiver raises one.
    """
    user_id = services.key_of(user)
    try:
        with services.transaction():
            user_deleting.send(services.sender, user=user)
            services.users.delete(user)
            services.tokens.revoke(user_id)
    except Conflict as error:
        logger.warning("An account is not deleted, since it is in use: %s", error)
        raise InUse() from error
    user_deleted.send(services.sender, user=user)
