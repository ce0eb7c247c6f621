"""Password hashes of Django, Flask-Security and passlib, so that people can move in.

They are only verified: whose password is right is hashed anew. Those of argon2 and
bcrypt need a library, the extras ``argon2`` and ``bcrypt``, which is imported when the
first such hash is met.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import unicodedata
from base64 import b64decode, b64encode
from importlib import import_module
from typing import Any

logger = logging.getLogger(__name__)

# What bcrypt looks at. Bytes.
_BCRYPT_LENGTH = 72

#: What the hashes begin with that we can verify.
PREFIXES = (
    "$2a$",
    "$2b$",
    "$2y$",
    "$argon2",
    "$pbkdf2$",
    "$pbkdf2-sha256$",
    "$pbkdf2-sha512$",
    "argon2$",
    "bcrypt$",
    "bcrypt_sha256$",
    "pbkdf2_sha1$",
    "pbkdf2_sha256$",
    "scrypt$",
)

_BCRYPT = re.compile(r"\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}")


class _LibraryMissing(Exception):
    pass


class ForeignHashes:
    """Verifies hashes that others have made.

    :param salt: what Flask-Security calls ``SECURITY_PASSWORD_SALT``: the key of an
        HMAC that it puts before argon2, bcrypt and PBKDF2.
    """

    def __init__(self, salt: str | None = None) -> None:
        self._salt = salt
        self._missing: set[str] = set()

    def verify(self, stored: str, password: str) -> bool | None:
        """Tell whether the password is the stored one's; ``None`` if we cannot tell.

        That is so for a method we do not know, a hash that is broken, and one whose
        library is not installed, which the log then says once.
        """
        try:
            return self._verify(stored, password)
        except _LibraryMissing as error:
            self._tell_missing(str(error))
        except (ValueError, OverflowError):
            logger.warning("The password hash of a user cannot be read.")
        return None

    def _verify(self, stored: str, password: str) -> bool | None:
        method, _, rest = stored.partition("$")
        if method in ("pbkdf2_sha256", "pbkdf2_sha1"):
            return _django_pbkdf2(method, rest, _encoded(password))
        if method == "scrypt":
            return _django_scrypt(rest, _encoded(password))
        if method == "argon2":
            return _argon2(f"${rest}", _encoded(password))
        if method == "bcrypt":
            return _bcrypt(rest, _encoded(password))
        if method == "bcrypt_sha256":
            digest = hashlib.sha256(_encoded(password)).hexdigest()
            return _bcrypt(rest, digest.encode())
        return self._verify_modular(stored, password)

    def _verify_modular(self, stored: str, password: str) -> bool | None:
        """Do the same for passlib's notation, which begins with a dollar sign."""
        secret = self._peppered(password)
        if stored.startswith("$argon2"):
            return _argon2(stored, secret)
        if stored.startswith("$2"):
            return _bcrypt(stored, secret)
        if stored.startswith("$pbkdf2"):
            return _passlib_pbkdf2(stored, secret)
        return None

    def _peppered(self, password: str) -> bytes:
        if self._salt is None:
            return _encoded(password)
        text = unicodedata.normalize("NFKD", password)
        digest = hmac.digest(self._salt.encode(), _encoded(text), "sha512")
        return b64encode(digest)

    def _tell_missing(self, library: str) -> None:
        if library not in self._missing:
            self._missing.add(library)
            logger.error(
                "Some users have a password hash of %s and cannot sign in until it is"
                " installed: pip install Flask-SimpleAuth[%s]",
                library,
                library,
            )


def _encoded(text: str) -> bytes:
    # A lone surrogate, which no keyboard types, has to be something, and match nothing.
    return text.encode("utf-8", "surrogatepass")


def _django_pbkdf2(method: str, rest: str, secret: bytes) -> bool:
    rounds, salt, digest = rest.split("$")
    name = method.partition("_")[2]
    return _pbkdf2(name, secret, salt.encode(), rounds, b64decode(digest))


def _passlib_pbkdf2(stored: str, secret: bytes) -> bool:
    _, method, rounds, salt, digest = stored.split("$")
    name = method.partition("-")[2] or "sha1"
    return _pbkdf2(name, secret, _ab64decode(salt), rounds, _ab64decode(digest))


def _pbkdf2(name: str, secret: bytes, salt: bytes, rounds: str, digest: bytes) -> bool:
    made = hashlib.pbkdf2_hmac(name, secret, salt, int(rounds), len(digest))
    return hmac.compare_digest(made, digest)


def _ab64decode(text: str) -> bytes:
    """Decode passlib's variant of base64: a dot for a plus, and no padding."""
    return b64decode(text.replace(".", "+") + "=" * (-len(text) % 4))


def _django_scrypt(rest: str, secret: bytes) -> bool:
    cost, salt, block, parallel, digest = rest.split("$")
    n, r, p, expected = int(cost), int(block), int(parallel), b64decode(digest)
    made = hashlib.scrypt(
        secret,
        salt=salt.encode(),
        n=n,
        r=r,
        p=p,
        maxmem=132 * n * r * p,
        dklen=len(expected),
    )
    return hmac.compare_digest(made, expected)


def _argon2(stored: str, secret: bytes) -> bool:
    argon2 = _load("argon2")
    try:
        argon2.PasswordHasher().verify(stored, secret)
    except argon2.exceptions.VerifyMismatchError:
        return False
    except argon2.exceptions.VerificationError as error:
        raise ValueError("a broken hash of argon2") from error
    return True


def _bcrypt(stored: str, secret: bytes) -> bool:
    if not _BCRYPT.fullmatch(stored):
        raise ValueError("a broken hash of bcrypt")

    bcrypt = _load("bcrypt")
    is_right: bool = bcrypt.checkpw(secret[:_BCRYPT_LENGTH], stored.encode())
    return is_right


def _load(library: str) -> Any:
    try:
        return import_module(library)
    except ImportError as error:
        raise _LibraryMissing(library) from error
