from __future__ import annotations

import unicodedata

import pytest
from flask_greet import clean_name
from hypothesis import given
from hypothesis import strategies as st

# Unicode UAX #9: what turns text around, and what ends a paragraph.
TURNS_THE_LINE = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "B"}

# Text at random, and text made only of what could do harm.
NAMES = st.text(st.characters()) | st.text(
    "<>&\"'/bdi%(name)s \n\r\0\ud800\u0301\u0489\u0903\u094d\u0915\u200c\u200d\u200f"
    "\u202e\u2029\u2066\u2069\u3164\ufe0f\U0001f1e6\U0001f3fb\U0001f469"
)

# What a reader takes for one character each (UAX #29, grapheme clusters).
CHARACTERS = ["A", "e\u0332", "ก\u0e33", "क\u094dष\u093e", "س\u064e\u0651"]
CHARACTERS += ["👋🏽", "🇨🇿", "👩\u200d🚀", "❤\ufe0f", "1\ufe0f\u20e3"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ada", "Ada"),
        ("  Ada \t King\r\n", "Ada King"),
        ("Ada\u2028King", "Ada King"),
        ("Ada \u200b King", "Ada King"),
        ("Ada\0\x1b[31m", "Ada[31m"),
        ("Zoe\u0308", "Zoë"),
        ("Zoe\u200b\u0308", "Zoë"),
        ("\u0308Ada", "Ada"),
        ("\u202eadA", "adA"),
        ("A\u00add\u2066a\ufeff", "Ada"),
        ("\ud800Ada", "Ada"),
        ("\ue000Ada\U0010ffff", "Ada"),
        ("میخک\u200cها", "میخک\u200cها"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("{{ 7 * 7 }}", "{{ 7 * 7 }}"),
        (42, "42"),
    ],
)
def test_name_is_cleaned(name: object, shown: str) -> None:
    """What is invisible or turns the line goes, and what writes a name stays."""
    assert clean_name(name) == shown


@pytest.mark.parametrize(
    "name",
    [
        None,
        "",
        " \t\n",
        "\u3164",
        "\u2800 \u115f",
        "\u200d",
        "\u202e",
        "\u0301",
        "\U0001d159",
    ],
)
def test_blank_name_is_no_name(name: str | None) -> None:
    """A name of which nothing can be seen is the same as none."""
    assert clean_name(name) is None


@pytest.mark.parametrize(
    ("name", "limit", "shown"),
    [
        ("x" * 64, 64, "x" * 64),
        ("x" * 65, 64, "x" * 63 + "…"),
        ("x" * 1_000_000, 64, "x" * 63 + "…"),
        ("Ada Lovelace", 5, "Ada…"),
        ("Ada", 1, "…"),
    ],
)
def test_long_name_is_cut(name: str, limit: int, shown: str) -> None:
    """A name longer than the limit ends in an ellipsis, which counts too."""
    assert clean_name(name, limit) == shown


@pytest.mark.parametrize(
    ("name", "limit", "shown"),
    [
        ("Zo\u0259\u0308x", 3, "Zo…"),
        ("Ae\u0332tta", 3, "A…"),
        ("Ae\u0332tta", 4, "Ae\u0332…"),
        ("👩\u200d🚀👩\u200d🚀", 5, "👩\u200d🚀…"),
        ("👋🏽👋🏽", 3, "👋🏽…"),
        ("🇨🇿🇸🇰", 3, "🇨🇿…"),
        ("🇨🇿🇸🇰x", 4, "🇨🇿…"),
        ("कक\u094dष", 3, "क…"),
        ("क\u093eक\u093e", 3, "क\u093e…"),
        ("xก\u0e33ก\u0e33", 3, "x…"),
        ("x" + "\u0301" * 3 + "y", 3, "x\u0301…"),
    ],
)
def test_name_is_cut_between_characters(name: str, limit: int, shown: str) -> None:
    """What a reader takes for one character stays whole, or goes."""
    assert clean_name(name, limit) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Z\u0335" + "\u0336" * 50 + "algo", "Z\u0335" + "\u0336" * 3 + "algo"),
        ("e" + "\u0489\u0489\u200d" * 9, "e" + "\u0489\u0489\u200d" * 2),
        ("e\u0489\u0489\u0489\u0489\u0489e", "e\u0489\u0489\u0489\u0489e"),
        ("क\u093e\u093e\u093e\u093e\u093e", "क\u093e\u093e\u093e\u093e\u093e"),
    ],
)
def test_marks_do_not_pile_up(name: str, shown: str) -> None:
    """At most four marks stand on a letter, so none reaches the next line."""
    assert clean_name(name) == shown


@given(NAMES)
def test_no_name_reorders_the_line(name: str) -> None:
    """Whatever the name, it is one line and cannot turn what surrounds it."""
    shown = clean_name(name) or "nobody"

    assert not TURNS_THE_LINE.intersection(map(unicodedata.bidirectional, shown))
    assert len(shown.splitlines()) == 1
    assert unicodedata.category(shown[0])[0] not in "MZ"


@given(NAMES)
def test_no_name_towers_over_the_line(name: str) -> None:
    """Whatever the name, no more than four marks stand on each other."""
    shown = clean_name(name) or "nobody"
    kinds = "".join(
        "m" if unicodedata.category(character) in ("Me", "Mn") else "-"
        for character in shown
        if character not in "\u200c\u200d"  # which join what is around them
    )

    assert "m" * 5 not in kinds


@given(st.lists(st.sampled_from(CHARACTERS), min_size=8), st.integers(5, 7))
def test_no_character_is_cut_in_two(characters: list[str], limit: int) -> None:
    """Wherever a name is cut, what is shown are whole characters of a reader's."""
    shown = clean_name("".join(characters), limit)

    assert shown in [f"{''.join(characters[:n])}…" for n in range(1, limit)]


@given(NAMES, st.integers(1, 80))
def test_cleaning_settles(name: str, limit: int) -> None:
    """A cleaned name is within the limit, can be written out, and is clean already."""
    shown = clean_name(name, limit)

    if shown is not None:
        assert len(shown) <= limit
        assert shown.encode()
        assert clean_name(shown, limit) == shown
