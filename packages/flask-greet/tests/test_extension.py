from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response, current_app, make_response, session
from flask import render_template_string as render
from flask.testing import FlaskClient
from flask_greet import Greet, Greeting


def bare_app(**config: object) -> Flask:
    app = Flask(__name__)
    app.config.update(TESTING=True, SECRET_KEY="tests", **config)
    return app


def test_attached_at_once() -> None:
    """``Greet(app)`` is the same as ``init_app``."""
    app = bare_app(GREET_PAGES=True)
    Greet(app)

    assert b"Hello there" in app.test_client().get("/").data


def test_factory_can_run_twice() -> None:
    """Two apps of one factory, with a shared extension object, do not meet."""
    greet = Greet()

    def create_app(**config: object) -> Flask:
        app = bare_app(**config)
        greet.init_app(app)
        return app

    one = create_app(GREET_PAGES=True, GREET_NAME_LIMIT=4)
    two = create_app(GREET_NAME_LIMIT=6)

    for _ in range(2):
        assert "Ali…" in one.test_client().get("/user/Alice Liddell").text
        assert two.test_client().get("/user/Alice Liddell").status_code == 404
        with two.test_request_context():
            assert greet.greet("Alice Liddell").name == "Alice…"


def test_subclass_greets_its_own_way() -> None:
    """A subclass is asked wherever the app greets: by templates and by the shell."""

    class Loud(Greet):
        def greet(self, name: object = None, **given: Any) -> Greeting:
            return super().greet(str(name).upper(), **given)

    app = bare_app()
    Loud(app)

    with app.app_context():
        assert render("{{ greet('Ada') }}{{ 'Ada'|greet }}").count("ADA") == 2
    assert "ADA" in app.test_cli_runner().invoke(args=["greet", "say", "Ada"]).output


def test_clock_is_an_argument() -> None:
    """What time it is, is told by the clock that the extension was made with."""
    app = bare_app(GREET_TIMEZONE="Europe/Prague")
    greet = Greet(app, clock=lambda zone: datetime(2026, 1, 1, 13, tzinfo=zone))

    with app.app_context():
        assert greet.greet("Ada").period == "afternoon1"


def test_second_init_app_is_refused(app: Flask, greet: Greet) -> None:
    """An app has one ``Greet``, whoever tries to add another."""
    with pytest.raises(RuntimeError, match="already initialised on this app"):
        greet.init_app(app)
    with pytest.raises(RuntimeError, match="already initialised on this app"):
        Greet(app)


def test_extension_is_found_through_the_app(app: Flask, greet: Greet) -> None:
    """Whoever cannot import the object finds it where Flask keeps extensions."""
    with app.app_context():
        assert current_app.extensions["greet"].extension is greet


def test_missing_init_app_is_said(greet: Greet) -> None:
    """Use without ``init_app`` says what was forgotten."""
    with (
        bare_app().app_context(),
        pytest.raises(RuntimeError, match=r"forget 'greet\.init_app\(app\)'"),
    ):
        greet.greet("Ada")


def test_wrong_instance_is_refused(app: Flask) -> None:
    """Another ``Greet`` than the app's own does not answer for it."""
    with app.app_context(), pytest.raises(RuntimeError, match="make two instances"):
        Greet().greet("Ada")


def test_nothing_is_attached_by_a_refused_configuration() -> None:
    """After an error at start, a corrected app can be initialised."""
    app = bare_app(GREET_PAGE=True)
    with pytest.raises(RuntimeError, match=r"GREET_PAGE, .* mean GREET_PAGES"):
        Greet(app)

    del app.config["GREET_PAGE"]
    Greet(app)


def test_visitor_is_greeted_by_the_session(client: FlaskClient) -> None:
    """Without a loader the name is looked for in the session."""
    assert "<h1>Hello there</h1>" in client.get("/").text

    with client.session_transaction() as cookie:
        cookie["name"] = "Ada"

    assert "<h1>Hello, <bdi>Ada</bdi>!</h1>" in client.get("/").text


def test_visitor_is_greeted_by_the_loader(
    app: Flask, greet: Greet, client: FlaskClient
) -> None:
    """A loader knows better than the session, and is handed back as it was."""

    def load_name() -> str:
        return "Grace"

    assert greet.name_loader(load_name) is load_name
    with client.session_transaction() as cookie:
        cookie["name"] = "Ada"

    assert "<bdi>Grace</bdi>" in client.get("/").text


def test_unknown_by_the_loader_is_unknown(greet: Greet, client: FlaskClient) -> None:
    """A loader that knows nobody is not overruled by the session."""
    greet.name_loader(lambda: None)
    with client.session_transaction() as cookie:
        cookie["name"] = "Ada"

    assert "Hello there" in client.get("/").text


def test_visitor_needs_a_request(app: Flask, greet: Greet) -> None:
    """Outside a request there is no visitor, and the error says how to go on."""
    with app.app_context(), pytest.raises(RuntimeError, match=r"greet\.greet\('Ada'\)"):
        greet.greet()


