"""What is twice as long takes twice the work, counted in calls of functions."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, render_template_string
from flask_nameform import Form, Forms, NameForm
from flask_nameform.rendering import quick_form
from wtforms import FieldList, StringField
from wtforms.validators import InputRequired

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


def calls(work: Callable[[], object]) -> int:
    """Count the calls of functions, those that C makes and takes included."""
    count = 0

    def profile(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        work()
    finally:
        sys.setprofile(before)

    return count


def grows_linearly(work: Callable[[int], Callable[[], object]]) -> bool:
    """Tell whether four times as much takes at most four times the calls."""
    short, long = work(50), work(200)
    [again() for again in (short, long)]  # what is kept for the next time
    return calls(long) <= 4 * calls(short)


def form_of(fields: int) -> type[Form]:
    texts = {f"f{i}": StringField(validators=[InputRequired()]) for i in range(fields)}
    return type("Long", (Form,), texts)


@pytest.mark.parametrize("data", [None, {}], ids=["shown", "not accepted"])
def test_forms_with_many_fields(app: Flask, data: Any) -> None:
    """Of 200 fields none costs more than one of 50."""

    def work(fields: int) -> Callable[[], object]:
        form_class = form_of(fields)

        def show() -> None:
            form = form_class()
            assert not form.validate_on_submit()
            quick_form(form)

        return show

    method = "GET" if data is None else "POST"
    with app.test_request_context(method=method, data=data, headers=SAME_ORIGIN):
        assert grows_linearly(work)


def test_lists_with_many_rows(app: Flask) -> None:
    """A list of 200 rows is read, validated and shown again with its buttons."""

    class Guests(Form):
        names = FieldList(StringField("Name", [InputRequired()]), "Names")

    def work(rows: int) -> Callable[[], object]:
        data = {f"names-{i}": "" for i in range(rows)}

        def show() -> None:
            with app.test_request_context(
                method="POST", data=data, headers=SAME_ORIGIN
            ):
                form = Guests()
                assert not form.validate_on_submit()
                quick_form(form)

        return show

    assert grows_linearly(work)


def test_pages_with_many_forms(app: Flask, forms: Forms) -> None:
    """Of 200 forms on a page none costs more than one of 50."""
    forms.add("many", NameForm, handler=lambda form: None)

    def work(copies: int) -> Callable[[], object]:
        page = "{% for n in range(copies) %}{{ show_form('many', n) }}{% endfor %}"
        return lambda: render_template_string(page, copies=copies)

    with app.test_request_context(headers=SAME_ORIGIN):
        assert grows_linearly(work)
