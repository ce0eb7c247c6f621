from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import wtforms
from flask import Flask, render_template_string
from flask_nameform import Form, Forms
from flask_nameform.rendering import error_title
from jinja2 import UndefinedError
from wtforms import (
    BooleanField,
    FieldList,
    HiddenField,
    RadioField,
    StringField,
    SubmitField,
)
from wtforms.validators import InputRequired, Length

Elements = Callable[[str], list[dict[str, str]]]


class Sign(Form):
    text = StringField(
        "Text", [InputRequired(), Length(min=5)], render_kw={"class": "own"}
    )
    radio = RadioField("Radio", choices=["a", "b"])  # type: ignore[list-item] # in 3.3
    token = HiddenField()


def test_a_form_can_be_laid_out_by_hand(app: Flask, elements: Elements) -> None:
    """Its pieces are those that ``quick_form`` puts together."""
    template = (
        "<form id=Sign-form>{{ form.hidden_tag() }}{{ error_summary(form) }}"
        "{{ render_field(form.text) }}</form>"
    )
    with app.test_request_context(headers={"Sec-Fetch-Site": "same-origin"}):
        form = Sign(data={"text": "x"})
        assert "problem" not in render_template_string(template, form=form)
        form.validate()
        html = render_template_string(template, form=form)

    found = {element.get("id"): element for element in elements(html)}
    assert 'href="#Sign-text"' in html
    assert found["Sign-text"]["aria-describedby"] == "Sign-text-error"
    assert found["Sign-text-error"]["class"] == "error"
    assert html.count('name="token"') == 1


@pytest.mark.parametrize(
    "helper", ["quick_form(form)", "error_summary(form)", "render_field(form.name)"]
)
def test_a_form_that_the_template_was_not_given_is_said(
    app: Flask, helper: str
) -> None:
    """It is what beginners forget, and no form of another make."""
    with (
        app.test_request_context(),
        pytest.raises(UndefinedError, match="'form' is undefined"),
    ):
        render_template_string(f"{{{{ {helper} }}}}")


@pytest.mark.parametrize("helper", ["quick_form", "error_summary"])
@pytest.mark.parametrize("form", [wtforms.Form(), Sign], ids=["WTForms", "a class"])
def test_what_is_no_form_of_ours_is_refused(app: Flask, helper: str, form: Any) -> None:
    """A form of WTForms alone, or a class instead of a form; with the cure."""
    with (
        app.test_request_context(),
        pytest.raises(RuntimeError, match=r"no form of ours.*flask_nameform\.Form"),
    ):
        render_template_string("{{ " + helper + "(form) }}", form=form)


def test_a_template_can_take_a_class_away(app: Flask, elements: Elements) -> None:
    """What is false is no attribute, also where others would add up."""
    with app.test_request_context():
        html = render_template_string(
            "{{ render_field(form.text, class_=False) }}", form=Sign()
        )

    assert "class" not in next(e for e in elements(html) if e[""] == "input")


@pytest.mark.parametrize("field", ["text", Sign.text, Sign()], ids=type)
def test_what_is_no_field_is_refused(app: Flask, field: Any) -> None:
    """A name, or a field of the class instead of the form; with the cure."""
    with (
        app.test_request_context(),
        pytest.raises(RuntimeError, match=r"no field of a form.*\(form\.name\)"),
    ):
        render_template_string("{{ render_field(field) }}", field=field)


def test_the_title_says_that_there_is_a_problem(app: Flask) -> None:
    """Of a form that the view made; before that nothing is wrong, nor in a mail."""
    with app.test_request_context():
        form = Sign()
        assert error_title("<Sign>", form) == "<Sign>"
        form.validate()
        template = "<title>{{ error_title('<Sign>', form) }}</title>"
        html = render_template_string(template, form=form)
        assert html == "<title>Error: &lt;Sign&gt;</title>"
    with app.app_context():
        assert error_title("Sign") == "Sign"


