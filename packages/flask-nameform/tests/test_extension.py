from __future__ import annotations

import functools
import subprocess
import sys
from collections.abc import Callable

import pytest
from flask import Blueprint, Flask, redirect, render_template_string, session, url_for
from flask.testing import FlaskClient
from flask_nameform import Forms, NameForm
from flask_nameform.testing import FormClient
from jinja2 import DictLoader
from werkzeug.wrappers import Response

Hidden = Callable[..., dict[str, str]]


def remember(form: NameForm) -> None:
    session["name"] = form.name.data


def show(name: str) -> Callable[[], str]:
    template = f"{{{{ session.name }}}}{{{{ show_form({name!r}) }}}}"
    return lambda: render_template_string(template)


def make_app(name: str) -> Flask:
    app = Flask(name)
    app.secret_key = name
    app.testing = True
    return app


def test_a_handler_may_come_after_the_app(hidden: Hidden) -> None:
    """``Forms(app)`` comes first in a program, so forms are looked up live."""
    app = make_app("late")
    forms = Forms(app)
    app.add_url_rule("/", view_func=show("name"))

    assert forms.handler("name", NameForm)(remember) is remember

    client = app.test_client()
    fields = hidden(client.get("/").text)
    client.post("/-/forms/name", data={**fields, "name": "Ada"})
    assert client.get("/").text.startswith("Ada<form")


def test_one_collection_serves_two_apps(hidden: Hidden) -> None:
    """Each app has its own settings and secrets."""
    forms = Forms()
    forms.add("name", NameForm, handler=remember)
    clients = []

    for name, mode in (("one", "default"), ("two", "off")):
        app = make_app(name)
        app.config["NAMEFORM_CSRF"] = mode
        forms.init_app(app)
        app.add_url_rule("/", view_func=show("name"))
        clients.append(app.test_client())

    one, two = clients
    assert "csrf_token" in one.get("/").text
    assert "csrf_token" not in two.get("/").text
    fields = {**hidden(one.get("/").text), "name": "Ada"}
    assert one.post("/-/forms/name", data=fields).status_code == 303
    assert two.post("/-/forms/name", data={"name": "Ada"}).status_code == 303
    assert one.post("/-/forms/name", data={"name": "Ada"}).status_code == 400


def test_an_app_takes_many_collections(app: Flask, client: FlaskClient) -> None:
    """Another extension attaches its own; they share one rule and one protection."""
    more = Forms()
    more.add("more", NameForm, handler=remember)
    more.init_app(app)
    app.add_url_rule("/more", "more", show("more"))

    assert 'action="/-/forms/more"' in client.get("/more").text
    assert 'action="/-/forms/name"' in client.get("/").text
    rules = [rule for rule in app.url_map.iter_rules() if "/-/forms" in rule.rule]
    assert len(rules) == 1


def test_a_collection_is_attached_once(app: Flask, forms: Forms) -> None:
    """The second ``init_app`` is a mistake."""
    with pytest.raises(RuntimeError, match="attached to this app already"):
        forms.init_app(app)


def test_forms_of_a_blueprint_are_attached_with_it(hidden: Hidden) -> None:
    """Its name stands before theirs, its prefix before their address."""
    app = make_app("blog")
    blog = Blueprint("blog", __name__, url_prefix="/blog")
    forms = Forms(blueprint=blog)
    forms.add("comment", NameForm, handler=remember)
    blog.add_url_rule("/", "index", show(".comment"))
    app.register_blueprint(blog)
    app.add_url_rule("/", "front", show("blog.comment"))
    client = app.test_client()

    for page in ("/", "/blog/"):
        html = client.get(page).text
        assert 'action="/blog/-/forms/comment"' in html
        assert 'id="blog-comment-name"' in html
        fields = {**hidden(html), "name": "Ada"}
        answer = client.post("/blog/-/forms/comment", data=fields)
        assert (answer.status_code, answer.location) == (303, page)
        fields["name"] = ""
        answer = client.post("/blog/-/forms/comment", data=fields)
        assert answer.status_code == 422
        assert answer.text.startswith("Ada<form")


