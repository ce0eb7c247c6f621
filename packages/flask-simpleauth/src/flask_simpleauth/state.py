"""What belongs to one app: its store, its settings, and the services made of them."""

from __future__ import annotations

import copy
import logging
import secrets
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import nullcontext
from typing import Any

from flask import Flask, current_app, has_request_context, request
from flask_nameform.layout import Layout

from .api_tokens import ApiTokens
from .audit import Audit, Caller
from .config import LiveSettings
from .foreign_hashes import ForeignHashes
from .housekeeping import Housekeeping
from .links import Links
from .mail import Mailer
from .passwords import Passwords
from .services import Services
from .sessions import Limits, Sessions
from .settings import Settings
from .store import Store, Token, are_kept_by_hand
from .strength import BreachCheck, PasswordRules
from .takeout import Exporter
from .throttling import Clock, Throttle, address_of

logger = logging.getLogger(__name__)

KEY = "simpleauth"

#: Where a request's environ keeps its visit, once somebody has asked for it.
VISIT = "flask_simpleauth.visit"


#: What a store has, and a method of each that nothing else is likely to have.
_STORE = {"users": "find", "tokens": "consume", "counters": "hit"}


class State:
    """Kept in ``app.extensions``; the extension object itself may serve several apps.

    :param home: the path to go to after signing in or out.
    :param permissions: what each role permits, by the role's name.
    :param mailer: sends mail; without one, nothing is offered that needs it.
    :param breached: tells whether a password was stolen somewhere else.
    """

    def __init__(
        self,
        app: Flask,
        extension: object,
        store: Store[Any],
        *,
        clock: Clock = time.time,
        home: str = "/",
        permissions: Mapping[str, Collection[str]] | None = None,
        mailer: Mailer | None = None,
        breached: BreachCheck | None = None,
        exporters: Sequence[Exporter] = (),
    ) -> None:
        self.extension = extension
        self.layout = Layout("SIMPLEAUTH_BASE_TEMPLATE")
        self.home = home
        self.permissions = permissions or {}
        self.mailer = mailer
        self.exporters = exporters
        self._breached = breached
        self._app = app
        self._store = store
        self._clock = clock
        self._below: Callable[[int], int] = secrets.randbelow
        self._hash: str | None = None
        self._live = LiveSettings(Settings, "SIMPLEAUTH_", app.config)
        self._made_from: Settings | None = None
        self._warnings: set[str] = set()

    def settings(self) -> Settings:
        """Return the settings, those of the moment until the first request."""
        return self._live.get(serving=has_request_context())

    def check(self) -> None:
        """Refuse at start what cannot work later.

        :raises RuntimeError: if the store is none, or if it is open to sign up and no
            account can be made.
        """
        for part, method in _STORE.items():
            if not hasattr(getattr(self._store, part, None), method):
                raise RuntimeError(
                    f"{self._store!r} is no store: it has no '{part}' with a method"
                    f" '{method}'. One is SQLAlchemyStore(db, User), or"
                    " RedisStore(url, users=SQLAlchemyUsers(db, User))."
                )
        users, sign_up = self._store.users, self.settings().sign_up
        if are_kept_by_hand(users) and sign_up != "closed":
            raise RuntimeError(
                "Users are kept by hand, so nobody can sign up."
                " Set SIMPLEAUTH_SIGN_UP to 'closed'."
            )

    def services(self) -> Services[Any]:
        """Return what the flows work with."""
        settings = self.settings()
        if settings is not self._made_from:
            self._services = self._make(settings)
            self._made_from = settings
        return self._services

    def replace(
        self,
        *,
        clock: Clock | None = None,
        mailer: Mailer | None = None,
        below: Callable[[int], int] | None = None,
    ) -> None:
        """Work with another clock, mailer or chance from now on, as tests do."""
        self._clock = self._clock if clock is None else clock
        self.mailer = self.mailer if mailer is None else mailer
        self._below = self._below if below is None else below
        self._made_from = None

    def rehearsing(
        self, store: Store[Any], *, clock: Clock, mailer: Mailer, hash_method: str
    ) -> State:
        """Return the same state on another store, to try what the app would do.

        No service is asked for stolen passwords.

        :param mailer: gets the mails, if the app has one.
        :param hash_method: how passwords are hashed, as nobody has to guess them.
        """
        twin = copy.copy(self)
        twin._store = store
        twin._hash, twin._breached = hash_method, None
        twin.replace(clock=clock, mailer=None if self.mailer is None else mailer)
        return twin

    def secret_keys(self) -> list[bytes]:
        """Return the keys to sign with, the newest last.

        :raises RuntimeError: if the app has no ``SECRET_KEY``.
        """
        config: dict[str, Any] = dict(self._app.config)
        newest = config.get("SECRET_KEY")
        if not newest:
            raise RuntimeError(
                "SECRET_KEY is not set, and signing in needs it. Set it to a random"
                " value that stays the same:"
                " python -c 'import secrets; print(secrets.token_hex())'"
            )
        keys: list[str | bytes] = [*(config.get("SECRET_KEY_FALLBACKS") or []), newest]
        return [key.encode() if isinstance(key, str) else key for key in keys]

    def warn_once(self, message: str) -> None:
        """Log a warning that would otherwise fill the log."""
        if message not in self._warnings:
            self._warnings.add(message)
            logger.warning(message)

    def _make(self, settings: Settings) -> Services[Any]:
        store, clock = self._store, self._clock
        audit = Audit(self._app, clock, _caller)
        transaction = audit.after(getattr(store, "transaction", nullcontext))
        return Services(
            users=store.users,
            tokens=store.tokens,
            clock=clock,
            passwords=Passwords(
                self._hash or settings.password_hash, foreign=self._foreign()
            ),
            throttle=Throttle(store.counters, clock),
            sessions=Sessions(store.tokens, clock, _limits(settings), audit),
            api_tokens=ApiTokens(store.tokens, clock, audit),
            links=Links(
                store.users, store.tokens, clock, self.secret_keys, transaction
            ),
            audit=audit,
            housekeeping=Housekeeping(store.tokens, store.counters, clock, self._below),
            rules=PasswordRules(
                settings.password_min_length,
                site=(self._app.name, settings.origin or ""),
                breached=self._breached,
            ),
            sender=self._app,
            transaction=transaction,
        )

    def _foreign(self) -> ForeignHashes:
        # Flask-Security's own key: an app that moves in has it already.
        config: dict[str, Any] = dict(self._app.config)
        return ForeignHashes(config.get("SECURITY_PASSWORD_SALT"))


def _limits(settings: Settings) -> Limits:
    return Limits(
        idle=settings.session_idle,
        remember_idle=settings.remember_idle,
        lifetime=settings.session_lifetime,
    )


def _caller() -> Caller:
    """Tell who is asking, without looking up who is not known yet."""
    if not has_request_context():
        return Caller()
    token: Token | None = getattr(request.environ.get(VISIT), "token", None)
    actor = None if token is None else token.user_id
    return Caller(actor, address_of(request.remote_addr))


def current_state() -> State:
    """Return the state of the current app.

    :raises RuntimeError: if ``init_app`` was not called for it.
    """
    state: State | None = current_app.extensions.get(KEY)
    if state is None:
        raise RuntimeError(
            "This app is not initialised with 'SimpleAuth'."
            " Did you forget 'auth.init_app(app)'?"
        )
    return state
