"""Keys that give power to who holds them, and the digests we keep of them."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer

#: Random bytes in a key. OWASP ASVS 7.2.3 asks for 16.
_KEY_BYTES = 32

#: The last second of the year 9999, for what does not expire.
NEVER = 253_402_300_799

#: Characters of a key in a cookie or a link.
KEY_LENGTH = 43


def new_key() -> str:
    """Return a key nobody can guess, safe in URLs and cookies."""
    return secrets.token_urlsafe(_KEY_BYTES)


def digest_of(*parts: str) -> str:
    """Return the SHA-256 digest, in hex, that stands for these parts.

    A fast digest is right for random keys: there is nothing to guess.
    """
    text = "\0".join(parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class _Signer(URLSafeSerializer):
    def loads(self, s: str | bytes, *args: Any, **kwargs: Any) -> Any:
        # Nothing that we sign is. JSON may even have what cannot be encoded.
        if isinstance(s, str) and not s.isascii():
            raise BadSignature("not ASCII")
        return super().loads(s, *args, **kwargs)


def signer(keys: Sequence[bytes], purpose: str) -> URLSafeSerializer:
    """Return what signs and reads values for one purpose, and for no other.

    What it cannot read raises itsdangerous' ``BadData``, whatever it is.

    :param keys: oldest first; the last signs, all are accepted.
    """
    return _Signer(list(keys), salt=f"simpleauth.{purpose}")
