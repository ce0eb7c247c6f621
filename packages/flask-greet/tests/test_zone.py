from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from flask_greet.zone import find_zone
from hypothesis import given
from hypothesis import strategies as st


def test_zone_is_found_by_its_name() -> None:
    """A name of the IANA list is a zone, and a zone is its own name."""
    assert find_zone("Europe/Prague") == ZoneInfo("Europe/Prague")
    assert find_zone(ZoneInfo("Asia/Tokyo")) == ZoneInfo("Asia/Tokyo")


@pytest.mark.parametrize(
    "name",
    [
        *(None, "", "None", "Europe", 7),
        *("../../etc/passwd", "/etc/localtime", "localtime", "posixrules"),
    ],
)
def test_other_names_are_no_zone(name: object) -> None:
    """What is not on the list is unknown, above all a path, or the server's zone."""
    assert find_zone(name) is None


@given(st.text())
def test_any_name_is_understood(name: str) -> None:
    """No name is an error."""
    assert find_zone(name) is None or name[0].isascii()
