from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from flask import Flask
from flask_nameform import Form
from flask_nameform.rendering import quick_form, render_field
from jinja2 import DictLoader
from markupsafe import Markup
from wtforms import (
    BooleanField,
    Field,
    FileField,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length
from wtforms.widgets import HiddenInput, PasswordInput, TextArea

A_OR_B: Any = ["a", "b"]


class Profile(Form):
    text = StringField("Text", [InputRequired("Fill this in")], description="A hint")
    area = TextAreaField("Area")
    secret = PasswordField("Secret")
    whole = IntegerField("Whole")
    agree = BooleanField("Agree")
    upload = FileField("Upload")
    choice = SelectField("Choice", choices=A_OR_B)
    token = HiddenField()
    submit = SubmitField("Send it")


Print = Callable[..., str]


@pytest.fixture
def render(app: Flask) -> Iterator[Print]:
    """Print a form twice, so that a plan is used, and compare that to no plan."""
    with app.test_request_context(headers={"Sec-Fetch-Site": "same-origin"}):

        def render(form: Form, **kw: Any) -> str:
            app.jinja_env.auto_reload = False
            html = [quick_form(form, **kw) for _ in range(2)]
            app.jinja_env.auto_reload = True
            assert html == [quick_form(form, **kw)] * 2
            return str(html[0])

        yield render


CHANGES: dict[str, Callable[[Any], object]] = {
    "data": lambda form: setattr(form.text, "data", "<\"&'>"),
    "data that is marked": lambda form: setattr(form.text, "data", Markup('&lt;"')),
    "text of an area": lambda form: setattr(form.area, "data", "\n</textarea>"),
    "number": lambda form: setattr(form.whole, "data", 7),
    "a tick": lambda form: setattr(form.agree, "data", True),
    "choice": lambda form: setattr(form.choice, "data", "b"),
    "choices": lambda form: setattr(form.choice, "choices", ["x", "y"]),
    "hidden data": lambda form: setattr(form.token, "data", "t"),
    "label": lambda form: setattr(form.text.label, "text", "Another"),
    "label that is marked": lambda form: setattr(
        form.text.label, "text", Markup("<b>Text</b>")
    ),
    "label of a choice": lambda form: setattr(form.choice.label, "text", "Another"),
    "label of a button": lambda form: setattr(form.submit.label, "text", "Go"),
    "hint": lambda form: setattr(form.text, "description", "Another"),
    "errors": lambda form: setattr(form.text, "errors", ["Wrong"]),
    "errors that are marked": lambda form: setattr(
        form.text, "errors", [Markup("<i>")]
    ),
    "errors of a choice": lambda form: setattr(form.choice, "errors", ["Wrong"]),
    "hidden errors": lambda form: setattr(form.token, "errors", ["Wrong"]),
    "errors of the form": lambda form: form.form_errors.append("Closed"),
    "render_kw": lambda form: setattr(form.text, "render_kw", {"class": "big"}),
    "odd render_kw": lambda form: setattr(form.text, "render_kw", {"data-x": ["a"]}),
    "flags": lambda form: setattr(form.text.flags, "disabled", True),
    "name": lambda form: setattr(form.text, "name", "other"),
    "id": lambda form: setattr(form.text, "id", "other"),
    "widget": lambda form: setattr(form.text, "widget", TextArea()),
    "hidden widget": lambda form: setattr(form.text, "widget", HiddenInput()),
    "a field less": lambda form: form.__delitem__("text"),
    "no button": lambda form: form.__delitem__("submit"),
    "no file": lambda form: form.__delitem__("upload"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_an_instance_changes_is_shown(render: Print, name: str) -> None:
    """A form that was printed before is printed as if it had not been."""
    form = Profile()
    before = render(form)
    CHANGES[name](form)
    assert render(form) != before
    assert render(Profile()) == before


def test_a_widget_of_another_make_is_seen(render: Print) -> None:
    """What a widget of WTForms was made with counts, not only its class."""
    form: Any = Profile(data={"secret": "x"})
    before = render(form)
    form.secret.widget = PasswordInput(hide_value=False)
    assert before != render(form)


@pytest.mark.parametrize(
    "kw",
    [
        {"title": "T"},
        {"title": Markup("<b>T</b>")},
        {"layout": "inline"},
        {"layout": "horizontal"},
        {"method": "get"},
        {"action": "/a?b=c&d=%22"},
        {"class_": "wide"},
        {"novalidate": True},
        {"novalidate": "True"},
    ],
)
def test_what_a_template_asks_for_is_shown(render: Print, kw: dict[str, Any]) -> None:
    """Each way to print a form is one of its own."""
    assert render(Profile()) != render(Profile(), **kw)


class Lazy:
    """A text that is said when it is needed, as of Flask-Babel."""

    def __init__(self, said: list[str]) -> None:
        self._said = said

    def __str__(self) -> str:
        return self._said[-1]

    def __html__(self) -> str:
        return str(self)


def test_texts_may_change_their_language(render: Print) -> None:
    """What is printed in one language is not shown in another one."""
    said = ["Name"]
    texts: Any = Lazy(said)

    class Translated(Form):
        text = StringField(texts, description=texts)

    html = render(Translated(), title=texts)
    assert html.count("Name</") == 3
    said.append("Jméno")
    assert render(Translated(), title=texts) == html.replace("Name</", "Jméno</")


def test_a_widget_of_the_app_is_called_each_time(render: Print) -> None:
    """It may look at whatever it likes."""
    numbers = count()

    def widget(field: Field, **attributes: Any) -> Markup:
        return Markup(f"<i>{next(numbers)}</i>")  # noqa: S704 # a number

    class Custom(Form):
        text = StringField(widget=widget)

    class Own(StringField):
        def __call__(self, **attributes: Any) -> Markup:
            return Markup(f"<i>{next(numbers)}</i>")  # noqa: S704 # a number

    class AlsoCustom(Form):
        text = Own()

    assert quick_form(Custom()) != quick_form(Custom())
    assert quick_form(AlsoCustom()) != quick_form(AlsoCustom())


def test_a_meta_of_the_app_is_asked_each_time(app: Flask) -> None:
    """``render_field`` is WTForms' own way to change how fields look."""
    numbers = count()

    class Custom(Form):
        text = StringField()

        class Meta:
            def render_field(self, field: Field, render_kw: Any) -> str:
                return str(next(numbers))

    with app.test_request_context():
        assert quick_form(Custom()) != quick_form(Custom())


def test_templates_of_the_app_are_asked_each_time(app: Flask) -> None:
    """They may look at the request, for one."""
    mine = "{% macro field(view) %}{{ request.path }}{% endmacro %}"
    app.jinja_loader = DictLoader({"nameform/field.html": mine})

    for path in ("/a", "/b"):
        with app.test_request_context(path):
            assert path in quick_form(Profile())


def test_templates_in_the_making_are_read_each_time(app: Flask) -> None:
    """With ``TEMPLATES_AUTO_RELOAD``, as in debug mode, a change shows at once."""
    templates = {"nameform/field.html": "{% macro field(view) %}<old>{% endmacro %}"}
    app.jinja_loader = DictLoader(templates)
    app.jinja_env.auto_reload = True

    with app.test_request_context():
        assert "<old>" in quick_form(Profile())
        templates["nameform/field.html"] = "{% macro field(view) %}<new>{% endmacro %}"
        assert "<new>" in quick_form(Profile())


def test_messages_may_be_ever_new(app: Flask) -> None:
    """What is kept for the next time has an end."""

    class Short(Form):
        text = StringField("Text")

    with app.test_request_context():
        for number in range(501):
            form: Any = Short()
            form.text.errors = [f"No {number}!"]
            assert f"No {number}!" in quick_form(form)

        kept = app.extensions["nameform"].plans
        assert len(vars(kept)["_plans"]) == 500


def test_a_field_can_be_printed_alone(app: Flask) -> None:
    """For forms that are laid out by hand."""

    class Some(Form):
        text = StringField("Text", [Length(min=5)], render_kw={"class": "own"})
        radio = RadioField("Radio", choices=A_OR_B)

    with app.test_request_context():
        form = Some(data={"text": "x"})
        form.validate()
        html = render_field(form.text, placeholder="Here", class_="big")
        assert '<label for="Some-text">Text</label>' in html
        assert 'class="own big"' in html
        assert 'placeholder="Here"' in html
        assert 'aria-invalid="true"' in html
        assert "at least 5" in html
        html = render_field(form.radio, "horizontal", class_="big", data_x="y")
        assert '<fieldset class="field horizontal big"' in html
