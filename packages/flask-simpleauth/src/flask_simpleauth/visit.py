"""Who is asking, in this request, and the cookie that says so in the next."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from flask import Request, Response, after_this_request, request, session
from flask_nameform import csrf
from flask_nameform.varying import vary_on

from .authentication import (
    Attempt,
    Client,
    Device,
    identities_of,
    sign_in,
    sign_in_again,
    start_session,
)
from .devices import device_name
from .errors import BadCredentials
from .known_devices import KnownDevice
from .proxies import client_network, warn_of_hidden_https
from .secret_text import Secret
from .services import Services
from .sessions import SESSION
from .signals import signed_in, signed_out
from .standing import may_sign_in
from .state import VISIT, current_state
from .store import Token

#: Seconds, from the last sign-in on: a year.
_DEVICE_COOKIE_AGE = 365 * 24 * 60 * 60


class Visit:
    """One request's visitor: looked up when first asked for, and once.

    It is kept on the request and never on ``flask.g``: up to Flask 3.1 ``g`` is shared
    by all requests inside a pushed app context, so a second test client would be
    signed in as the first.
    """

    def __init__(self, request: Request) -> None:
        self.request = request
        self.user: Any = None
        self.token: Token | None = None
        #: This request, sealed, if it is to go on when the password has been shown.
        self.interrupted = ""
        #: The page to go to then if not, sealed.
        self.way_back = ""
        self._is_admitted = False
        self._new_key = ""
        self._changed = False
        self._device_to_know: KnownDevice | None = None
        self._resume()

    @property
    def admitted_user(self) -> Any:
        """The user, as a view may know them.

        A program's token that is limited to some permissions stands for its user only
        where a guard has asked for one of these.
        """
        return self.user if self._is_admitted or not self.scopes else None

    def admit(self) -> None:
        """Note that a guard has asked for what a limited token is good for."""
        self._is_admitted = True

    @cached_property
    def sessions(self) -> list[Token]:
        """Where the user is signed in, looked up once; the last used comes first."""
        services = current_state().services()
        return services.sessions.list_for(services.key_of(self.user))

    @property
    def has_session(self) -> bool:
        """Whether it is a session that tells who this is, and no program's token."""
        return self.token is not None and self.token.kind == SESSION

    @property
    def is_remembered(self) -> bool:
        """Whether the session outlasts the browser's being closed."""
        return self.token is not None and bool(self.token.data.get("remember"))

    def seconds_since_password(self) -> float | None:
        """Return how long ago the password was shown; ``None`` if it was not.

        Each sign-in starts a session of its own, so that is the age of the session. A
        program's token has never shown one.
        """
        if self.token is None or not self.has_session:
            return None
        return current_state().services().clock() - self.token.created_at

    def sign_in(self, user: Any, *, remember: bool = False) -> None:
        """Start a new session for the user; the one that was there is ended.

        :raises BadCredentials: if they may not sign in.
        """
        services, device = current_state().services(), self._device(remember)
        if not may_sign_in(services, user):
            raise BadCredentials()
        self._enter(user, *start_session(services, user, device))

    def sign_in_with(
        self, identity: str, secret: str, *, remember: bool = False
    ) -> None:
        """Do the same for who has this address and password.

        :raises AuthError: as :func:`~.authentication.authenticate` does.
        """
        services, device = current_state().services(), self._device(remember)
        attempt = Attempt(identity, secret, current_client())
        self._enter(*sign_in(services, attempt, device))

    def confirm(self, secret: str) -> None:
        """Start a new session for who is signed in, if the password is theirs.

        :raises AuthError: as :func:`~.authentication.authenticate` does.
        """
        services, device = current_state().services(), self._device(self.is_remembered)
        client = current_client()
        self._enter(
            self.user, *sign_in_again(services, self.user, secret, device, client)
        )

    def recognise(self, user: Any, *, anew: bool = False) -> None:
        """Know the device as one of the user's from now on.

        :param anew: whether what was tried on it wrongly is forgotten.
        """
        device = current_client().device or KnownDevice.new()
        if anew:
            device = device.renewed()
        services = current_state().services()
        self._device_to_know = device.knowing(identities_of(services, user))

    def sign_out(self) -> None:
        """End the session in the store, and forget what the browser was given.

        A program's token is no session, and goes on.
        """
        services, user = current_state().services(), self.user
        had_session = self.has_session
        if self.token is not None and had_session:
            services.sessions.end(self.token)
            services.audit.note("sign-out", self.token.user_id)

        self.forget()
        if had_session:
            signed_out.send(services.sender, user=user)

    def forget(self) -> None:
        """Take back what the browser was given; the session has ended already."""
        session.clear()
        self.user = self.token = None
        self._changed = True

    @property
    def scopes(self) -> frozenset[str]:
        """The permissions this request is limited to; no limit if empty."""
        return frozenset(self.token.data.get("scopes", ()) if self.token else ())

    def _device(self, remember: bool) -> Device:
        name = device_name(self.request.user_agent.string)
        return Device(name, remember, self.token)

    def _enter(self, user: Any, key: str, token: Token) -> None:
        before = None if self.token is None else self.token.user_id
        if before not in (None, token.user_id):
            session.clear()  # what the one left is not for the other
        if before != token.user_id:
            csrf.rotate()

        self.user, self.token, self._new_key = user, token, key
        self._changed = True
        self.recognise(user)
        warn_of_hidden_https()
        services = current_state().services()
        services.audit.note("sign-in", token.user_id)
        services.housekeeping.now_and_then()
        signed_in.send(services.sender, user=user)

    def _resume(self) -> None:
        services = current_state().services()
        token = self._shown_token(services)
        if token is None:
            return

        user = token.user
        if user is None:  # the store keeps tokens and users apart
            user = services.users.get(token.user_id)
        if user is not None and services.attributes.is_active(user):
            self.user, self.token = user, token

    def _shown_token(self, services: Services[Any]) -> Token | None:
        """Return the token whose key the request shows: a program's, or a session."""
        # Not of the headers, where looking for what is not there costs an exception.
        header = Secret(self.request.environ.get("HTTP_AUTHORIZATION", ""))
        scheme, _, text = map(Secret, header.partition(" "))
        if scheme.lower() == "bearer":
            # Then cookies do not count: a program must not act as whoever's browser
            # it runs in, and is not to be protected from other sites (RFC 6750).
            return services.api_tokens.resolve(Secret(text.strip()))

        key = Secret(self.request.cookies.get(self._cookie_name, ""))
        return services.sessions.resolve(key) if key else None

    @property
    def _cookie_name(self) -> str:
        return cookie_name(secure=self.request.is_secure)

    def finish(self, response: Response) -> Response:
        """Say in the response what it depends on, and set or drop the cookie."""
        vary_on(response, "Authorization", "Cookie")
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "private"
        if self._changed or self._device_to_know is not None:
            self._set_cookies(response)
        return response

    def _set_cookies(self, response: Response) -> None:
        options: Any = {
            "path": "/",
            "secure": self.request.is_secure,
            "httponly": True,
            "samesite": "Lax",
        }
        if self._changed and self.token is not None:
            # Without a maximum age the cookie goes when the browser is closed.
            age = None
            if self.is_remembered:
                age = self.token.expires_at - self.token.created_at
            response.set_cookie(
                self._cookie_name, self._new_key, max_age=age, **options
            )
        elif self._changed:
            response.delete_cookie(self._cookie_name, **options)
        if self._device_to_know is not None:
            response.set_cookie(
                device_cookie_name(secure=self.request.is_secure),
                self._device_to_know.write(current_state().secret_keys()),
                max_age=_DEVICE_COOKIE_AGE,
                **options,
            )


def cookie_name(*, secure: bool) -> str:
    """Return the name of the cookie with a session's key.

    Over https only the name that a sibling domain or an http page cannot plant
    (RFC 6265bis, section 4.1.3.2) is set, and only it is read.
    """
    return "__Host-simpleauth" if secure else "simpleauth"


def device_cookie_name(*, secure: bool) -> str:
    """Return the name of the cookie that tells a device from others, likewise."""
    return cookie_name(secure=secure) + "-device"


def current_client() -> Client:
    """Return where the current request comes from."""
    text = request.cookies.get(device_cookie_name(secure=request.is_secure))
    keys = current_state().secret_keys
    device = None if text is None else KnownDevice.read(text, keys())
    return Client(client_network(), device)


def current_visit() -> Visit:
    """Return the visit of the current request."""
    # The request itself, not the proxy: a visit must not follow to another one.
    proxy: Any = request
    asked: Request = proxy._get_current_object()
    visit: Visit | None = asked.environ.get(VISIT)

    # An environ may be copied for another request, which has its own visitor.
    if visit is None or visit.request is not asked:
        visit = asked.environ[VISIT] = Visit(asked)
        after_this_request(visit.finish)

    return visit
