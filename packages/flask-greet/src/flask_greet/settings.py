"""The ``GREET_*`` keys."""

from __future__ import annotations

from dataclasses import dataclass, field

from .config import AT_START


@dataclass(frozen=True)
class Settings:
    """What may differ from one deployment of an app to the next."""

    #: Serve ``GET /`` and ``GET /user/<name>``. Off, since ``/`` belongs to the app.
    pages: bool = field(default=False, metadata=AT_START)
    #: The template our pages extend; it needs a block named ``page_content``.
    base_template: str = "greet/base.html"
    #: Where a visitor's name is looked for in Flask's session, without a loader.
    session_key: str = "name"
    #: A longer name is cut for display. Characters.
    name_limit: int = 64

    def __post_init__(self) -> None:
        if self.name_limit < 1:
            raise RuntimeError("GREET_NAME_LIMIT must be at least 1 character.")
