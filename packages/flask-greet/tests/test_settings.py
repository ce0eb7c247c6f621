from __future__ import annotations

from typing import Any

import pytest
from flask_greet.settings import Settings


def test_name_limit_leaves_room_for_the_ellipsis() -> None:
    """A limit under one character is refused by its key."""
    assert Settings(name_limit=1).name_limit == 1

    with pytest.raises(RuntimeError, match="GREET_NAME_LIMIT must be at least 1"):
        Settings(name_limit=0)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"languages": ("en", "xx")}, "GREET_LANGUAGES may have ar, cs, "),
        ({"languages": ("de",)}, "GREET_DEFAULT_LANGUAGE must be in GREET_LANGUAGES"),
        ({"languages": ()}, "GREET_DEFAULT_LANGUAGE must be in GREET_LANGUAGES"),
        ({"default_language": "xx"}, "GREET_DEFAULT_LANGUAGE must be in GREET_LANG"),
        ({"timezone": "Mars/Base"}, r"GREET_TIMEZONE is unknown; is Flask-Greet\[tz\]"),
    ],
)
def test_what_is_not_there_is_refused(settings: dict[str, Any], message: str) -> None:
    """A language or a time zone that there is not is refused by its key."""
    with pytest.raises(RuntimeError, match=message):
        Settings(**settings)


def test_languages_and_time_zone_are_taken() -> None:
    """What there is may be chosen."""
    assert Settings(languages=("fr",), default_language="fr").languages == ("fr",)
    assert Settings(timezone="Europe/Prague").timezone == "Europe/Prague"