def test_name_in_the_address(client: FlaskClient) -> None:
    """The address decides who is greeted, and search engines are asked to stay away."""
    page = client.get("/user/Dave").text

    assert "<title>Hello, \u2068Dave\u2069!</title>" in page
    assert "<h1>Hello, <bdi>Dave</bdi>!</h1>" in page
    assert '<meta name="robots" content="noindex">' in page


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/user/<script>", "Hello, <bdi>&lt;script&gt;</bdi>!"),
        ("/user/%3Cscript%3E", "Hello, <bdi>&lt;script&gt;</bdi>!"),
        ("/user/100%25", "Hello, <bdi>100%</bdi>!"),
        ("/user/%25(name)s", "Hello, <bdi>%(name)s</bdi>!"),
        ("/user/%00", "Hello there"),
        ("/user/A%00da", "Hello, <bdi>Ada</bdi>!"),
        ("/user/%E2%80%AEadA", "Hello, <bdi>adA</bdi>!"),
        ("/user/%20", "Hello there"),
        ("/user/{{ 7 * 7 }}", "Hello, <bdi>{{ 7 * 7 }}</bdi>!"),
        ("/user/" + "x" * 1_000_000, f"Hello, <bdi>{'x' * 63}…</bdi>!"),
    ],
)
def test_hostile_address(client: FlaskClient, path: str, heading: str) -> None:
    """No address breaks the page."""
    response = client.get(path)

    assert response.status_code == 200
    assert f"<h1>{heading}</h1>" in response.text
    assert "<script>" not in response.text


@pytest.mark.parametrize("name", ["%ED%A0%80", "%FF", "%C0%80"])
def test_address_that_is_no_text(client: FlaskClient, name: str) -> None:
    """Bytes that spell a lone surrogate, or nothing at all, are no server error."""
    assert client.get(f"/user/{name}").status_code < 500


def test_lone_surrogate_in_the_session(client: FlaskClient) -> None:
    """A name that JSON can carry and UTF-8 cannot is shown without that part."""
    with client.session_transaction() as cookie:
        cookie["name"] = "\ud800Ada"

    assert "<bdi>Ada</bdi>" in client.get("/").text


def test_pages_are_off_by_default() -> None:
    """An extension does not take the app's front page unasked."""
    app = bare_app()
    Greet(app)

    assert app.test_client().get("/").status_code == 404
    assert [rule.rule for rule in app.url_map.iter_rules()] == [
        "/static/<path:filename>",
        "/-/greet/<path:filename>",
    ]


def test_template_helpers(app: Flask) -> None:
    """A template greets the visitor by the function, and anybody by the filter."""
    with app.test_request_context():
        session["name"] = "Ada"

        assert render("{{ greet() }}") == "Hello, <bdi>Ada</bdi>!"
        assert render("{{ greet('Eve') }}") == "Hello, <bdi>Eve</bdi>!"
        assert render("{{ '<Eve>'|greet }}") == "Hello, <bdi>&lt;Eve&gt;</bdi>!"


def test_filter_never_greets_the_visitor(app: Flask) -> None:
    """An unknown name in a filter is somebody unknown, not whoever is visiting."""
    with app.test_request_context():
        session["name"] = "Ada"

        assert render("{{ none|greet }}") == "Hello there"
        assert render("{{ undefined|greet }}") == "Hello there"


def test_helpers_work_in_imported_macros(app: Flask, templates: Path) -> None:
    """A macro from another file, which sees no context, greets all the same."""
    templates.mkdir()
    (templates / "macros.html").write_text(
        "{% macro both(name) %}{{ greet() }} {{ name|greet }}{% endmacro %}"
    )
    with app.test_request_context():
        assert (
            render("{% from 'macros.html' import both %}{{ both('Eve') }}")
            == "Hello there Hello, <bdi>Eve</bdi>!"
        )


def test_greeting_the_visitor_makes_the_response_private(client: FlaskClient) -> None:
    """No cache may hand one visitor's name to another."""
    response = client.get("/")

    assert response.vary.to_header() == "Accept-Language, Cookie"
    assert response.cache_control.to_header() == "private"


def test_loader_makes_the_response_private_too(
    greet: Greet, client: FlaskClient
) -> None:
    """A loader may look at anything, so the response is as private as the session."""
    greet.name_loader(lambda: "Ada")
    response = client.get("/")

    assert response.vary.to_header() == "Accept-Language, Cookie"
    assert response.cache_control.to_header() == "private"


def test_cache_control_of_the_view_is_kept(app: Flask, client: FlaskClient) -> None:
    """A view that said how it may be cached is not overruled."""

    @app.get("/mine")
    def mine() -> Response:
        response = make_response(render("{{ greet() }}"))
        response.cache_control.no_store = True
        return response

    response = client.get("/mine")

    assert response.cache_control.to_header() == "no-store"
    assert response.vary.to_header() == "Accept-Language, Cookie"


