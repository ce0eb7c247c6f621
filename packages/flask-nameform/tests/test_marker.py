from __future__ import annotations

import pytest
from flask import Flask
from flask_nameform.marker import Marker, page_url, read, shown_on, sign, this_page


@pytest.fixture
def app() -> Flask:
    app = Flask(__name__)
    app.secret_key = "new"
    app.add_url_rule("/form", "form", methods=["GET", "POST"])
    app.add_url_rule("/act", "act", methods=["POST"])
    return app


def test_a_marker_comes_back_as_it_was(app: Flask) -> None:
    """All that it says survives the way through a page."""
    marker = Marker("blog.comment", "7", "/post/7?a=b", '{"id":7}', "a session")
    with app.app_context():
        assert read(sign(marker), "blog.comment") == marker


@pytest.mark.parametrize(
    "text", ["", "x", "a.b", "é", "\udcff", "\0", '["name",null,"/x"]', "." * 9999]
)
def test_a_made_up_marker_has_no_page(app: Flask, text: str) -> None:
    """Nobody but the app can say where a form was shown."""
    with app.app_context():
        assert read(text, "name") == Marker("name")


def test_the_marker_of_another_form_has_no_page(app: Flask) -> None:
    """A marker says something about its own form only."""
    with app.app_context():
        assert read(sign(Marker("a", None, "/x")), "b") == Marker("b")


def test_a_fallback_key_is_accepted_and_not_used_to_sign(app: Flask) -> None:
    """Pages shown before ``SECRET_KEY`` changed still work, new ones get the new."""
    marker = Marker("name", None, "/")
    app.secret_key = "old"
    with app.app_context():
        old = sign(marker)

    app.secret_key = "new"
    with app.app_context():
        new = sign(marker)
        assert read(old, "name") == Marker("name")

    app.config["SECRET_KEY_FALLBACKS"] = ["older", "old"]
    with app.app_context():
        assert read(old, "name") == marker
        assert sign(marker) == new


def test_a_missing_secret_key_is_said_with_its_cure(app: Flask) -> None:
    """Without ``SECRET_KEY`` the message says how to make one."""
    app.secret_key = None
    with (
        app.app_context(),
        pytest.raises(RuntimeError, match=r"SECRET_KEY.*_hex"),
    ):
        sign(Marker("name"))


@pytest.mark.parametrize(
    ("url", "page"),
    [
        ("/form", "/form"),
        ("/form?a=1&b=%20x", "/form?a=1&b=%20x"),
        ("/form?", "/form"),
        ("/f%C3%BCr%20%3F%23%25", "/f%C3%BCr%20%3F%23%25"),
        ("/\\evil.example", "/%5Cevil.example"),
        ("/%ff", "/%EF%BF%BD"),
        ('/form?\u00e9="<\u2028', "/form?%C3%A9=%22%3C%E2%80%A8"),
    ],
)
def test_a_page_is_a_path_of_this_site(app: Flask, url: str, page: str) -> None:
    """Whatever the URL, the page can only be one of this app, safe to redirect to."""
    with app.test_request_context(url, base_url="http://localhost"):
        assert this_page() == page
        assert page_url(page) == page


def test_a_page_is_never_another_host(app: Flask) -> None:
    """Two slashes at the start of a path would name a host to a browser."""
    path = {"PATH_INFO": "//evil.example/x"}
    with app.test_request_context("/", environ_overrides=path):
        assert this_page() == "/evil.example/x"


def test_a_page_lies_below_the_script_root(app: Flask) -> None:
    """An app that is mounted somewhere goes back to its own pages."""
    with app.test_request_context("/form", base_url="http://localhost/my app/"):
        assert this_page() == "/form"
        assert page_url("/form") == "/my%20app/form"
        assert page_url(None) == "/my%20app/"


def test_a_post_is_a_page_if_a_get_shows_it(app: Flask) -> None:
    """A view that answers a POST with a page is gone back to by a GET, if it can be."""
    with app.test_request_context("/form", method="POST"):
        assert this_page() == "/form"
    with app.test_request_context("/act", method="POST"):
        assert this_page() is None
    with app.test_request_context("/nowhere", method="POST"):
        assert this_page() is None
    with app.test_request_context("/nowhere", method="HEAD"):
        assert this_page() == "/nowhere"


def test_a_response_may_show_another_page(app: Flask) -> None:
    """What a refused post shows instead is gone back to as that."""
    with app.test_request_context("/act", method="POST"):
        with shown_on("/form?a=b"):
            assert this_page() == "/form?a=b"
        assert this_page() is None
