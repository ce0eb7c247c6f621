"""Whatever can be guarded is guarded alike, whatever is asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from flask.views import MethodView, View
from flask_nameform import Form, Forms
from flask_simpleauth import SimpleAuth

if TYPE_CHECKING:
    from conftest import Clock

PASSWORD = "correct horse battery"

Guard = Callable[[Any], Any]


def function(app: Flask, guard: Guard) -> None:
    @app.post("/it")
    @guard
    def it() -> str:
        return "in"


def coroutine(app: Flask, guard: Guard) -> None:
    @app.post("/it")
    @guard
    async def it() -> str:
        return "in"


def class_view(app: Flask, guard: Guard) -> None:
    @guard
    class It(MethodView):
        def post(self) -> str:
            return "in"

    app.add_url_rule("/it", view_func=It.as_view("it"))


def class_view_with_coroutine(app: Flask, guard: Guard) -> None:
    @guard
    class It(View):
        methods = ["POST"]  # noqa: RUF012 # as in Flask's docs

        async def dispatch_request(self) -> str:  # type: ignore[override] # Flask awaits it
            return "in"

    app.add_url_rule("/it", view_func=It.as_view("it"))


def method_of_class_view(app: Flask, guard: Guard) -> None:
    class It(MethodView):
        @guard
        def post(self) -> str:
            return "in"

    app.add_url_rule("/it", view_func=It.as_view("it"))


def decorators_of_class_view(app: Flask, guard: Guard) -> None:
    class It(MethodView):
        decorators = [guard]  # noqa: RUF012 # as in Flask's docs

        async def post(self) -> str:
            return "in"

    app.add_url_rule("/it", view_func=It.as_view("it"))


def blueprint(app: Flask, guard: Guard) -> None:
    it = Blueprint("blueprint", __name__)
    it.before_request(guard(lambda: None))
    it.add_url_rule("/it", "it", lambda: "in", methods=["POST"])
    app.register_blueprint(it)


def nested_blueprint(app: Flask, guard: Guard) -> None:
    outer, inner = Blueprint("outer", __name__), Blueprint("inner", __name__)
    outer.before_request(guard(lambda: None))
    inner.add_url_rule("/it", "it", lambda: "in", methods=["POST"])
    outer.register_blueprint(inner)
    app.register_blueprint(outer)


class EmptyForm(Form):
    pass


def form_handler(app: Flask, guard: Guard) -> None:
    forms = Forms(app)

    @forms.handler("it", EmptyForm)
    @guard
    def it(form: EmptyForm) -> Any:
        return app.response_class("in")


def form_handler_coroutine(app: Flask, guard: Guard) -> None:
    forms = Forms(app)

    @forms.handler("it", EmptyForm)
    @guard
    async def it(form: EmptyForm) -> Any:
        return app.response_class("in")


KINDS = [
    function,
    coroutine,
    class_view,
    class_view_with_coroutine,
    method_of_class_view,
    decorators_of_class_view,
    blueprint,
    nested_blueprint,
    form_handler,
    form_handler_coroutine,
]


@pytest.fixture
def auth(app: Flask, clock: Clock) -> SimpleAuth:
    """SimpleAuth where editors may edit; ``POST /in/<role>`` signs one in."""
    auth = SimpleAuth(app, clock=clock, permissions={"editor": {"posts.edit"}})

    @app.post("/in/<role>")
    def sign_in(role: str) -> str:
        user = auth.create_user(f"{role}@example.org", PASSWORD)
        auth.grant(user, role)
        auth.login(user)
        return ""

    return auth


def signed_in(app: Flask, role: str) -> FlaskClient:
    """Return the browser of somebody with that role."""
    client = app.test_client()
    client.post(f"/in/{role}")
    return client


def post(app: Flask, client: FlaskClient) -> tuple[int, str]:
    """Post to what is guarded, and return the status and where that leads."""
    adapter = app.url_map.bind("localhost")
    path = "/it" if adapter.test("/it", "POST") else "/-/forms/it"
    response = client.post(path, headers={"Sec-Fetch-Site": "same-origin"})
    return response.status_code, response.headers.get("Location", "").partition("?")[0]


@pytest.mark.parametrize("kind", KINDS)
def test_signed_in(app: Flask, auth: SimpleAuth, kind: Any) -> None:
    """Without arguments, a guard lets in whoever is signed in."""
    kind(app, auth.login_required)
    assert post(app, app.test_client()) == (303, "/auth/login")
    assert post(app, signed_in(app, "visitor")) == (200, "")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("asked", [{"role": "editor"}, {"permission": "posts.edit"}])
def test_role_and_permission(
    app: Flask, auth: SimpleAuth, kind: Any, asked: dict[str, Any]
) -> None:
    """A role or a permission is asked for, and others get 403."""
    kind(app, auth.login_required(**asked))
    assert post(app, app.test_client()) == (303, "/auth/login")
    assert post(app, signed_in(app, "visitor")) == (403, "")
    assert post(app, signed_in(app, "editor")) == (200, "")


@pytest.mark.parametrize("kind", KINDS)
def test_fresh(app: Flask, auth: SimpleAuth, kind: Any, clock: Clock) -> None:
    """A password shown lately is asked for, and others are asked for theirs."""
    kind(app, auth.login_required(fresh=timedelta(minutes=10)))
    assert post(app, app.test_client()) == (303, "/auth/login")
    client = signed_in(app, "visitor")
    clock.now += 600
    assert post(app, client) == (200, "")
    clock.now += 1
    assert post(app, client) == (401, "")