@pytest.mark.parametrize(
    "template",
    [
        "nobody is greeted",
        "{{ greet('Eve', locale='cs', now=noon) }}",
    ],
)
def test_other_responses_are_left_alone(
    app: Flask, client: FlaskClient, template: str
) -> None:
    """A page that asks nothing about its visitor may be cached for all."""

    @app.get("/public")
    def public() -> str:
        return render(template, noon=datetime(2026, 1, 1, 12))

    response = client.get("/public")
    assert "Vary" not in response.headers
    assert "Cache-Control" not in response.headers


@pytest.mark.parametrize(
    ("template", "vary"),
    [
        ("{{ greet(locale='cs', now=noon) }}", "Cookie"),
        ("{{ greet('Eve', locale='cs') }}", "Cookie"),
        ("{{ greet('Eve', now=noon) }}", "Accept-Language"),
    ],
    ids=["the name", "the hour", "the language"],
)
def test_one_thing_asked_is_enough(
    app: Flask, greet: Greet, client: FlaskClient, template: str, vary: str
) -> None:
    """Whatever is not given depends on the visitor, and the response says on what."""
    greet.name_loader(lambda: "Ada")
    noon = datetime(2026, 1, 1, 12)
    app.add_url_rule("/one", "one", lambda: render(template, noon=noon))
    response = client.get("/one")

    assert response.vary.to_header() == vary
    assert response.cache_control.to_header() == "private"


def test_page_in_one_language_is_left_alone(app: Flask, client: FlaskClient) -> None:
    """With one language there is nothing to ask the browser."""
    app.config["GREET_LANGUAGES"] = ["en"]
    response = client.get("/user/Eve", headers={"Accept-Language": "de"})

    assert response.content_language.to_header() == "en"
    assert "Vary" not in response.headers
    assert "Cache-Control" not in response.headers


@pytest.mark.parametrize(
    ("path", "vary"),
    [("/", "Accept-Language, Cookie"), ("/user/Eve", "Accept-Language")],
)
def test_negotiated_response_says_so(client: FlaskClient, path: str, vary: str) -> None:
    """What was looked at is named, and what was not is not."""
    response = client.get(path)

    assert response.vary.to_header() == vary
    assert response.cache_control.to_header() == "private"


def test_async_view(app: Flask, greet: Greet, client: FlaskClient) -> None:
    """An async view greets like any other, headers included."""
    pytest.importorskip("asgiref")

    @app.get("/async")
    async def page() -> str:
        session["name"] = "Ada"
        return str(greet.greet())

    response = client.get("/async")

    assert response.text == "Hello, \u2068Ada\u2069!"
    assert response.cache_control.private


def test_configuration_updated_after_the_factory(app: Flask) -> None:
    """Flask's test recipe, which updates the configuration afterwards, is honoured."""
    app.config.update(GREET_SESSION_KEY="nickname", GREET_NAME_LIMIT=8)
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["nickname"] = "Countess Ada"

    assert "<bdi>Countes…</bdi>" in client.get("/").text


def test_configuration_changed_while_serving(app: Flask, client: FlaskClient) -> None:
    """After the first request a change is an error that names the key."""
    client.get("/")
    app.config["GREET_NAME_LIMIT"] = 8

    with pytest.raises(RuntimeError, match="GREET_NAME_LIMIT was changed after the fi"):
        client.get("/")


def test_configuration_used_in_a_shell_may_change(app: Flask, greet: Greet) -> None:
    """Greeting outside a request, say to seed a database, settles nothing."""
    with app.app_context():
        assert greet.greet("Ada").name == "Ada"
        app.config["GREET_NAME_LIMIT"] = 2
        assert greet.greet("Ada").name == "A…"


def test_pages_changed_after_init_app(app: Flask, client: FlaskClient) -> None:
    """A key that ``init_app`` has acted on cannot change any more."""
    app.config["GREET_PAGES"] = False

    with pytest.raises(RuntimeError, match="GREET_PAGES was changed after 'init_app'"):
        client.get("/")


def test_key_misspelt_after_the_factory(app: Flask, client: FlaskClient) -> None:
    """A misspelt key is found at the first request, and at each until it is right."""
    app.config["GREET_NAME_LIMITS"] = 8

    for _ in range(2):
        with pytest.raises(RuntimeError, match="Did you mean GREET_NAME_LIMIT"):
            client.get("/")


def test_app_replaces_a_page(app: Flask, client: FlaskClient, templates: Path) -> None:
    """A file of the same name in the app's templates wins, and can extend the page."""
    (templates / "greet").mkdir(parents=True)
    (templates / "greet" / "hello.html").write_text(
        "{% extends 'greet/_hello.html' %}"
        "{% block page_content %}{{ super() }}<p>Tea?</p>{% endblock %}"
    )

    assert "<h1>Hello there</h1><p>Tea?</p>" in client.get("/").text
    assert "Tea" not in client.get("/user/Ada").text
