from __future__ import annotations

from flask_nameform.cookies import apply_cookies, merge_set_cookies


def test_a_new_cookie_is_sent_next() -> None:
    """What was set replaces what was sent, and the rest stays as it was written."""
    cookie = apply_cookies('a=1; b="x y"; =odd', ["a=2; Path=/; HttpOnly", "c=3"], "/")
    assert cookie == 'a=2; b="x y"; =odd; c=3'


def test_without_cookies_there_is_nothing_to_send() -> None:
    """An empty header stays empty."""
    assert apply_cookies("", [], "/") == ""


def test_a_deleted_cookie_is_gone() -> None:
    """An age of nothing or a date in the past ends a cookie; the age counts first."""
    past, future = "Thu, 01 Jan 1970 00:00:00 GMT", "Thu, 01 Jan 2970 00:00:00 GMT"
    ends = ["a=; Max-Age=0", "b=; Max-Age=-1", f"c=; Expires={past}", "d=; Max-Age="]
    stays = [
        f"e=5; Expires={future}",
        f"f=6; Max-Age=9; Expires={past}",
        "g=7; Expires=?",
    ]
    sent = apply_cookies(
        "a=1; b=1; c=1; d=1; e=1", [*ends, *stays, "h=; Max-Age=0"], "/"
    )
    assert sent == "e=5; f=6; g=7"


def test_a_cookie_of_another_path_is_not_sent() -> None:
    """A cookie goes to its path and below, not to names that begin alike."""
    set_cookies = ["a=1; Path=/admin", "b=2; Path=/blog", "c=3; Path=/blog/"]
    assert apply_cookies("", set_cookies, "/blog/1") == "b=2; c=3"
    assert apply_cookies("", set_cookies, "/blogs") == ""


def test_the_last_word_on_a_cookie_counts() -> None:
    """Of the same name, domain and path only the later header remains."""
    first = ["a=1; Path=/", "b=1; Path=/", "a=9; Path=/x"]
    second = ["a=2; Path=/; Secure", "c=3", "a=4; Domain=a.example"]
    assert merge_set_cookies(first, second) == [
        "b=1; Path=/",
        "a=9; Path=/x",
        "a=2; Path=/; Secure",
        "c=3",
        "a=4; Domain=a.example",
    ]
