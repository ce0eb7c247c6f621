from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType

import pytest
from flask import Flask, render_template_string, request
from flask.testing import FlaskClient
from flask_nameform import Forms
from flask_nameform.locale import current_locale, find_locale, use_locale

SITE = ("en", "de", "pt-BR", "zh-Hant")


@pytest.fixture
def app() -> Flask:
    """An app that says which language a page is in, and has a page that does not."""
    app = Flask(__name__)
    app.config["SECRET_KEY"] = "a secret for the tests"
    Forms(app)
    app.add_url_rule("/", view_func=lambda: current_locale(), endpoint="index")
    app.add_url_rule("/mute", view_func=lambda: "", endpoint="mute")
    return app


@pytest.fixture
def babel(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[object], None]:
    """Add Flask-Babel to the app, as far as a page asks it."""

    def add(locale: object) -> None:
        module = ModuleType("flask_babel")
        module.get_locale = lambda: locale  # type: ignore[attr-defined] # a stand-in
        monkeypatch.setitem(sys.modules, "flask_babel", module)
        app.extensions["babel"] = object()

    return add


def spoken(client: FlaskClient, accepted: str, path: str = "/") -> str:
    return client.get(path, headers={"Accept-Language": accepted}).text


@pytest.mark.parametrize(
    ("accepted", "found"),
    [
        ("de", "de"),
        ("DE-at", "de"),
        ("de-Latn-AT-1996", "de"),
        ("de-AT, en", "de"),
        ("en-GB;q=0.4, de;q=0.5", "de"),
        ("de;q=0, pt-BR;q=0.1", "pt-BR"),
        ("pt", "pt-BR"),
        ("pt-PT", "pt-BR"),
        ("zh-Hant-HK", "zh-Hant"),
        ("hu", "en"),
        ("*", "en"),
        ("", "en"),
        ("\x00;;q=x,,-", "en"),
    ],
)
def test_look_up(accepted: str, found: str) -> None:
    """What a browser accepts is looked up by truncating it; at last it is the first."""
    assert find_locale(accepted, SITE) == found


def test_one_language_is_fixed(client: FlaskClient) -> None:
    """A site of one language looks at nothing, and says so by its silence."""
    answer = client.get("/", headers={"Accept-Language": "de"})

    assert answer.text == "en"
    assert "Accept-Language" not in answer.headers.get("Vary", "")


def test_several_languages(app: Flask, client: FlaskClient) -> None:
    """Of several languages the browser's is taken."""
    app.config["NAMEFORM_LOCALES"] = ["de", "en"]

    assert spoken(client, "en") == "en"
    assert spoken(client, "fr") == "de"


def test_vary_is_said_where_it_is_true(app: Flask, client: FlaskClient) -> None:
    """Only a page whose language was asked for depends on the header, and says it."""
    app.config["NAMEFORM_LOCALES"] = SITE

    assert client.get("/").headers["Vary"] == "Accept-Language"
    assert "Vary" not in client.get("/mute").headers


def test_without_forms_attached() -> None:
    """The key counts in an app that has forms and no ``Forms``."""
    app = Flask(__name__)
    app.config["NAMEFORM_LOCALES"] = ["ja"]

    with app.app_context():
        assert current_locale() == "ja"
    assert current_locale() == "en"


def test_without_a_request(app: Flask) -> None:
    """Where no browser asks, the default is spoken."""
    app.config["NAMEFORM_LOCALES"] = ["de", "en"]

    with app.app_context():
        assert current_locale() == "de"


def test_another_language_for_a_while(app: Flask) -> None:
    """A mail is in the language of its reader, the page after it in the visitor's."""
    app.config["NAMEFORM_LOCALES"] = SITE

    with app.app_context(), use_locale("ja"):
        assert current_locale() == "ja"
        with use_locale("fr"):
            assert current_locale() == "fr"
        assert current_locale() == "ja"
    with app.test_request_context(headers={"Accept-Language": "de"}):
        with use_locale("ja"):
            assert current_locale() == "ja"
        assert current_locale() == "de"


def test_babel_knows_better(
    app: Flask, client: FlaskClient, babel: Callable[[object], None]
) -> None:
    """With Flask-Babel the page has its language, whatever our key says."""
    app.config["NAMEFORM_LOCALES"] = SITE
    babel("pt_PT")

    assert spoken(client, "de") == "pt-PT"


def test_real_flask_babel(app: Flask, client: FlaskClient) -> None:
    """Flask-Babel's selector decides, and its way to force a locale is followed."""
    flask_babel = pytest.importorskip("flask_babel")
    flask_babel.Babel(app, locale_selector=lambda: request.args.get("language"))

    assert spoken(client, "de", "/?language=zh_Hans_CN") == "zh-Hans-CN"
    with app.test_request_context("/?language=fr"):
        with use_locale("pt-BR"):
            assert current_locale() == "pt-BR"
            assert str(flask_babel.get_locale()) == "pt_BR"
        with flask_babel.force_locale("de"):
            assert current_locale() == "de"
        assert current_locale() == "fr"


def test_our_own_layout_says_its_language(app: Flask, client: FlaskClient) -> None:
    """The layout of pages of our own has the tag of the language for screen readers."""
    app.config["NAMEFORM_LOCALES"] = ["pt-BR"]
    app.add_url_rule(
        "/layout",
        "layout",
        lambda: render_template_string(
            "{% extends layout %}", layout="nameform/base.html"
        ),
    )

    assert '<html lang="pt-BR">' in client.get("/layout").text


def test_locales_are_checked_at_start(app: Flask, client: FlaskClient) -> None:
    """What is no list of tags fails with the key."""
    for wrong in ([], ["en", "german!"], ["de_AT"]):
        app.config["NAMEFORM_LOCALES"] = wrong

        with app.app_context(), pytest.raises(RuntimeError, match="NAMEFORM_LOCALES"):
            current_locale()
