from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask_nameform import Form
from flask_nameform.formdata import own_messages
from wtforms import (
    BooleanField,
    FieldList,
    FileField,
    FormField,
    IntegerField,
    MultipleFileField,
    StringField,
)
from wtforms import (
    Form as PlainForm,
)


class Inner(Form):
    text = StringField()
    upload = FileField()


class PlainInner(PlainForm):
    text = StringField()


class Upload(Form):
    text = StringField()
    number = IntegerField()
    texts = FieldList(StringField())
    upload = FileField()
    uploads = MultipleFileField()
    list_of_uploads = FieldList(FileField())
    inner = FormField(Inner)
    plain = FormField(PlainInner)
    rows = FieldList(FormField(Inner))


def submit(app: Flask, form_class: type[Form], data: Any) -> Form:
    with app.test_request_context("/", method="POST", data=data):
        return form_class()


def a_file(name: str = "a.txt") -> tuple[BytesIO, str]:
    return BytesIO(b"content"), name


def test_files_reach_file_fields(app: Flask) -> None:
    """A file field gets its file, alone, in a list, and in a form within the form."""
    form: Any = submit(
        app,
        Upload,
        {
            "upload": a_file("1"),
            "uploads": [a_file("2"), a_file("3")],
            "list_of_uploads-0": a_file("4"),
            "inner-upload": a_file("5"),
            "rows-0-upload": a_file("6"),
            "rows-0-text": "row",
        },
    )
    assert form.upload.data.filename == "1"
    assert [file.filename for file in form.uploads.data] == ["2", "3"]
    assert [file.filename for file in form.list_of_uploads.data] == ["4"]
    assert form.inner.form.upload.data.filename == "5"
    assert form.rows[0].form.upload.data.filename == "6"
    assert form.rows[0].form.text.data == "row"


def test_files_in_text_fields_are_ignored(app: Flask) -> None:
    """No text field, nested or not, ever has to do with a file."""
    names = ["text", "number", "texts-0", "inner-text", "plain-text", "rows-0-text"]
    data: dict[str, Any] = {name: a_file() for name in names}
    form: Any = submit(app, Upload, {**data, "rows-0-x": "", "inner-upload": a_file()})
    assert form.text.data is None
    assert form.number.data is None
    assert form.texts.data == []
    assert form.inner.form.text.data is None
    assert form.plain.form.text.data is None
    assert form.rows[0].form.text.data is None
    assert form.inner.form.upload.data.filename == "a.txt"


def test_a_row_with_nothing_but_a_file_is_a_row(app: Flask) -> None:
    """A script need not know that WTForms finds rows by text."""
    form: Any = submit(app, Upload, {"rows-1-upload": a_file("6")})
    assert form.rows[0].form.upload.data.filename == "6"


def test_text_in_a_file_field_is_ignored(app: Flask) -> None:
    """What has no file in it is no upload."""
    form: Any = submit(app, Upload, {"upload": "text", "inner-upload": "text"})
    assert form.upload.data is None
    assert form.inner.form.upload.data is None


def test_an_empty_body_is_a_submission(app: Flask) -> None:
    """A box that is ticked by default is not ticked when all were left empty."""

    class Boxes(Form):
        on = BooleanField(default=True)
        names = FieldList(StringField(), default=["a"])

    form: Any = submit(app, Boxes, None)
    assert form.on.data is False
    assert form.names.data == []


@pytest.mark.parametrize("index", ["²", "9" * 5000, "٣", "-1", "x", "0x"])
def test_odd_indices_are_ignored(app: Flask, index: str) -> None:
    """A key that only looks like a place in a list makes no entry and no error."""
    form: Any = submit(app, Upload, {f"texts-{index}": "x", "texts-1": "y"})
    assert "y" in form.texts.data
    form = submit(app, Upload, {f"list_of_uploads-{index}": a_file()})
    assert form.list_of_uploads.data == []
    form = submit(app, Upload, {f"rows-{index}-upload": a_file()})
    assert form.rows.data == []


@pytest.mark.parametrize(
    "key", ["textsX²", f"texts.{'9' * 5000}", f"texts-é{'9' * 10}"]
)
def test_what_only_begins_like_a_list_is_no_row(app: Flask, key: str) -> None:
    """WTForms takes anything for what separates a place from the name of its list."""
    form: Any = submit(app, Upload, {key: "x", "texts-1": "y"})
    assert form.texts.data == ["y"]


@pytest.mark.parametrize("name", ["km²", "²", "answer-1234567890", "answer_1234567890"])
def test_a_field_may_have_any_number_in_its_name(app: Flask, name: str) -> None:
    """Only places in lists have to be numbers that can be read."""

    class Numbered(Form):
        text = StringField(name=name)
        texts = FieldList(StringField())

    form: Any = submit(app, Numbered, {name: "x"})
    assert form.text.data == "x"


def test_a_message_is_said_once() -> None:
    """Without those of fields within the field, which have their own places."""
    assert own_messages(["a", "b", ["c"], "a", {"d": ["e"]}]) == ["a", "b"]
