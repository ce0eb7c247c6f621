from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from enum import IntEnum
from typing import Any
from uuid import UUID

import pytest
from flask import Blueprint, Flask, abort, render_template_string, request, session
from flask.testing import FlaskClient
from flask_nameform import Form, Forms, NameForm, csrf
from flask_nameform.arguments import is_trusted
from flask_nameform.marker import Marker
from flask_nameform.registry import Definition
from werkzeug.test import TestResponse
from wtforms import StringField
from wtforms.validators import DataRequired, ValidationError

Hidden = Callable[..., dict[str, str]]
MOMENT = datetime(2020, 1, 1, tzinfo=timezone.utc)


@dataclass
class Post:
    owner: str
    title: str


class PostForm(Form):
    title = StringField(validators=[DataRequired("Enter a title")])


@pytest.fixture
def posts() -> dict[int, Post]:
    return {7: Post("ann", "Seven"), 8: Post("bob", "Eight"), 9: Post("ann", "Nine")}


@pytest.fixture
def app(app: Flask, forms: Forms, posts: dict[int, Post]) -> Flask:
    """An app whose posts can be edited by their owners, who are known by a header."""

    def load(post_id: int) -> Post:
        post = posts.get(post_id) or abort(404)
        return post if post.owner == request.headers.get("X-User") else abort(403)

    @forms.handler("edit", PostForm, load=load)
    def save_post(form: PostForm, post: Post) -> str:
        form.populate_obj(post)
        if post.title == "Bad":
            raise ValidationError("Not that title")
        return f"/saved/{post.title}"

    @app.get("/edit/<int:post_id>")
    def edit(post_id: int) -> str:
        html = "{{ title }}: {{ show_form('edit', post_id=id) }}"
        return render_template_string(html, id=post_id, title=posts[post_id].title)

    @app.get("/all")
    def edit_all() -> str:
        html = (
            "{% for id in (7, 9) %}{{ show_form('edit', id, post_id=id) }}{% endfor %}"
        )
        return render_template_string(html)

    @app.get("/rotate")
    def rotate() -> str:
        csrf.rotate()
        return "done"

    return app


def as_user(app: Flask, name: str = "ann") -> FlaskClient:
    client = app.test_client()
    client.environ_base.update(HTTP_SEC_FETCH_SITE="same-origin", HTTP_X_USER=name)
    return client


def send(client: FlaskClient, html: str, hidden: Hidden, title: str) -> TestResponse:
    return client.post("/-/forms/edit", data={**hidden(html), "title": title})


def test_the_form_is_about_what_its_arguments_load(app: Flask, hidden: Hidden) -> None:
    """It shows the object, and the handler gets the same one to change."""
    ann = as_user(app)
    html = ann.get("/edit/7").text
    assert 'value="Seven"' in html
    assert send(ann, html, hidden, "New").location == "/saved/New"
    assert ann.get("/edit/7").text.startswith("New:")


def test_what_is_invalid_is_not_in_the_object(
    app: Flask, hidden: Hidden, posts: dict[int, Post]
) -> None:
    """The page is shown with the object as it is, and with what was typed."""
    ann = as_user(app)
    answer = send(ann, ann.get("/edit/7").text, hidden, "")
    assert answer.status_code == 422
    assert answer.text.startswith("Seven:")
    assert "Enter a title" in answer.text
    assert 'value=""' in answer.text
    assert posts[7].title == "Seven"


def test_the_object_of_the_page_is_loaded_anew(app: Flask, hidden: Hidden) -> None:
    """What the page shows was loaded in its own request."""
    loaded: list[str] = []

    @app.before_request
    def watch() -> None:
        loaded.append(request.method)

    ann = as_user(app)
    html = ann.get("/edit/7").text
    answer = send(ann, html, hidden, "Bad")
    assert "Not that title" in answer.text
    assert loaded == ["GET", "POST", "GET"]


