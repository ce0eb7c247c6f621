from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from flask.views import MethodView
from flask_nameform import Forms, NameForm
from flask_simpleauth import SimpleAuth
from flask_simpleauth.way_back import open_next

if TYPE_CHECKING:
    from conftest import Clock

PASSWORD = "correct horse battery"


@pytest.fixture
def client(app: Flask, auth: SimpleAuth) -> FlaskClient:
    """A client; ``POST /in`` signs Ada in, ``POST /in?role=admin`` as an admin."""
    from flask import request

    @app.post("/in")
    def sign_in() -> str:
        user = auth.create_user("ada@example.org", PASSWORD, name="Ada")
        if "role" in request.args:
            auth.grant(user, request.args["role"])
        auth.login(auth.authenticate("ada@example.org", PASSWORD))
        return ""

    return app.test_client()


def test_anonymous_page(app: Flask, auth: SimpleAuth, client: FlaskClient) -> None:
    """A visitor is led to the sign-in page, which keeps the way back to itself."""

    @app.get("/in/<name>")
    @auth.login_required
    def page(name: str) -> str:
        return f"{name} for {auth.require_user().name}"

    response = client.get("/in/a b?q=ä")
    assert response.status_code == 303
    path, _, query = response.headers["Location"].partition("?next=")
    assert path == "/auth/login"
    with app.test_request_context():
        assert open_next(query) == "/in/a%20b?q=%C3%A4"

    client.post("/in")
    assert client.get("/in/me").text == "me for Ada"


@pytest.mark.parametrize(
    "headers",
    [{"Accept": "application/json"}, {"Content-Type": "application/json"}],
)
def test_anonymous_api_client(
    app: Flask, auth: SimpleAuth, client: FlaskClient, headers: dict[str, str]
) -> None:
    """A client that talks JSON gets 401 and no page."""
    app.add_url_rule("/api", view_func=auth.login_required(lambda: "in"))

    response = client.get("/api", headers=headers)
    assert response.status_code == 401
    assert response.get_json() == {"error": "Sign in first."}


@pytest.mark.parametrize(
    ("current", "back"),
    [
        ("http://localhost/list?page=2#end", "/list?page=2"),
        ("https://evil.example/list", "/"),
        ("//evil.example/list", "/"),
        ("http://localhost//evil.example/", None),
        ("nonsense", "/"),
        ("", "/"),
    ],
)
@pytest.mark.parametrize("fresh", [None, timedelta(0)])
def test_part_of_a_page(
    app: Flask,
    auth: SimpleAuth,
    client: FlaskClient,
    clock: Clock,
    current: str,
    back: str | None,
    fresh: timedelta | None,
) -> None:
    """Where htmx asks for a part of a page, it goes to the page that asks for more."""
    guard = auth.login_required(fresh=fresh)
    app.add_url_rule("/part", view_func=guard(lambda: "in"), methods=["GET", "POST"])
    if fresh is not None:
        client.post("/in")
        clock.advance(60)

    headers = {"HX-Request": "true", "HX-Current-URL": current}
    for answer in (
        client.get("/part", headers=headers),
        client.post("/part", headers={**headers, "Sec-Fetch-Site": "same-origin"}),
    ):
        assert (answer.status_code, answer.text) == (401, "")
        page, _, query = answer.headers["HX-Redirect"].partition("?next=")
        assert page == ("/auth/login" if fresh is None else "/auth/confirm")
        with app.test_request_context():
            assert open_next(query) == back

    boosted = client.get("/part", headers={**headers, "HX-Boosted": "true"})
    assert boosted.status_code == 303


def test_role(app: Flask, auth: SimpleAuth, client: FlaskClient) -> None:
    """The wrong user gets 403, as a page or as JSON."""
    app.add_url_rule(
        "/admin", view_func=auth.login_required(role="admin")(lambda: "in")
    )

    assert client.get("/admin").status_code == 303
    client.post("/in?role=editor")
    assert client.get("/admin").status_code == 403
    as_json = client.get("/admin", headers={"Accept": "application/json"})
    assert (as_json.status_code, as_json.is_json) == (403, True)


def test_right_role(app: Flask, auth: SimpleAuth, client: FlaskClient) -> None:
    """The right user gets in."""
    app.add_url_rule(
        "/admin", view_func=auth.login_required(role="admin")(lambda: "in")
    )
    client.post("/in?role=admin")
    assert client.get("/admin").text == "in"


