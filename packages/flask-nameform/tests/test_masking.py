from __future__ import annotations

from base64 import urlsafe_b64encode

import pytest
from flask_nameform.masking import masked, proves, unmasked


def test_a_token_proves_the_secret_it_was_made_of() -> None:
    """And no other, and only for the purpose it was made for."""
    token = masked("secret", "a")
    assert proves(token, "secret", "a")
    assert proves(token, "secret", "b", "a")
    assert not proves(token, "secret", "b")
    assert not proves(token, "other", "a")


def test_each_token_is_another() -> None:
    """From the first character on."""
    first, second = masked("secret"), masked("secret")
    assert first[:8] != second[:8]


def test_what_is_not_masked_is_no_token() -> None:
    """It is the same each time, and proves nothing."""
    tag = unmasked("secret", "a")
    assert tag == unmasked("secret", "a")
    assert tag != unmasked("secret", "b")
    encoded = urlsafe_b64encode(bytes.fromhex(tag)).decode()
    assert not proves(encoded, "secret", "a")


@pytest.mark.parametrize("token", ["", "=", "x", "A" * 64, "é", "A" * 100_000])
def test_nonsense_proves_nothing(token: str) -> None:
    """Whatever is sent in place of a token is no error."""
    assert not proves(token, "secret", "")