def test_permission_is_asked_on_render_and_on_submit(
    app: Flask, hidden: Hidden, posts: dict[int, Post]
) -> None:
    """Whoever lost it meanwhile changes nothing, valid or not."""
    ann = as_user(app)
    html = ann.get("/edit/7").text
    assert ann.get("/edit/8").status_code == 403

    posts[7].owner = "bob"
    assert send(ann, html, hidden, "Stolen").status_code == 403
    assert send(ann, html, hidden, "").status_code == 403

    del posts[7]
    assert send(ann, html, hidden, "Gone").status_code == 404


def test_arguments_count_in_their_own_session(
    app: Flask, hidden: Hidden, posts: dict[int, Post]
) -> None:
    """What another visitor was shown is refused, even if the loader would let it."""
    html = as_user(app).get("/edit/7").text
    answer = send(as_user(app), html, hidden, "Stolen")
    assert answer.status_code == 400
    assert posts[7].title == "Seven"


def test_another_session_keeps_its_input(app: Flask, hidden: Hidden) -> None:
    """Who signed in again while the form was open sends it a second time."""
    ann = as_user(app)
    html = ann.get("/edit/7").text
    ann.get("/rotate")
    answer = send(ann, html, hidden, "Kept")
    assert answer.status_code == 400
    assert "please send it again" in answer.text
    assert 'value="Kept"' in answer.text
    assert send(ann, answer.text, hidden, "Kept").location == "/saved/Kept"


def test_another_session_sees_nothing_of_the_object(app: Flask, hidden: Hidden) -> None:
    """Where the page does not show the form, arguments of others are not loaded."""
    html = as_user(app).get("/edit/7").text
    answer = send(as_user(app, "bob"), html, hidden, "Stolen")
    assert answer.status_code == 400
    assert "Seven" not in answer.text


@pytest.mark.parametrize("marker", [None, "", "edit", "x.y"])
def test_arguments_cannot_be_left_out(app: Flask, marker: str | None) -> None:
    """400: there is nothing that a form without them could be about."""
    data = {"title": "x", "_form": marker} if marker is not None else {"title": "x"}
    answer = as_user(app).post("/-/forms/edit", data=data)
    assert answer.status_code == 400


def test_arguments_that_no_longer_fit_are_refused(app: Flask) -> None:
    """A page from before ``load`` was changed is none of our errors."""
    without = Definition(NameForm, lambda form: None, "Name")
    other = Definition(NameForm, lambda form, a: None, "Name", load=lambda a: a)
    with app.test_request_context("/"):
        marker = Marker("name", None, "/", '{"b":1}', csrf.session_tag())
        assert not is_trusted(marker, without)
        assert not is_trusted(marker, other)
        assert is_trusted(marker._replace(arguments='{"a":1}'), other)


def test_only_the_object_that_was_sent_shows_it(app: Flask, hidden: Hidden) -> None:
    """Of many objects on a page, each has its own form, told apart by ``key``."""
    ann = as_user(app)
    fields = hidden(ann.get("/all").text, "edit-9-form")
    answer = ann.post("/-/forms/edit", data={**fields, "title": " "})
    assert answer.status_code == 422
    assert 'value="Seven"' in answer.text
    assert 'id="edit-9-title-error"' in answer.text
    assert "edit-7-title-error" not in answer.text


def test_arguments_tell_forms_apart_too(app: Flask, hidden: Hidden) -> None:
    """A page that shows another object by now is not given what was typed for this."""
    shown = [7]

    @app.get("/newest")
    def newest() -> str:
        html = "{{ show_form('edit', post_id=id) }}"
        return render_template_string(html, id=shown[0])

    ann = as_user(app)
    html = ann.get("/newest").text
    shown[0] = 9
    answer = send(ann, html, hidden, "")
    assert answer.status_code == 422
    assert "<h1>Edit</h1>" in answer.text
    assert "Enter a title" in answer.text


