"""A session's secret as a token that looks different each time.

What is the same in each page can be guessed from how well the page compresses with what
a visitor sent (BREACH), so the secret itself is never in one.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

_MASK_BYTES = 16


def masked(secret: str, purpose: str = "") -> str:
    """Return a token that proves the secret, for this purpose."""
    mask = secrets.token_bytes(_MASK_BYTES)
    return urlsafe_b64encode(mask + _mac(secret, mask, purpose)).decode()


def proves(token: str, secret: str, *purposes: str) -> bool:
    """Return whether it is a token that proves the secret, for one of the purposes."""
    try:
        raw = urlsafe_b64decode(token.encode())
    except ValueError:
        return False

    mask, mac = raw[:_MASK_BYTES], raw[_MASK_BYTES:]
    return any(hmac.compare_digest(mac, _mac(secret, mask, p)) for p in purposes)


def unmasked(secret: str, purpose: str) -> str:
    """Return what is the same each time, and proves nothing."""
    # No token has it in it: those are made with a mask.
    return _mac(secret, b"", purpose).hex()


def _mac(secret: str, mask: bytes, purpose: str) -> bytes:
    return hmac.digest(secret.encode(), mask + purpose.encode(), "sha256")
