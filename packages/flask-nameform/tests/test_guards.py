from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

import pytest
from flask import Blueprint, Flask
from flask_nameform import Forms, NameForm
from flask_nameform.guards import guards_of, guards_of_all
from flask_nameform.registry import Definition


def nothing(form: NameForm) -> None:
    """Take a form and do nothing."""


def login_required(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def decorated_view(*args: Any) -> Any:
        return view(*args)

    return decorated_view


def role_required(role: str) -> Callable[..., Any]:
    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def decorated_view(*args: Any) -> Any:
            return view(*args)

        return decorated_view

    return decorate


class Guard:
    """A decorator that is no function."""

    def __init__(self, view: Callable[..., Any]) -> None:
        self.__wrapped__ = view

    def __call__(self, *args: Any) -> Any:
        return self.__wrapped__(*args)


def guards(handler: Callable[..., Any], name: str = "name") -> list[str]:
    return guards_of(Flask(__name__), name, Definition(NameForm, handler, "Name"))


def test_nothing_runs_before_a_handler() -> None:
    """A bare function is what anyone may send to."""
    assert guards(nothing) == []


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Code does not know its maker.")
def test_decorators_are_named() -> None:
    """The decorators of a handler are found, the outermost first."""
    handler = login_required(role_required("admin")(nothing))

    assert guards(handler) == ["@login_required", "@role_required.decorate"]


def test_any_decorator_is_found() -> None:
    """One that Python knows little of is named as well as can be."""
    assert len(guards(login_required(nothing))) == 1
    assert guards(Guard(nothing)) == ["@?"]


def test_blueprints_guard_their_forms() -> None:
    """What runs before the requests of a blueprint runs before those within it too."""
    app = Flask(__name__)
    outer, inner = Blueprint("outer", __name__), Blueprint("inner", __name__)

    @outer.before_request
    def require_user() -> None:
        pass

    inner.before_request(partial(nothing, NameForm(formdata=None)))
    Forms(blueprint=inner).add("name", NameForm, handler=nothing)
    outer.register_blueprint(inner)
    app.register_blueprint(outer)
    definition = Definition(NameForm, nothing, "Name")

    assert guards_of(app, "outer.inner.name", definition) == ["require_user", "nothing"]
    assert guards_of(app, "outer.name", definition) == ["require_user"]
    assert guards_of(app, "name", definition) == []


def test_load_may_refuse() -> None:
    """What loads the object that a form edits is where its owner is asked for."""

    def load_post(post_id: int) -> object:
        return object()

    definition = Definition(NameForm, nothing, "Name", load_post)

    assert guards_of(Flask(__name__), "name", definition) == ["load_post"]


def test_what_the_app_runs_before_each_request() -> None:
    """These are named without our own, which refuse nobody for who they are."""
    app = Flask(__name__)
    Forms(app)
    app.before_request(partial(nothing, NameForm(formdata=None)))
    app.before_request(Guard(lambda: None))

    assert guards_of_all(app) == ["nothing", "Guard"]
