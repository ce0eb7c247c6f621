"""Deciding which new passwords are good enough."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import NamedTuple

from .common_passwords import is_common
from .errors import WeakPassword, gettext_noop, ngettext_noop
from .passwords import MAX_LENGTH

logger = logging.getLogger(__name__)

#: Tells whether a password is in a collection of stolen ones (OWASP ASVS 6.2.12).
BreachCheck = Callable[[str], bool]

# A shorter word is too often a part of another one.
_SHORTEST_WORD = 3


class PasswordRules(NamedTuple):
    """What a new password must be.

    There are no rules of composition: they make passwords worse (NIST SP 800-63B).
    """

    #: Characters, each code point counting as one.
    min_length: int
    #: What the site is called (OWASP ASVS 6.2.11).
    site: tuple[str, ...] = ()
    breached: BreachCheck | None = None

    def check(self, password: str, *, personal: Iterable[str] = ()) -> None:
        """Refuse a new password that is too short, too long, or easy to guess.

        :param personal: what others know of the person: their name, their address.
        :raises WeakPassword: with what a good one needs.
        """
        if len(password) > MAX_LENGTH:
            raise WeakPassword(
                gettext_noop("Use at most %(count)s characters."), count=MAX_LENGTH
            )

        text = unicodedata.normalize("NFC", password)
        if len(text) < self.min_length:
            raise WeakPassword(
                *ngettext_noop(
                    "Use at least %(count)s character.",
                    "Use at least %(count)s characters.",
                ),
                self.min_length,
                count=self.min_length,
            )
        if len(_unit(text)) < self.min_length:
            raise WeakPassword(
                gettext_noop("Use something that does not repeat itself.")
            )
        if is_common(text):
            raise WeakPassword(
                gettext_noop("Many people use this password. Choose another one.")
            )
        if self._is_about(text, [*self.site, *personal]):
            raise WeakPassword(
                gettext_noop(
                    "Use more than your name, your address and the name of this site."
                )
            )
        if self._is_breached(password):
            raise WeakPassword(
                gettext_noop(
                    "This password was stolen somewhere else and is known."
                    " Choose another one."
                )
            )

    def _is_about(self, text: str, known: Iterable[str]) -> bool:
        """Tell whether little is left when what others know is taken out."""
        words = {word for phrase in known for word in _words(phrase)}
        rest = text.casefold()
        for word in sorted(words, key=len, reverse=True):
            rest = rest.replace(word, "")
        return len(rest) < self.min_length / 2

    def _is_breached(self, password: str) -> bool:
        if self.breached is None:
            return False
        try:
            return self.breached(password)
        except Exception as error:
            # Who asks for a password cannot wait until a service is back. Not the
            # traceback: what the error says may hold what was asked.
            logger.warning(
                "The check for stolen passwords failed (%s), so a new password was"
                " taken without it.",
                type(error).__name__,
            )
            return False


def _unit(text: str) -> str:
    """Return what a text repeats from its beginning to its end, else the text."""
    return text[: (text + text).find(text, 1)]


def _words(phrase: str) -> list[str]:
    words = re.split(r"[\W_]+", phrase.casefold())
    return [word for word in words if len(word) >= _SHORTEST_WORD]
