"""What is found out about the visitor, and how the response says so."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime, timezone, tzinfo
from types import ModuleType

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from flask_greet import Greet

# Half past eight in the morning in Prague, half past four in the afternoon in Tokyo.
NOW = datetime(2026, 3, 2, 7, 30, tzinfo=timezone.utc)


@pytest.fixture
def greet() -> Greet:
    def clock(zone: tzinfo) -> datetime:
        return NOW.astimezone(zone)

    return Greet(clock=clock)


@pytest.fixture
def babel(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[object], None]:
    """Add Flask-Babel to the app, as far as anybody asks it."""

    def add(locale: object) -> None:
        module = ModuleType("flask_babel")
        module.get_locale = lambda: locale  # type: ignore[attr-defined] # a stand-in
        monkeypatch.setitem(sys.modules, "flask_babel", module)
        app.extensions["babel"] = object()

    return add


def heard(
    client: FlaskClient, languages: str = "", path: str = "/", zone: str = ""
) -> str:
    """What a browser with these languages, in this time zone, reads."""
    headers = {"Accept-Language": languages, "Cookie": f"timezone={zone}"}
    browser = client.application.test_client(use_cookies=False)
    page = browser.get(path, headers=headers).text
    return page.partition("<h1>")[2].partition("</h1>")[0]


@pytest.mark.parametrize(
    ("languages", "said"),
    [
        ("cs", "Dobrý den"),
        ("en-US,en;q=0.9", "Hello there"),
        ("hu, zh-TW;q=0.8, en;q=0.5", "你好"),
        ("hu", "Hello there"),
        ("", "Hello there"),
        ("\x00\xff;;q=x", "Hello there"),
    ],
)
def test_browser_says_the_language(
    client: FlaskClient, languages: str, said: str
) -> None:
    """Without anything better the language is negotiated, and else the default."""
    assert heard(client, languages) == said


def test_default_language(app: Flask, client: FlaskClient) -> None:
    """Who reads none of the languages is greeted in the default one."""
    app.config.update(GREET_LANGUAGES=["cs", "de"], GREET_DEFAULT_LANGUAGE="de")

    assert heard(client, "cs") == "Dobrý den"
    assert heard(client, "ja") == "Hallo"


def test_loader_knows_the_language(greet: Greet, client: FlaskClient) -> None:
    """A loader is asked first; what it does not know, the browser says."""

    def load_locale() -> str | None:
        return request.args.get("language")

    assert greet.locale_loader(load_locale) is load_locale
    assert heard(client, "cs", "/?language=pt_BR") == "Olá"
    assert heard(client, "cs", "/?language=hu") == "Dobrý den"
    assert heard(client, "cs") == "Dobrý den"


def test_babel_knows_the_language(
    client: FlaskClient, greet: Greet, babel: Callable[[object], None]
) -> None:
    """Flask-Babel comes before the browser and after a loader."""
    babel("zh_Hant_TW")
    assert heard(client, "cs") == "你好"

    babel(None)
    assert heard(client, "cs") == "Dobrý den"

    greet.locale_loader(lambda: "de")
    babel("fr")
    assert heard(client, "cs") == "Hallo"


def test_real_flask_babel() -> None:
    """Flask-Babel answers which language; its time zone, UTC unasked, is not taken."""
    flask_babel = pytest.importorskip("flask_babel")
    app = Flask(__name__)
    app.config.update(SECRET_KEY="tests", GREET_PAGES=True)
    flask_babel.Babel(app, locale_selector=lambda: request.args["language"])
    greet = Greet(app, clock=NOW.astimezone)
    client = app.test_client()

    assert heard(client, "cs", "/?language=de_AT") == "Hallo"
    with app.app_context():
        assert str(greet.greet("Ada")) == "Hello, \u2068Ada\u2069!"


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Europe/Prague", "Good morning"),
        ("Asia/Tokyo", "Good afternoon"),
        ("America/Argentina/Buenos_Aires", "Good morning"),
        ("Pacific/Auckland", "Good evening"),
        ("Mars/Base", "Hello there"),
        ("../../etc/passwd", "Hello there"),
        ("", "Hello there"),
    ],
)
def test_cookie_says_the_hour(client: FlaskClient, zone: str, said: str) -> None:
    """The browser's time zone decides, if it is one; else the hour is unknown."""
    assert heard(client, zone=zone) == said


