"""What is said, and to whom: no Flask in here."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import escape

from .language import LANGUAGES, find_period, find_phrase
from .name import clean_name

# First strong isolate and pop directional isolate: what <bdi> is in plain text.
_FSI, _PDI = "\u2068", "\u2069"


@dataclass(frozen=True)
class Greeting:
    """A greeting that is safe wherever it is put.

    In a template it is HTML: escaped, the name inside ``<bdi>``. As ``str()`` it is
    plain text for a mail or a terminal, the name between Unicode's isolates.
    """

    #: The name as shown, or ``None`` for somebody without one.
    name: str | None = None
    #: The language it is said in, a tag as in ``<html lang>`` (BCP 47).
    locale: str = "en"
    #: The part of the day, an id of CLDR's such as ``morning1``, which each language
    #: understands in its own way. ``None`` is a greeting for any time.
    period: str | None = None

    @classmethod
    def to(
        cls, name: object, limit: int = 64, locale: str = "en", hour: int | None = None
    ) -> Greeting:
        """Return the greeting for this name, cleaned by :func:`clean_name`.

        :param locale: one of ``LANGUAGES``.
        :param hour: 0 to 23, where the greeted person is; ``None`` if unknown.
        """
        period = None if hour is None else find_period(locale, hour)
        return cls(clean_name(name, limit), locale, period)

    @property
    def dir(self) -> str:
        """The direction of the language, ``"ltr"`` or ``"rtl"``."""
        return str(LANGUAGES[self.locale]["dir"])

    # Whole sentences, with and without the name: translators cannot glue parts.
    @property
    def _phrase(self) -> str:
        message = "Hello there" if self.name is None else "Hello, %(name)s!"
        return find_phrase(self.locale, self.period, message)

    def __str__(self) -> str:
        return self._phrase.replace("%(name)s", f"{_FSI}{self.name}{_PDI}")

    def __html__(self) -> str:
        # The phrase is data too, so it is escaped like the name.
        name = f"<bdi>{escape(self.name)}</bdi>"
        return str(escape(self._phrase)).replace("%(name)s", name)