def test_names_follow_the_registration_of_the_blueprint() -> None:
    """Nested, renamed or registered twice: the names are those of the endpoints."""
    app = make_app("nested")
    parent = Blueprint("parent", __name__, url_prefix="/parent")
    child = Blueprint("child", __name__, url_prefix="/child")
    Forms(blueprint=child).add("a", NameForm, handler=remember)
    child.add_url_rule("/", "index", show(".a"))
    parent.register_blueprint(child)
    app.register_blueprint(parent)
    app.register_blueprint(child, name="twin", url_prefix="/twin")
    client = app.test_client()

    nested = client.get("/parent/child/").text
    assert 'action="/parent/child/-/forms/a"' in nested
    assert 'id="parent-child-a-name"' in nested
    assert 'action="/twin/-/forms/a"' in client.get("/twin/").text
    assert client.post("/twin/-/forms/b").status_code == 404


def test_a_prefix_may_have_variables(hidden: Hidden) -> None:
    """The app fills them in for pages, and so it does for forms."""
    app = make_app("languages")
    blog = Blueprint("blog", __name__, url_prefix="/<lang>/blog")
    Forms(blueprint=blog).add("a", NameForm, handler=lambda form: None)
    blog.url_defaults(lambda endpoint, values: values.setdefault("lang", "cs"))
    template = "{{ show_form('.a') }}"
    blog.add_url_rule("/", "index", lambda lang: render_template_string(template))
    app.register_blueprint(blog)
    client = app.test_client()
    html = client.get("/cs/blog/").text
    assert 'action="/cs/blog/-/forms/a"' in html
    data = {**hidden(html), "name": "Ada"}
    assert client.post("/cs/blog/-/forms/a", data=data).location == "/cs/blog/"


def test_two_collections_share_a_blueprint() -> None:
    """A blueprint of several modules may have forms in each."""
    app = make_app("shared")
    blog = Blueprint("blog", __name__)
    Forms(blueprint=blog).add("a", NameForm, handler=remember)
    Forms(blueprint=blog).add("b", NameForm, handler=remember)
    blog.add_url_rule("/a", "a", show(".a"))
    blog.add_url_rule("/b", "b", show(".b"))
    app.register_blueprint(blog)

    assert "/-/forms/blog/a" in app.test_client().get("/a").text
    assert "/-/forms/blog/b" in app.test_client().get("/b").text


@pytest.mark.parametrize("attach_app_first", [True, False])
@pytest.mark.parametrize("prefix", [None, "/pages"])
def test_forms_of_the_same_name_have_addresses_of_their_own(
    prefix: str | None, *, attach_app_first: bool
) -> None:
    """Blueprints with the same prefix, or none, do not take each other's posts."""
    app = make_app("shared")
    taken: list[str] = []
    forms = Forms()
    forms.add("name", NameForm, handler=lambda form: taken.append("app"))
    app.add_url_rule("/", "index", show("name"))
    if attach_app_first:
        forms.init_app(app)

    for one in ("one", "two"):
        pages = Blueprint(one, __name__, url_prefix=prefix)
        handler = functools.partial(lambda name, form: taken.append(name), one)
        Forms(blueprint=pages).add("name", NameForm, handler=handler)
        pages.add_url_rule(f"/{one}", "index", show(".name"))
        app.register_blueprint(pages)
    if not attach_app_first:
        forms.init_app(app)

    client = FormClient(app)
    client.submit_form("name", page="/", name="Ada")
    for one in ("one", "two"):
        page = f"{prefix or ''}/{one}"
        client.submit_form(f"{one}.name", page=page, name="Ada")
    assert taken == ["app", "one", "two"]


def test_a_blueprint_within_another_has_addresses_of_its_own() -> None:
    """Without a prefix of its own it does not take the posts of the one around it."""
    app = make_app("nested")
    outer, inner = Blueprint("a", __name__, url_prefix="/a"), Blueprint("b", __name__)
    for blueprint in (outer, inner):
        Forms(blueprint=blueprint).add("name", NameForm, handler=remember)
    outer.register_blueprint(inner)
    app.register_blueprint(outer)

    with app.test_request_context():
        assert url_for("a.nameform", name="name") == "/a/-/forms/name"
        assert url_for("a.b.nameform", name="name") == "/a/-/forms/a.b/name"