def test_zone_of_the_configuration(app: Flask, client: FlaskClient) -> None:
    """Visitors whose zone is unknown may be taken to be in one."""
    app.config["GREET_TIMEZONE"] = "Asia/Tokyo"

    assert heard(client) == "Good afternoon"
    assert heard(client, zone="Europe/Prague") == "Good morning"


def test_loader_knows_the_zone(greet: Greet, client: FlaskClient) -> None:
    """A loader is asked first; what it does not know, the cookie says."""

    def load_timezone() -> str | None:
        return request.args.get("zone")

    assert greet.timezone_loader(load_timezone) is load_timezone
    prague = "Europe/Prague"
    assert heard(client, "", "/?zone=Asia/Tokyo", prague) == "Good afternoon"
    assert heard(client, "", "/?zone=Mars/Base", prague) == "Good morning"
    assert heard(client, "", "/", prague) == "Good morning"


def test_name_in_the_address_is_greeted_as_at_any_time(client: FlaskClient) -> None:
    """``/user/<name>`` says the same at any hour, in the reader's language."""
    for languages, said in [
        ("en", "Hello, <bdi>Dave</bdi>!"),
        ("cs", "Dobrý den, <bdi>Dave</bdi>!"),
    ]:
        assert heard(client, languages, "/user/Dave", "Europe/Prague") == said


def test_all_given_needs_no_request(app: Flask, greet: Greet) -> None:
    """In a mail, with all given, a greeting is the same whoever triggers it."""
    with app.app_context():
        given = greet.greet("Ada", locale="cs", now=datetime(2026, 1, 1, 8))
    with app.test_request_context(headers={"Accept-Language": "de"}):
        again = greet.greet("Ada", locale="cs", now=datetime(2026, 1, 1, 8))

    assert given == again
    assert str(given) == "Dobré ráno, \u2068Ada\u2069!"


def test_nothing_known_is_neutral(app: Flask, greet: Greet) -> None:
    """Outside a request, or for a language unknown, the configuration decides."""
    app.config["GREET_TIMEZONE"] = "Asia/Tokyo"
    with app.app_context():
        assert greet.greet("Ada").period == "afternoon1"
        assert greet.greet("Ada", locale="hu").locale == "en"


def test_page_is_in_the_language_it_says(client: FlaskClient) -> None:
    """Header and element name the language that was spoken, not the one asked for."""
    for asked, said, direction in [
        ("ar-EG", "ar", "rtl"),
        ("zh-TW", "zh-Hant", "ltr"),
        ("hu", "en", "ltr"),
    ]:
        response = client.get("/", headers={"Accept-Language": asked})
        assert response.headers["Content-Language"] == said
        assert f'<html lang="{said}" dir="{direction}">' in response.text


def test_what_was_not_needed_is_not_named(greet: Greet, client: FlaskClient) -> None:
    """Once a loader has said the language, the browser's are not looked at."""
    greet.locale_loader(lambda: "cs")
    greet.timezone_loader(lambda: "Asia/Tokyo")
    response = client.get("/user/Eve")

    assert response.vary.to_header() == "Cookie"
    assert response.cache_control.to_header() == "private"


def test_babel_may_have_looked_at_anything(
    client: FlaskClient, babel: Callable[[object], None]
) -> None:
    """What Flask-Babel's selector looked at is not known, so both are named."""
    babel("cs")

    assert client.get("/user/Eve").vary.to_header() == "Accept-Language, Cookie"


def test_script_sets_the_cookie_of_the_configuration(
    app: Flask, client: FlaskClient
) -> None:
    """The script is a file, which a strict policy allows, and is told the cookie."""
    assert 'src="/-/greet/timezone.js" data-cookie="timezone"' in client.get("/").text
    for file in ("timezone.js", "greet.css"):
        with client.get(f"/-/greet/{file}") as response:
            assert response.status_code == 200

    other = Flask(__name__)
    other.config.update(SECRET_KEY="tests", GREET_PAGES=True)
    other.config["GREET_TIMEZONE_COOKIE"] = "tz"
    Greet(other)
    page = other.test_client().get("/").text
    assert 'data-cookie="tz"' in page
    assert "<style" not in page
    assert "<script>" not in page


def test_base_serves_other_pages_too(app: Flask) -> None:
    """A page of the app may extend our base, though it greets nobody."""
    with app.test_request_context():
        page = app.jinja_env.from_string(
            "{% extends 'greet/base.html' %}{% block page_content %}Tea{% endblock %}"
        ).render(url_for=app.url_for, config=app.config)

    assert "<html>" in page
    assert "<main>Tea</main>" in page
