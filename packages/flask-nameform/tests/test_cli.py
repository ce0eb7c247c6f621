from __future__ import annotations

from flask import Blueprint, Flask
from flask_nameform import Forms, NameForm


def test_the_forms_of_an_app_are_listed(app: Flask, forms: Forms) -> None:
    """By name, with class, address and place, each column as wide as it has to be."""
    blog = Blueprint("blog", __name__, url_prefix="/blog")
    Forms(blueprint=blog).add("comment", NameForm, handler=lambda form: None)
    blog.before_request(lambda: None)
    app.register_blueprint(blog)
    forms.add_query("ask", NameForm)

    result = app.test_cli_runner().invoke(args=["forms"])
    head, ask, comment, name = result.output.splitlines()

    assert head.split() == ["Form", "Class", "Address", "Runs", "first", "Handler"]
    assert ask.split() == ["ask", "NameForm", "GET", "of", "its", "page", "-", "-"]
    assert comment.split()[:3] == ["blog.comment", "NameForm", "/blog/-/forms/comment"]
    assert comment.split()[3:5] == ["<lambda>", "<lambda>"]
    assert "test_cli.py:" in comment
    assert name.split()[:3] == ["name", "NameForm", "/-/forms/name"]
    assert name.split()[3:5] == ["-", "save_name"]
    columns = [head.index("Class"), ask.index("Name"), comment.index("Name")]
    assert columns == [len("blog.comment  ")] * 3


def test_what_always_runs_is_said_once(app: Flask) -> None:
    """What the app runs before each request stands below the list, without ours."""

    @app.before_request
    def load_user() -> None:
        pass

    result = app.test_cli_runner().invoke(args=["forms"])

    assert result.output.endswith("\n\nBefore each of them: load_user\n")


def test_an_app_without_forms_lists_none() -> None:
    """Nothing but the head."""
    app = Flask(__name__)
    Forms(app)
    result = app.test_cli_runner().invoke(args=["forms"])
    assert result.output == "Form  Class  Address  Runs first  Handler\n"
