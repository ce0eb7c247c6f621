from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, render_template_string
from flask_nameform import NameForm
from flask_nameform.wtf import FlaskForm
from wtforms import FileField, HiddenField, StringField
from wtforms.validators import DataRequired

Elements = Callable[[str], list[dict[str, str]]]


class PhotoForm(FlaskForm):
    name = StringField("Name", [DataRequired()], description="In full")
    album = HiddenField(validators=[DataRequired("Which album?")])
    photo = FileField("Photo")


@pytest.fixture
def render(app: Flask) -> Callable[..., str]:
    """Render a template that imports the macros, with a form that has errors or not."""

    def render(html: str, form: Any = None, **data: Any) -> str:
        method = "POST" if data else "GET"
        headers = {"Sec-Fetch-Site": "same-origin"}
        with app.test_request_context(method=method, data=data, headers=headers):
            form = PhotoForm() if form is None else form()
            form.validate_on_submit()
            imports = '{% import "nameform/wtf.html" as wtf %}'
            return render_template_string(imports + html, form=form)

    return render


def test_quick_form_takes_what_flask_bootstraps_takes(
    render: Callable[..., str], elements: Elements
) -> None:
    """Attributes are given on; columns and the colours of buttons are let be."""
    html = render(
        '{{ wtf.quick_form(form, "/there", "post", "wide tall", "form", "horizontal",'
        ' ("lg", 2, 10), button_map={"a": "primary"}, id="mine", novalidate=True) }}'
    )
    form = elements(html)[0]
    assert form["action"] == "/there"
    assert form["method"] == "post"
    assert form["id"] == "mine"
    assert form["enctype"] == "multipart/form-data"
    assert "novalidate" in form
    assert "role" not in form
    assert {"wide", "tall"} <= set(form["class"].split())


def test_quick_form_needs_nothing(
    render: Callable[..., str], elements: Elements
) -> None:
    """The HTML is ours, of any form of ours."""
    html = render("{{ wtf.quick_form(form) }}", NameForm)
    assert html == render("{{ quick_form(form) }}", NameForm)
    assert not {"novalidate", "enctype"} & set(elements(html)[0])


@pytest.mark.parametrize("form_type", ["basic", "inline", "horizontal"])
def test_form_field(render: Callable[..., str], form_type: str) -> None:
    """A field with its label, hint and errors, in a form by hand."""
    layout = {"basic": "stacked"}.get(form_type, form_type)
    html = render(f'{{{{ wtf.form_field(form.name, "{form_type}") }}}}', album="1")
    ours = render(f'{{{{ render_field(form.name, "{layout}") }}}}', album="1")
    assert html == ours
    for text in ("In full", "This field is required.", '<label for="name"'):
        assert text in html


def test_form_errors(render: Callable[..., str]) -> None:
    """Those of hidden fields too, which nobody would see otherwise."""
    html = render('{{ wtf.form_errors(form, hiddens="only") }}', name="Ada")
    assert "Which album?" in html
    assert not render("{{ wtf.form_errors(form) }}").strip()
