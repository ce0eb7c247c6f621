from __future__ import annotations

import unicodedata
from html.parser import HTMLParser

import pytest
from flask_greet import Greeting, clean_name
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

# Unicode UAX #9: what turns text around, and what ends a paragraph.
TURNS_THE_LINE = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "B"}

# Text at random, and text made only of what could do harm.
NAMES = st.text(st.characters()) | st.text(
    "<>&\"'/bdi%(name)s{} \n\r\0\ud800\u0301\u200d\u200f\u202e\u2029\u2066\u2069\u3164"
)


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
    "name", [None, "", " \t\n", "\u3164", "\u2800 \u115f", "\u200d", "\u202e", "\u0301"]
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


def test_greeting_is_html_in_a_page() -> None:
    """In HTML the name is escaped and isolated."""
    greeting = Greeting.to("<b>Ada</b>")

    assert greeting.__html__() == "Hello, <bdi>&lt;b&gt;Ada&lt;/b&gt;</bdi>!"
    assert isinstance(greeting.__html__(), Markup)


def test_greeting_is_plain_text_elsewhere() -> None:
    """As a string it isolates the name by characters, and escapes nothing."""
    assert str(Greeting.to("<Ada>")) == "Hello, \u2068<Ada>\u2069!"


def test_unknown_is_greeted_neutrally() -> None:
    """Without a name nothing is left open in the sentence."""
    assert str(Greeting.to(None)) == "Hello there"
    assert Greeting.to("").__html__() == "Hello there"


@pytest.mark.parametrize("name", ["100%", "%s", "%(name)s", "%(other)d", "{0}"])
def test_name_is_no_format(name: str) -> None:
    """A name that looks like a placeholder is only a name."""
    assert str(Greeting.to(name)) == f"Hello, \u2068{name}\u2069!"
    assert Greeting.to(name).__html__() == f"Hello, <bdi>{name}</bdi>!"


def test_markup_is_no_way_around_escaping() -> None:
    """A name marked as safe HTML is escaped all the same."""
    assert Greeting.to(Markup("<i>")).__html__() == "Hello, <bdi>&lt;i&gt;</bdi>!"


@given(NAMES)
def test_no_name_leaves_its_element(name: str) -> None:
    """Whatever the name, a browser reads one element with the name as its text."""
    greeting = Greeting.to(name)
    heard: list[tuple[str, str]] = []

    class Listener(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            heard.append(("start", tag))

        def handle_endtag(self, tag: str) -> None:
            heard.append(("end", tag))

        def handle_data(self, data: str) -> None:
            heard.append(("text", data))

    listener = Listener()
    listener.feed(greeting.__html__())
    listener.close()

    assert heard == (
        [("text", "Hello there")]
        if greeting.name is None
        else [
            ("text", "Hello, "),
            ("start", "bdi"),
            ("text", greeting.name),
            ("end", "bdi"),
            ("text", "!"),
        ]
    )


@given(NAMES)
def test_no_name_reorders_the_line(name: str) -> None:
    """Whatever the name, it is one line and cannot turn what surrounds it."""
    shown = clean_name(name) or "nobody"

    assert not TURNS_THE_LINE.intersection(map(unicodedata.bidirectional, shown))
    assert len(shown.splitlines()) == 1
    assert unicodedata.combining(shown[0]) == 0


@given(NAMES, st.integers(1, 80))
def test_cleaning_settles(name: str, limit: int) -> None:
    """A cleaned name is within the limit, can be written out, and is clean already."""
    shown = clean_name(name, limit)

    if shown is not None:
        assert len(shown) <= limit
        assert shown.encode()
        assert clean_name(shown, limit) == shown