def test_a_form_without_arguments_sets_no_cookie(
    app: Flask, forms: Forms, hidden: Hidden
) -> None:
    """``load`` may take none, and a page that all may see can be cached."""
    profile = Post("ann", "Mine")
    forms.add(
        "profile",
        PostForm,
        load=lambda: profile,
        handler=lambda form, loaded: form.populate_obj(loaded),
    )
    template = "{{ show_form('profile') }}"
    app.add_url_rule("/profile", view_func=lambda: render_template_string(template))
    ann = as_user(app)
    answer = ann.get("/profile")
    assert 'value="Mine"' in answer.text
    assert "Set-Cookie" not in answer.headers
    data = {**hidden(answer.text), "title": "Ours"}
    assert ann.post("/-/forms/profile", data=data).location == "/profile"
    assert profile.title == "Ours"


@pytest.mark.parametrize(
    "value",
    [
        "x",
        7,
        None,
        True,
        [1, {"a": 2}],
        UUID(int=1),
        MOMENT,
    ],
)
def test_an_argument_comes_back_as_it_was(
    app: Flask, forms: Forms, hidden: Hidden, value: Any
) -> None:
    """What Flask can keep in a session can be an argument."""
    loaded: list[Any] = []

    def load(value: Any) -> None:
        loaded.append(value)

    forms.add("any", NameForm, load=load, handler=lambda form, nothing: None)

    @app.get("/any")
    def show() -> str:
        return render_template_string("{{ show_form('any', value=v) }}", v=value)

    ann = as_user(app)
    html = ann.get("/any").text
    ann.post("/-/forms/any", data={**hidden(html), "name": "Ada"})
    assert loaded == [value, value]


def show_form(app: Flask, name: str, **arguments: Any) -> None:
    with app.test_request_context("/"):
        app.jinja_env.globals["show_form"](name, **arguments)  # type: ignore[operator] # a helper


class Colour(IntEnum):
    RED = 1


@pytest.mark.parametrize(
    "value", [Post("a", "b"), float("nan"), {1: 2}, {3}, Colour.RED]
)
def test_an_argument_that_cannot_be_signed_is_a_mistake(app: Flask, value: Any) -> None:
    """The message names the argument and what to give in its place."""
    with pytest.raises(RuntimeError, match=r"'post_id'.*the id of an object"):
        show_form(app, "edit", post_id=value)


def test_arguments_need_a_loader(app: Flask) -> None:
    """The message names the form, what it got and where it was registered."""
    with pytest.raises(RuntimeError, match=r"'name'.*got post_id.*without 'load'.*py:"):
        show_form(app, "name", post_id=7)


@pytest.mark.parametrize("arguments", [{}, {"post": 7}, {"post_id": 7, "more": 8}])
def test_arguments_are_those_of_the_loader(app: Flask, arguments: Any) -> None:
    """A misspelt argument is found when the page is written."""
    with pytest.raises(RuntimeError, match=r"'load' of the form takes \(post_id"):
        show_form(app, "edit", **arguments)


def test_a_form_of_a_blueprint_has_arguments(hidden: Hidden) -> None:
    """A view argument called ``name`` is as good as any."""
    app = Flask("blog")
    app.secret_key = "x"
    blog = Blueprint("blog", __name__)
    Forms(blueprint=blog).add(
        "edit",
        PostForm,
        load=lambda name: Post(name, name.upper()),
        handler=lambda form, post: session.update(saved=post.owner),
    )
    blog.add_url_rule(
        "/",
        view_func=lambda: render_template_string("{{ show_form('.edit', name='a') }}"),
        endpoint="index",
    )
    app.register_blueprint(blog)
    client = as_user(app)
    html = client.get("/").text
    assert 'value="A"' in html
    fields = {**hidden(html), "title": "x"}
    assert client.post("/-/forms/blog/edit", data=fields).location == "/"
