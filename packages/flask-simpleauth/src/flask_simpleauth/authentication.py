"""Proving who one is, and the session that one gets for it. No Flask in here."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar, cast

from .errors import AuthError, BadCredentials, Busy, InvalidIdentity
from .identity import normalise_either
from .known_devices import KnownDevice
from .passwords import MAX_LENGTH
from .secret_text import Secret
from .services import Services
from .standing import may_sign_in
from .store import Token
from .throttling import SIGN_IN

logger = logging.getLogger(__name__)

U = TypeVar("U")


class Client(NamedTuple):
    """Where a try comes from, as far as that is known."""

    #: The client's network, as :func:`~.throttling.network_of` gives it.
    address: str | None = None
    device: KnownDevice | None = None

    def device_of(self, identity: str) -> str | None:
        """Return the device, if who has this identity has signed in on it."""
        device = self.device
        return device.id if device is not None and device.knows(identity) else None


_UNKNOWN = Client()


@dataclass(frozen=True)
class Attempt:
    """What somebody shows to prove who they are."""

    #: Their address, as they typed it.
    identity: str
    secret: str = field(repr=False)
    client: Client = _UNKNOWN


class _Proof(NamedTuple):
    """What was found when somebody proved who they are."""

    user: Any
    #: The hash that the password agreed with.
    stored: str
    #: The tries to take back.
    reserved: list[str]


class Device(NamedTuple):
    """Where a session is to be."""

    #: What its owner will know it by.
    name: str = ""
    #: Whether they stay signed in on it.
    remember: bool = False
    #: The session that is there, whose place the new one takes.
    session: Token | None = None


def authenticate(services: Services[U], attempt: Attempt) -> U:
    """Return the user with this identity and password. All ways in lead through here.

    Whoever asks, exactly one password is hashed: for an unknown account, an inactive
    one and one without a password too.

    :raises BadCredentials: if they do not match, whatever the reason.
    :raises Throttled: after too many wrong tries.
    :raises Busy: if no place for hashing was free in time.
    :raises RuntimeError: if the app's database session has uncommitted changes.
    """
    proof = _prove(services, attempt)
    services.throttle.refund(proof.reserved)
    return cast(U, proof.user)


def reauthenticate(
    services: Services[U], user: U, secret: str, client: Client = _UNKNOWN
) -> None:
    """Let the user show once more that the password is theirs, and nobody else's.

    :raises AuthError: as :func:`authenticate` does.
    """
    proof = _prove(services, _again(services, user, secret, client), user)
    services.throttle.refund(proof.reserved)


def sign_in(
    services: Services[U], attempt: Attempt, device: Device
) -> tuple[U, str, Token]:
    """Start a session for who proves who they are: the user, the key and the token.

    The same as :func:`authenticate` and :func:`start_session`, in fewer transactions.

    :raises AuthError: as :func:`authenticate` does.
    """
    proof = _prove(services, attempt)
    return proof.user, *_start_and_refund(services, proof, attempt.secret, device)


def sign_in_again(
    services: Services[U],
    user: U,
    secret: str,
    device: Device,
    client: Client = _UNKNOWN,
) -> tuple[str, Token]:
    """Start a new session for a user who shows their password: the key and the token.

    :raises AuthError: as :func:`authenticate` does.
    """
    proof = _prove(services, _again(services, user, secret, client), user)
    return _start_and_refund(services, proof, secret, device)


def start_session(services: Services[U], user: U, device: Device) -> tuple[str, Token]:
    """Start a session for the user, and return its key and its token."""
    with services.transaction():
        if device.session is not None:
            services.sessions.end(device.session)
        return services.sessions.start(
            services.key_of(user), device.name, remember=device.remember
        )


def identities_of(services: Services[U], user: U) -> list[str]:
    """Return what the user can sign in with, in its one form."""
    read, found = services.attributes.read, []
    for typed in filter(None, (read(user, "email"), read(user, "username"))):
        with suppress(InvalidIdentity):
            found.append(normalise_either(typed, usernames=True))
    return found


def _again(services: Services[U], user: U, secret: str, client: Client) -> Attempt:
    return Attempt(services.attributes.read(user, "email"), secret, client)


def _start_and_refund(
    services: Services[U], proof: _Proof, secret: str, device: Device
) -> tuple[str, Token]:
    with services.transaction():
        services.throttle.refund(proof.reserved)
        key, token = start_session(services, proof.user, device)
    try:
        _look_again(services, proof, secret)
    except AuthError as error:
        services.sessions.end(token)
        services.audit.note("sign-in", token.user_id, type(error).__name__)
        raise
    return key, token


def _look_again(services: Services[U], proof: _Proof, secret: str) -> None:
    """Refuse a password that was changed, and a user who was deactivated, meanwhile.

    Whoever does that ends all sessions afterwards. The new one is there by now: either
    they find it, or we find what they did.
    """
    with services.transaction():  # so that nothing stays open
        user = services.users.get(services.key_of(proof.user))
        stored = _usable_hash(services, user)
        may_enter = user is not None and may_sign_in(services, user)
    if stored is None or not may_enter:
        raise BadCredentials()
    # Another hash may be of the same password: two sign in at once, one makes it anew.
    if stored != proof.stored and not services.passwords.verify(stored, secret):
        raise BadCredentials()


def _prove(services: Services[U], attempt: Attempt, user: U | None = None) -> _Proof:
    """Let somebody prove who they are.

    :param user: the only one it may be; they are looked up if that is not known.
    """
    with services.auditing("authenticate", user) as entry:
        if len(attempt.secret) > MAX_LENGTH:
            raise BadCredentials()
        try:
            identity = normalise_either(
                attempt.identity, usernames=services.attributes.username is not None
            )
        except InvalidIdentity:
            raise BadCredentials() from None

        reserved = services.throttle.reserve(
            SIGN_IN,
            account=identity,
            address=attempt.client.address,
            device=attempt.client.device_of(identity),
        )
        user = user or _look_up(services, identity, attempt.identity)
        entry.account = services.key_of(user)
        stored = _verified_hash(services, user, attempt.secret, reserved)
        if user is None or stored is None or not may_sign_in(services, user):
            raise BadCredentials()

    if services.passwords.needs_rehash(stored) and not services.has_fixed_users:
        stored = _rehashed(services, user, stored, attempt.secret)
    return _Proof(user, Secret(stored), reserved)


def _look_up(services: Services[U], normalised: str, typed: str) -> U | None:
    user = services.users.find(normalised)
    if typed == normalised:
        return user
    # Addresses stored by somebody else may not be in our form. We look in any case: a
    # second query for unknown addresses only would tell them from known ones.
    as_typed = services.users.find(typed)
    return as_typed if user is None else user


def _verified_hash(
    services: Services[U], user: U | None, secret: str, reserved: list[str]
) -> str | None:
    """Return the user's password hash if it is that of the secret."""
    stored = _usable_hash(services, user)
    try:
        is_right = services.passwords.verify(stored, secret)
    except Busy:
        services.throttle.refund(reserved)  # nobody has looked at it
        raise
    return stored if is_right else None


def _usable_hash(services: Services[U], user: U | None) -> str | None:
    if user is None or not services.attributes.is_active(user):
        return None
    return services.attributes.read(user, "password_hash") or None


def _rehashed(services: Services[U], user: U, stored: str, secret: str) -> str:
    """Make the hash of a password anew, and return the one that counts from now on."""
    try:
        renewed = services.passwords.hash(secret)
        with services.transaction():
            # A new password that they were given meanwhile must not be undone.
            now = services.users.get(services.key_of(user))
            if now is None or _usable_hash(services, now) != stored:
                return stored
            services.users.save(now, {"password_hash": renewed})
    except Exception:
        # The person is who they say they are; the better hash can wait.
        logger.warning("A password hash was not renewed.", exc_info=True)
        return stored
    return renewed
