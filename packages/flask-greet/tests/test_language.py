from __future__ import annotations

import pytest
from flask_greet.language import LANGUAGES, find_language, find_period, find_phrase
from hypothesis import given
from hypothesis import strategies as st

ALL = tuple(LANGUAGES)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("cs", "cs"),
        ("CS-cz", "cs"),
        ("en-US", "en"),
        ("en-GB", "en"),
        ("pt-PT", "pt-PT"),
        ("pt-BR", "pt-BR"),
        ("pt_BR", "pt-BR"),
        ("pt", "pt-BR"),
        ("pt-AO", "pt-PT"),
        ("no", "nb"),
        ("nn-NO", "nb"),
        ("nb-NO", "nb"),
        ("iw", "he"),
        ("zh", "zh-Hans"),
        ("zh-CN", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant"),
        ("zh_Hans_SG", "zh-Hans"),
        ("de-Latn-AT-1996", "de"),
        ("hu", None),
        ("*", None),
        ("", None),
        ("None", None),
        ("hu, cs;q=0.5, de;q=0.8", "de"),
        ("hu;q=0.9, cs;q=0", None),
        ("de;q=0.1, *", "de"),
    ],
)
def test_language_is_looked_up(asked: str, found: str | None) -> None:
    """A tag, or the best of a list of them, finds the language that serves it."""
    assert find_language(asked, ALL) == found


@pytest.mark.parametrize(
    ("asked", "offered", "found"),
    [
        ("pt-PT", ("en", "pt-BR"), "pt-BR"),
        ("pt", ("en", "pt-PT"), "pt-PT"),
        ("zh-TW, en", ("en", "zh-Hans"), "zh-Hans"),
        ("de, en", ("en",), "en"),
        ("de", ("en",), None),
    ],
)
def test_another_variety_is_nearer_than_another_language(
    asked: str, offered: tuple[str, ...], found: str | None
) -> None:
    """Where a variety is not offered, one of the same language is found."""
    assert find_language(asked, offered) == found


@given(st.text() | st.text('enpt-_,;=q0.5* "\\\n'))
def test_any_header_is_understood(header: str) -> None:
    """No ``Accept-Language`` is an error."""
    assert find_language(header, ALL) in (None, *ALL)


@pytest.mark.parametrize("language", ALL)
def test_hours_are_whole(language: str) -> None:
    """Each hour of each language is in a part of the day."""
    assert len(LANGUAGES[language]["hours"]) == 24
    assert all(find_period(language, hour) for hour in range(24))


def test_own_phrase_comes_before_another_language() -> None:
    """Where an hour has no phrase, the language's own for any time is said."""
    assert find_phrase("ko", "morning1", "Hello there") == "안녕하세요"
    assert find_phrase("en", "morning2", "Hello there") == "Hello there"