def test_the_guard_of_the_blueprint_guards_its_forms() -> None:
    """Without leave of the blueprint no handler runs, valid or not."""
    app = make_app("guarded")
    admin = Blueprint("admin", __name__, url_prefix="/admin")
    done: list[NameForm] = []
    Forms(blueprint=admin).add("name", NameForm, handler=done.append)

    @admin.before_request
    def guard() -> Response:
        return redirect("/login")

    app.register_blueprint(admin)
    headers = {"Sec-Fetch-Site": "same-origin"}

    for name in ("Ada", ""):
        answer = app.test_client().post(
            "/admin/-/forms/name", data={"name": name}, headers=headers
        )
        assert answer.location == "/login"

    assert not done


@pytest.mark.parametrize("address", ["/-/forms/a.b.name", "/a/-/forms/b.name"])
def test_a_form_of_a_blueprint_has_no_address_without_its_guard(address: str) -> None:
    """Neither the app's address nor that of a blueprint around it takes its posts."""
    app = make_app("guarded")
    outer = Blueprint("a", __name__, url_prefix="/a")
    inner = Blueprint("b", __name__, url_prefix="/b")
    done: list[NameForm] = []
    Forms(blueprint=inner).add("name", NameForm, handler=done.append)
    Forms(blueprint=outer)
    Forms(app)

    @inner.before_request
    def guard() -> Response:
        return redirect("/login")

    outer.register_blueprint(inner)
    app.register_blueprint(outer)
    headers = {"Sec-Fetch-Site": "same-origin"}
    data = {"name": "Ada"}
    client = app.test_client()

    assert client.post(address, data=data, headers=headers).status_code == 404
    assert client.post("/a/b/-/forms/name", data=data, headers=headers).location == (
        "/login"
    )
    assert not done


def test_forms_of_a_blueprint_have_no_init_app(app: Flask) -> None:
    """Attaching them a second way would give them a second name."""
    blog = Blueprint("blog", __name__)

    with pytest.raises(RuntimeError, match="blueprint 'blog'"):
        Forms(blueprint=blog).init_app(app)
    with pytest.raises(RuntimeError, match="Leave 'init_app' out"):
        Forms(app, blueprint=Blueprint("b", __name__))


def test_helpers_work_in_imported_macros(app: Flask, client: FlaskClient) -> None:
    """A macro file of the app's own sees them without ``with context``."""
    app.jinja_loader = DictLoader(
        {"macros.html": "{% macro m() %}{{ show_form('name') }}{% endmacro %}"}
    )

    @app.get("/macro")
    def macro() -> str:
        return render_template_string("{% import 'macros.html' as m %}{{ m.m() }}")

    assert "/-/forms/name" in client.get("/macro").text


def test_the_configuration_may_change_before_the_first_request(app: Flask) -> None:
    """Flask's own recipe for tests updates it after the factory."""
    app.config["NAMEFORM_CSRF"] = "off"
    client = app.test_client()
    assert client.post("/-/forms/name", data={"name": "A"}).status_code == 303

    app.config["NAMEFORM_CSRF"] = "strict"
    with pytest.raises(RuntimeError, match="NAMEFORM_CSRF was changed after"):
        client.get("/")


def test_what_few_apps_need_is_not_imported() -> None:
    """An app without such fields does without the modules of files and traps."""
    program = """
import sys
from flask import Flask
from flask_nameform import Forms

Forms(Flask("app"))
few = ["content", "files", "honeypot", "testing", "wtf"]
print([name for name in few if f"flask_nameform.{name}" in sys.modules])
"""
    command = [sys.executable, "-c", program]
    ran = subprocess.run(command, capture_output=True, text=True)  # noqa: S603 # ours
    assert ran.stdout == "[]\n", ran.stderr
