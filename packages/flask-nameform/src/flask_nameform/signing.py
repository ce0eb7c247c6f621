"""What the app signs with its secret keys."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

from itsdangerous import URLSafeSerializer


@lru_cache(10)
def serializer(purpose: str, secret_keys: tuple[Any, ...]) -> URLSafeSerializer:
    """Return what signs for one purpose; what is signed for another does not count.

    :param secret_keys: the newest one, which signs, comes last.
    """
    return URLSafeSerializer(
        list(secret_keys),
        salt=f"flask-nameform.{purpose}",
        signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
    )
