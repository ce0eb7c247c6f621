"""The ``GREET_*`` keys."""

from __future__ import annotations

from dataclasses import dataclass, field

from .config import AT_START
from .language import LANGUAGES
from .zone import find_zone


@dataclass(frozen=True)
class Settings:
    """What may differ from one deployment of an app to the next."""

    #: Serve ``GET /`` and ``GET /user/<name>``. Off, since ``/`` belongs to the app.
    pages: bool = field(default=False, metadata=AT_START)
    #: The template our pages extend; it needs a block named ``page_content``.
    base_template: str = "greet/base.html"
    #: The languages greeted in, as tags (BCP 47).
    languages: tuple[str, ...] = tuple(LANGUAGES)
    #: What is spoken to a visitor who reads none of them.
    default_language: str = "en"
    #: The time zone (IANA) of visitors who have none. Without one their hour is
    #: unknown, and they are greeted as at any time.
    timezone: str | None = None
    #: The cookie that holds the time zone of the visitor's browser.
    timezone_cookie: str = "timezone"
    #: Where a visitor's name is looked for in Flask's session, without a loader.
    session_key: str = "name"
    #: A longer name is cut for display. Characters.
    name_limit: int = 64

    def __post_init__(self) -> None:
        if self.name_limit < 1:
            raise RuntimeError("GREET_NAME_LIMIT must be at least 1 character.")

        if not set(self.languages) <= set(LANGUAGES):
            raise RuntimeError(f"GREET_LANGUAGES may have {', '.join(LANGUAGES)}.")
        if self.default_language not in self.languages:
            raise RuntimeError("GREET_DEFAULT_LANGUAGE must be in GREET_LANGUAGES.")
        if self.timezone is not None and find_zone(self.timezone) is None:
            raise RuntimeError("GREET_TIMEZONE is unknown; is Flask-Greet[tz] needed?")