@pytest.fixture
def editors(app: Flask, clock: object) -> SimpleAuth:
    """SimpleAuth where editors may edit posts."""
    return SimpleAuth(app, permissions={"editor": ["posts.edit"]})


@pytest.mark.parametrize(("role", "status"), [("editor", 200), ("admin", 403)])
def test_permission(app: Flask, editors: SimpleAuth, role: str, status: int) -> None:
    """A view may ask for what a role permits, instead of for the role."""

    @app.get("/edit")
    @editors.login_required(permission="posts.edit")
    def edit() -> str:
        return str([editors.can(what) for what in ("posts.edit", "posts.burn")])

    @app.post("/in")
    def sign_in() -> str:
        user = editors.create_user("ada@example.org", PASSWORD)
        editors.grant(user, role)
        editors.login(user)
        return ""

    client = app.test_client()
    client.post("/in")
    assert client.get("/edit").status_code == status
    if status == 200:
        assert client.get("/edit").text == "[True, False]"


def test_can_of_nobody(app: Flask, editors: SimpleAuth) -> None:
    """A visitor may nothing, unless a policy says so."""
    app.add_url_rule("/may", view_func=lambda: str(editors.can("posts.edit")))
    assert app.test_client().get("/may").text == "False"


def test_policy(app: Flask, auth: SimpleAuth, client: FlaskClient) -> None:
    """A policy decides by user, action and object; in templates too."""
    from flask import render_template_string

    @auth.policy
    def may(user, action, post):  # type: ignore[no-untyped-def] # as in apps
        return action == "read" or (user is not None and user.name == post)

    @app.get("/<post>")
    def show(post: str) -> str:
        return render_template_string(
            "{{ auth.can('read', post) }} {{ auth.can('edit', post) }}", post=post
        )

    assert client.get("/Ada").text == "True False"
    client.post("/in")
    assert client.get("/Ada").text == "True True"
    assert client.get("/Eve").text == "True False"


def test_protected_app(app: Flask, auth: SimpleAuth) -> None:
    """In a protected app each view asks for signing in, but those said to be public."""
    auth.protect(app)
    app.add_url_rule("/secret", "secret", lambda: "secret")

    @auth.public
    @app.get("/above")
    def above() -> str:
        return "open"

    @app.get("/below")
    @auth.public
    def below() -> str:
        return "open"

    @auth.public
    class Page(MethodView):
        def get(self) -> str:
            return "open"

    class Inner(Page):
        """Inherits the page, not its openness."""

    app.add_url_rule("/class", view_func=Page.as_view("page"))
    app.add_url_rule("/inner", view_func=Inner.as_view("inner"))
    client = app.test_client()

    for path in ("/above", "/below", "/class"):
        assert client.get(path).text == "open"
    for path in ("/secret", "/inner"):
        assert client.get(path).headers["Location"].startswith("/auth/login?next=")
    assert client.get("/nowhere").status_code == 404
    assert client.get("/static/nothing.css").status_code == 404
    assert client.get("/auth/login").status_code == 200
    data = {"name": "Ada", "email": "ada@example.org", "password": PASSWORD}
    headers = {"Sec-Fetch-Site": "same-origin"}
    client.post("/auth/-/forms/signup", data=data, headers=headers)
    assert client.get("/secret").text == "secret"


def test_a_view_named_static(app: Flask, auth: SimpleAuth) -> None:
    """Static files are open by being files: a view named like them is not."""
    auth.protect(app)
    files = Blueprint("files", __name__, static_folder="nothing", url_prefix="/files")
    views = Blueprint("views", __name__, url_prefix="/views")
    views.add_url_rule("/", "static", lambda: "secret")
    app.register_blueprint(files)
    app.register_blueprint(views)

    client = app.test_client()
    assert client.get("/files/nothing/a.css").status_code == 404
    assert client.get("/views/").status_code == 303


def test_protected_blueprint(app: Flask, auth: SimpleAuth, client: FlaskClient) -> None:
    """A protected blueprint may ask for a role; the rest of the app is open."""
    admin = Blueprint("admin", __name__, url_prefix="/admin")
    auth.protect(admin, role="admin")
    admin.add_url_rule("/", "page", lambda: "in")
    admin.add_url_rule("/help", "help", auth.public(lambda: "open"))
    app.register_blueprint(admin)
    app.add_url_rule("/", "index", lambda: "open")

    assert client.get("/").text == "open"
    assert client.get("/admin/help").text == "open"
    assert client.get("/admin/").status_code == 303
    client.post("/in?role=editor")
    assert client.get("/admin/").status_code == 403


