"""The one form of an address that is compared and stored."""

from __future__ import annotations

import re
import unicodedata

from .errors import InvalidIdentity

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
    if not _ADDRESS.fullmatch(text) or not text.isprintable():
        raise InvalidIdentity()

    return text
