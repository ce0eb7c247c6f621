"""Views, classes and blueprints that are marked with csrf.exempt."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, Flask
from flask.views import MethodView
from flask_nameform import Forms, NameForm, csrf

CROSS_SITE = {"Sec-Fetch-Site": "cross-site"}


def add_exempt(app: Flask, view: Callable[..., Any]) -> None:
    app.add_url_rule("/hook", "hook", view, methods=["POST"])


def post_across(app: Flask, url: str = "/hook") -> int:
    return app.test_client().post(url, headers=CROSS_SITE).status_code


def test_a_view_can_be_exempt(app: Flask) -> None:
    """The mark is a plain decorator, on functions sync and async."""

    @csrf.exempt
    def hook() -> str:
        return "done"

    add_exempt(app, hook)
    assert post_across(app) == 200
    assert hook() == "done"


def test_the_mark_is_found_below_other_decorators(app: Flask) -> None:
    """The order of decorators does not matter if they keep ``__wrapped__``."""

    def loud(view: Callable[[], str]) -> Callable[[], str]:
        @wraps(view)
        def wrapper() -> str:
            return view().upper()

        return wrapper

    add_exempt(app, loud(loud(csrf.exempt(lambda: "done"))))
    assert post_across(app) == 200


def test_a_view_of_the_same_name_is_not_exempt(app: Flask) -> None:
    """What was marked is the function, not its name."""

    def make(exempt: bool) -> Callable[[], str]:
        def view() -> str:
            return "done"

        return csrf.exempt(view) if exempt else view

    app.add_url_rule("/a", "a", make(True), methods=["POST"])
    app.add_url_rule("/b", "b", make(False), methods=["POST"])
    assert post_across(app, "/a") == 200
    assert post_across(app, "/b") == 400


def test_a_class_view_can_be_exempt_and_its_subclass_is_not(app: Flask) -> None:
    """The mark on a class is about this class alone."""

    @csrf.exempt
    class Hook(MethodView):
        def post(self) -> str:
            return "done"

    class Other(Hook):
        pass

    app.add_url_rule("/hook", view_func=Hook.as_view("hook"))
    app.add_url_rule("/other", view_func=Other.as_view("other"))
    assert post_across(app) == 200
    assert post_across(app, "/other") == 400


def test_a_blueprint_can_be_exempt_with_those_in_it(app: Flask) -> None:
    """The mark on a blueprint covers nested ones, and no others."""
    api = csrf.exempt(Blueprint("api", __name__, url_prefix="/api"))
    nested = Blueprint("nested", __name__, url_prefix="/nested")
    other = Blueprint("other", __name__, url_prefix="/other")

    for blueprint in (api, nested, other):
        blueprint.add_url_rule("/hook", "hook", lambda: "done", methods=["POST"])

    api.register_blueprint(nested)
    app.register_blueprint(api)
    app.register_blueprint(other)
    assert post_across(app, "/api/hook") == 200
    assert post_across(app, "/api/nested/hook") == 200
    assert post_across(app, "/other/hook") == 400


def test_a_form_of_an_exempt_blueprint_is_not_exempt() -> None:
    """Its address guards itself, whatever the views beside it do."""
    app = Flask(__name__)
    app.secret_key = "x"
    blueprint = csrf.exempt(Blueprint("api", __name__))
    forms = Forms(blueprint=blueprint)
    forms.add("name", NameForm, handler=lambda form: None)
    app.register_blueprint(blueprint)
    assert post_across(app, "/-/forms/api/name") == 400


def test_a_form_in_an_exempt_view_is_exempt(app: Flask) -> None:
    """A form asks no more than its view does."""

    @csrf.exempt
    def hook() -> str:
        return str(NameForm().validate_on_submit())

    add_exempt(app, hook)
    answer = app.test_client().post("/hook", data={"name": "A"}, headers=CROSS_SITE)
    assert answer.text == "True"
