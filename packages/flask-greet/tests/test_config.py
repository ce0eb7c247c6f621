from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

import pytest
from flask_greet.config import LiveSettings


@dataclass(frozen=True)
class Tea:
    """Settings with a key of each type."""

    sugar: bool = False
    cups: int = 1
    milk: bool | None = None
    leaf: Literal["black", "green"] = "black"
    guests: tuple[str, ...] = ()
    steeps: timedelta = timedelta(minutes=3)


def make(**config: Any) -> Tea:
    return LiveSettings(Tea, "TEA_", config).get(serving=False)


def test_missing_keys_are_the_defaults() -> None:
    """A key that is missing or None means the default."""
    assert make() == make(TEA_CUPS=None) == Tea()


def test_keys_are_taken() -> None:
    """Each key reaches the field of its name, lists as tuples."""
    assert make(
        TEA_SUGAR=True,
        TEA_CUPS=2,
        TEA_MILK=True,
        TEA_LEAF="green",
        TEA_GUESTS=["Alice", "Dormouse"],
        TEA_STEEPS=timedelta(0),
    ) == Tea(True, 2, True, "green", ("Alice", "Dormouse"), timedelta(0))


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("TEA_SUGAR", 1, "TEA_SUGAR must be bool, not int."),
        ("TEA_CUPS", "2", "TEA_CUPS must be int, not str."),
        ("TEA_CUPS", True, "TEA_CUPS must be int, not bool."),
        ("TEA_CUPS", False, "TEA_CUPS must be int, not bool."),
        ("TEA_MILK", "no", "TEA_MILK must be bool | None, not str."),
        ("TEA_LEAF", "red", "TEA_LEAF must be 'black' or 'green', not 'red'."),
        ("TEA_GUESTS", "Alice", "TEA_GUESTS must be a list of strings, not str."),
        ("TEA_GUESTS", ["Alice", 1], "TEA_GUESTS must be a list of strings, not list."),
        ("TEA_STEEPS", 3, "TEA_STEEPS must be timedelta, not int."),
    ],
)
def test_value_of_the_wrong_type_is_refused(
    key: str, value: object, message: str
) -> None:
    """A value of another type is refused with the key and what it takes."""
    with pytest.raises(RuntimeError) as caught:
        make(**{key: value})

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("TEA_STEAPS", "TEA_STEEPS"),
        ("TEA_CUP", "TEA_CUPS"),
        ("TAE_GUESTS", "TEA_GUESTS"),
        ("TEAGUESTS", "TEA_GUESTS"),
    ],
)
def test_misspelt_key_is_refused(key: str, meant: str) -> None:
    """A key one slip away from a real one is refused, even if None, and corrected."""
    with pytest.raises(RuntimeError, match=rf"{key}, .* mean {meant}\?"):
        make(**{key: None})


@pytest.mark.parametrize("key", ["TEA_SPOON", "TEA_TIME", "TEA_SUGAR_TONGS", "CUPS"])
def test_other_keys_are_the_apps_own(key: str) -> None:
    """An app's own key may begin like ours."""
    assert make(**{key: "anything"}) == Tea()
