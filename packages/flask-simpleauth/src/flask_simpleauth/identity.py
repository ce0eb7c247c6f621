"""The one form of an address, and of a name, that is compared and stored."""

from __future__ import annotations

import re
import unicodedata

from .errors import InvalidIdentity, InvalidUsername

#: Characters of a user name.
MAX_USERNAME = 64
#: Characters of a name.
MAX_NAME = 200

#: What stands where text could not be read; no address has it.
_UNREADABLE = "\ufffd"

#: Unicode's categories of characters that no text has: controls and lone surrogates.
_NO_TEXT = ("Cc", "Cs")

#: Characters of an address (RFC 5321, section 4.5.3.1: 64 + 1 + 255).
MAX_IDENTITY = 320

# Whether an address exists only a mail to it can tell; this catches slips, and what
# would make two addresses of one where it stands in a mail (RFC 5322, section 3.2.3).
_ADDRESS = re.compile(r'[^@\s()<>\[\]:;,\\"]+@[^@\s()<>\[\]:;,\\"]+')


def normalise(identity: str) -> str:
    """Return the one form of an address that is compared and stored.

    :raises InvalidIdentity: if it is no address, or longer than one can be.
    """
    if len(identity) > MAX_IDENTITY:
        raise InvalidIdentity()

    text = unicodedata.normalize("NFKC", identity).strip().casefold()
    # Folding first: it turns look-alikes such as the full-width sign into the real @.
    if not _ADDRESS.fullmatch(text) or not text.isprintable() or _UNREADABLE in text:
        raise InvalidIdentity()

    return text


def normalise_username(name: str) -> str:
    """Return the one form of a user name that is compared and stored.

    It has no ``@``, so that it is never taken for an address.

    :raises InvalidUsername: if it cannot be one.
    """
    if len(name) > MAX_USERNAME:
        raise InvalidUsername()

    text = unicodedata.normalize("NFKC", name).strip().casefold()
    if not text or "@" in text or not text.isprintable() or len(text.split()) > 1:
        raise InvalidUsername()

    return text


def normalise_either(identity: str, *, usernames: bool) -> str:
    """Return the one form of an address or, where there are some, of a user name.

    :raises InvalidIdentity: if it is neither.
    """
    try:
        return normalise(identity)
    except InvalidIdentity:
        if not usernames:
            raise
    try:
        return normalise_username(identity)
    except InvalidUsername:
        raise InvalidIdentity() from None


def clean_name(name: str) -> str:
    """Return a name as it is stored: in one line, without what no database keeps."""
    kept = (c for c in name if c.isspace() or _is_text(c))
    return " ".join("".join(kept).split())[:MAX_NAME].rstrip()


def _is_text(character: str) -> bool:
    return unicodedata.category(character) not in _NO_TEXT