def test_coroutine(app: Flask, auth: SimpleAuth, client: FlaskClient) -> None:
    """A coroutine can be guarded."""

    @app.get("/async")
    @auth.login_required
    async def page() -> str:
        return "in"

    assert client.get("/async").status_code == 303
    client.post("/in")
    assert client.get("/async").text == "in"


def test_class_view(app: Flask, auth: SimpleAuth, client: FlaskClient) -> None:
    """A class view can be guarded: as a class, and in its decorators."""

    @auth.login_required
    class Page(MethodView):
        def get(self) -> str:
            return "in"

    class Other(MethodView):
        decorators = [auth.login_required]  # noqa: RUF012 # as in Flask's docs

        def get(self) -> str:
            return "in"

    app.add_url_rule("/page", view_func=Page.as_view("page"))
    app.add_url_rule("/other", view_func=Other.as_view("other"))

    assert [client.get(u).status_code for u in ("/page", "/other")] == [303, 303]
    client.post("/in")
    assert [client.get(u).text for u in ("/page", "/other")] == ["in", "in"]


def register_view(app: Flask) -> Callable[[Any], Any]:
    return app.get("/secret")


def register_hook(app: Flask) -> Callable[[Any], Any]:
    return app.before_request


def register_form(app: Flask) -> Callable[[Any], Any]:
    return Forms(app).handler("secret", NameForm)


@pytest.mark.parametrize(
    ("register", "what"),
    [
        (register_view, "view 'secret'"),
        (register_hook, "'before_request' function"),
        (register_form, "form 'secret'"),
    ],
)
def test_decorator_in_the_wrong_place(
    app: Flask,
    auth: SimpleAuth,
    register: Callable[[Flask], Callable[[Any], Any]],
    what: str,
) -> None:
    """What the order of decorators leaves unprotected fails at the first request."""

    @auth.login_required
    @register(app)
    def secret(*form: NameForm) -> None:
        """Be open to all."""

    with pytest.raises(RuntimeError, match=f"The {what} is not protected.*test_guards"):
        app.test_client().get("/")


def test_decorators_between(app: Flask, auth: SimpleAuth, client: FlaskClient) -> None:
    """Other decorators around or below the guard do not confuse the check."""

    def shouting(view: Callable[..., str]) -> Callable[..., str]:
        @wraps(view)
        def shout(*args: Any, **kwargs: Any) -> str:
            return view(*args, **kwargs).upper()

        return shout

    @app.get("/loud")
    @shouting
    @auth.login_required
    @shouting
    def loud() -> str:
        return "in"

    client.post("/in")
    assert client.get("/loud").text == "IN"


def test_blueprint(app: Flask, auth: SimpleAuth, client: FlaskClient) -> None:
    """A whole blueprint can be guarded by its before_request."""
    blueprint = Blueprint("inner", __name__, url_prefix="/inner")

    @blueprint.before_request
    @auth.login_required
    def ask() -> None:
        return None

    blueprint.add_url_rule("/", "page", lambda: "in")
    app.register_blueprint(blueprint)

    assert client.get("/inner/").status_code == 303
    client.post("/in")
    assert client.get("/inner/").text == "in"


def test_require_user(app: Flask, auth: SimpleAuth, client: FlaskClient) -> None:
    """Asking for the user in the middle of a view leads to signing in as well."""
    app.add_url_rule("/me", view_func=lambda: auth.require_user().name)

    assert client.get("/me").headers["Location"].startswith("/auth/login?next=")
    client.post("/in")
    assert client.get("/me").text == "Ada"


def test_post_does_not_come_back(
    app: Flask, auth: SimpleAuth, client: FlaskClient
) -> None:
    """After a post that needed signing in, one comes home: a post is not repeated."""
    app.add_url_rule(
        "/do", view_func=auth.login_required(lambda: "done"), methods=["POST"]
    )
    response = client.post("/do")
    query = response.headers["Location"].partition("?next=")[2]
    with app.test_request_context():
        assert open_next(query) == "/"
