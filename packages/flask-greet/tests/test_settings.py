from __future__ import annotations

import pytest
from flask_greet.settings import Settings


def test_name_limit_leaves_room_for_the_ellipsis() -> None:
    """A limit under one character is refused by its key."""
    assert Settings(name_limit=1).name_limit == 1

    with pytest.raises(RuntimeError, match="GREET_NAME_LIMIT must be at least 1"):
        Settings(name_limit=0)