def test_attributes_of_a_field_can_be_given(app: Flask, elements: Elements) -> None:
    """They go to the input, or to what is around several of them."""
    with app.test_request_context():
        html = render_template_string(
            "{{ render_field(form.text, placeholder='Here', class_='big') }}"
            "{{ render_field(form.radio, class='big', data_x='y') }}",
            form=Sign(),
        )

    found = {element.get("id"): element for element in elements(html)}
    text, radio = found["Sign-text"], found["Sign-radio"]
    assert (text["class"], text["placeholder"]) == ("own big", "Here")
    assert (radio[""], radio["class"], radio["data-x"]) == (
        "fieldset",
        "field big",
        "y",
    )


def test_helpers_work_in_imported_macros(app: Flask) -> None:
    """These have no context, but they have the globals of the app."""
    macro = "{% macro row(field) %}<tr>{{ render_field(field) }}</tr>{% endmacro %}"
    template = app.jinja_env.from_string(macro)

    with app.test_request_context():
        module: Any = template.module
        assert '<label for="Sign-text">' in module.row(Sign().text)


@pytest.mark.parametrize("theme", ["plain", "bootstrap5"])
@pytest.mark.parametrize("layout", ["stacked", "inline", "horizontal"])
def test_layouts_say_what_they_are(app: Flask, theme: str, layout: str) -> None:
    """All of them have all of the form in them."""
    app.config["NAMEFORM_THEME"] = theme

    with app.test_request_context():
        html = render_template_string(
            "{{ quick_form(form, layout=layout) }}", form=Sign(), layout=layout
        )

    classes = {
        "plain": {"inline": "field inline", "horizontal": "field horizontal"},
        "bootstrap5": {"inline": "col-12", "horizontal": "col-sm-9"},
    }
    for name, expected in classes[theme].items():
        assert (expected in html) == (name == layout)

    assert html.count("<input") == 6
    assert html.count("<label") == 3
    assert html.count("<legend") == 1


def test_a_named_form_keeps_its_layout(app: Flask, forms: Forms) -> None:
    """Also where it is shown without the page that chose it."""
    forms.add("sign", Sign, handler=lambda form: None)

    with app.test_request_context():
        html = render_template_string("{{ show_form('sign', layout='inline') }}")

    posted = html.partition('name="_form" value="')[2].partition('"')[0]
    headers = {"Sec-Fetch-Site": "same-origin", "HX-Request": "true"}
    client = app.test_client()
    answer = client.post("/-/forms/sign", data={"_form": posted}, headers=headers)
    assert answer.status_code == 422
    assert 'class="field inline"' in answer.text


def test_a_layout_is_one_that_there_is(app: Flask) -> None:
    """A misspelt one is refused where it is written."""
    with (
        app.test_request_context(),
        pytest.raises(RuntimeError, match="'stacked', 'inline', 'horizontal'"),
    ):
        render_template_string("{{ show_form('name', layout='inlnie') }}")


def test_browsers_can_be_kept_from_validating(app: Flask) -> None:
    """Then the server says what is wrong; a form of its own mind wins."""
    app.config["NAMEFORM_NOVALIDATE"] = True

    with app.test_request_context():
        template = "{{ quick_form(form, **kw) }}"
        html = render_template_string(template, form=Sign(), kw={})
        assert " novalidate>" in html
        kw = {"novalidate": False}
        assert "novalidate" not in render_template_string(template, form=Sign(), kw=kw)
        assert " novalidate>" in render_template_string("{{ show_form('name') }}")


def test_optional_fields_can_say_so_instead(app: Flask) -> None:
    """Where most have to be filled in, the others say so, but no box and no list."""
    app.config["NAMEFORM_MARK"] = "optional"

    class Guest(Sign):
        mail = StringField("Mail")
        comes = BooleanField("Comes")
        dishes = FieldList(StringField("Dish", [InputRequired()]), min_entries=1)
        submit = SubmitField("Send")

    with app.test_request_context():
        html = render_template_string("{{ quick_form(form) }}", form=Guest())

    said = r">(\w+) <span class=.optional.>\(optional\)</span></(?:label|legend)>"
    assert re.findall(said, html) == ["Radio", "Mail"]
    assert html.count("optional") == 2 * 2
