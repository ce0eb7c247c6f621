from __future__ import annotations

from html.parser import HTMLParser

import pytest
from flask_greet import Greeting
from flask_greet.language import LANGUAGES
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

# Text at random, and text made only of what could do harm.
NAMES = st.text(st.characters()) | st.text(
    "<>&\"'/bdi%(name)s{} \n\r\0\ud800\u0301\u200d\u200f\u202e\u2029\u2066\u2069\u3164"
)


def test_greeting_is_html_in_a_page() -> None:
    """In HTML the name is escaped and isolated."""
    greeting = Greeting.to("<b>Ada</b>")

    assert greeting.__html__() == "Hello, <bdi>&lt;b&gt;Ada&lt;/b&gt;</bdi>!"
    assert isinstance(escape(greeting), Markup)


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


@given(NAMES, st.sampled_from(sorted(LANGUAGES)), st.none() | st.integers(0, 23))
def test_no_name_hides_the_greeting(name: str, locale: str, hour: int | None) -> None:
    """Whatever the name, what surrounds it is what surrounds a common name."""
    greeting = Greeting.to(name, locale=locale, hour=hour)
    common = Greeting.to(greeting.name and "Ada", locale=locale, hour=hour)
    before, _, after = str(common).partition("Ada")

    assert str(greeting) == f"{before}{greeting.name or ''}{after}"


@pytest.mark.parametrize(
    ("locale", "hour", "said"),
    [
        ("en", None, "Hello, \u2068Ada\u2069!"),
        ("en", 0, "Good morning, \u2068Ada\u2069!"),
        ("en", 12, "Good afternoon, \u2068Ada\u2069!"),
        ("en", 23, "Good evening, \u2068Ada\u2069!"),
        ("de", 4, "Hallo, \u2068Ada\u2069!"),
        ("de", 5, "Guten Morgen, \u2068Ada\u2069!"),
        ("de", 10, "Guten Tag, \u2068Ada\u2069!"),
        ("es", 12, "¡Buenas tardes, \u2068Ada\u2069!"),
        ("es", 20, "¡Buenas noches, \u2068Ada\u2069!"),
        ("fr", 18, "Bonsoir \u2068Ada\u2069\u202f!"),
        ("ja", 16, "\u2068Ada\u2069さん、こんにちは！"),
        ("ja", 19, "\u2068Ada\u2069さん、こんばんは！"),
        ("cs", 9, "Dobrý den, \u2068Ada\u2069!"),
        ("ar", 6, "صباح الخير، \u2068Ada\u2069!"),
    ],
)
def test_greeting_by_language_and_hour(
    locale: str, hour: int | None, said: str
) -> None:
    """Each language has its own hours, and its own words when it has none for one."""
    assert str(Greeting.to("Ada", locale=locale, hour=hour)) == said


def test_greeting_says_what_it_is() -> None:
    """A greeting tells its language, direction and part of the day."""
    greeting = Greeting.to("Ada", locale="he", hour=9)

    assert greeting == Greeting("Ada", "he", "morning1")
    assert greeting.dir == "rtl"
    assert Greeting.to("Ada") == Greeting("Ada", "en", None)
    assert Greeting().dir == "ltr"
