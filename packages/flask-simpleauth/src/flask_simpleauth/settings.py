"""The ``SIMPLEAUTH_*`` keys."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from werkzeug.security import generate_password_hash

from .config import AT_START

_HASH_METHOD = re.compile(r"scrypt:\d+:\d+:\d+|pbkdf2:sha(256|512):\d+")

_ORIGIN = r"https?://[^/?#@\s]+"


@dataclass(frozen=True, eq=False, repr=False)
class Settings:
    """What may differ from one deployment of an app to the next."""

    #: Where the pages are.
    url_prefix: str = field(default="/auth", metadata=AT_START)
    #: What links in mails begin with: ``"https://example.org"``. What a request says
    #: of its host anybody can write, so without this only requests from the machine
    #: itself are believed.
    origin: str | None = None
    #: The template the pages extend; it needs a block named ``page_content``.
    base_template: str = "simpleauth/base.html"
    #: Who may sign up: anybody, who was invited, or nobody. ``flask auth create-user``
    #: makes accounts in any case.
    sign_up: Literal["open", "invite", "closed"] = "open"
    #: Characters a new password needs. NIST SP 800-63B asks for 15 where the password
    #: is all there is and 8 beside a second factor; OWASP ASVS 6.2.1 for 8.
    password_min_length: int = 12
    #: How new passwords are hashed, in Werkzeug's notation. The default is a row of
    #: OWASP's password storage cheat sheet.
    password_hash: str = "scrypt:16384:8:5"  # noqa: S105 # a method, no password
    #: A session unused for so long is over (OWASP ASVS 7.3.1).
    session_idle: timedelta = timedelta(hours=12)
    #: The same for a session whose owner wants to stay signed in on a device.
    remember_idle: timedelta = timedelta(days=14)
    #: A session is over so long after its sign-in, used or not (OWASP ASVS 7.3.2).
    session_lifetime: timedelta = timedelta(days=30)

    def __post_init__(self) -> None:
        if self.origin is not None and not re.fullmatch(_ORIGIN, self.origin):
            raise RuntimeError(
                "SIMPLEAUTH_ORIGIN must be like 'https://example.org', without a path"
                " or a slash at the end."
            )
        _check_hash_method(self.password_hash)
        if self.password_min_length < 8:
            raise RuntimeError("SIMPLEAUTH_PASSWORD_MIN_LENGTH must be at least 8.")
        if self.session_idle <= timedelta(0):
            raise RuntimeError("SIMPLEAUTH_SESSION_IDLE must be above zero.")
        if not self.session_idle <= self.remember_idle <= self.session_lifetime:
            raise RuntimeError(
                "SIMPLEAUTH_SESSION_IDLE must not be above SIMPLEAUTH_REMEMBER_IDLE,"
                " nor that above SIMPLEAUTH_SESSION_LIFETIME."
            )


def _check_hash_method(method: str) -> None:
    try:
        # Parameters are written out, so that stored hashes can be told from newer ones.
        if not _HASH_METHOD.fullmatch(method):
            raise ValueError("not a method with its parameters")
        if method != Settings.password_hash:
            generate_password_hash("", method)
    except ValueError as error:
        raise RuntimeError(
            "SIMPLEAUTH_PASSWORD_HASH must be a method such as 'scrypt:16384:8:5' or"
            f" 'pbkdf2:sha256:1000000' ({error})."
        ) from error
