from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask_nameform import files
from flask_nameform.wtf import FlaskForm, file
from flask_nameform.wtf.file import (
    FileAllowed,
    FileField,
    FileRequired,
    FileSize,
    MultipleFileField,
    file_allowed,
    file_required,
    file_size,
)
from werkzeug.datastructures import FileStorage


class Uploads:
    """An upload set as Flask-Uploads has it."""

    def file_allowed(self, storage: FileStorage, basename: str) -> bool:
        return basename.endswith(".txt")


class UploadForm(FlaskForm):
    one = FileField(validators=[FileRequired(), FileAllowed(["txt"]), FileSize(4, 1)])
    more = MultipleFileField(validators=[FileAllowed(Uploads())])


@pytest.fixture
def app(bare_app: Flask) -> Flask:
    """An app with nothing of Flask-NameForm attached."""
    return bare_app


def errors_of(app: Flask, **data: Any) -> Any:
    headers = {"Sec-Fetch-Site": "same-origin"}
    with app.test_request_context(method="POST", data=data, headers=headers):
        form = UploadForm()
        form.validate()
        return form.errors


def a_file(name: str, content: bytes = b"abcd") -> tuple[BytesIO, str]:
    return BytesIO(content), name


@pytest.mark.parametrize(
    ("data", "errors"),
    [
        ({"one": a_file("a.txt")}, {}),
        ({}, {"one": ["This field is required."]}),
        ({"one": a_file("")}, {"one": ["This field is required."]}),
        (
            {"one": a_file("a.png")},
            {"one": ["File does not have an approved extension: txt"]},
        ),
        (
            {"one": a_file("a.txt", b"abcde")},
            {"one": ["File must be between 1 and 4 bytes."]},
        ),
        (
            {"one": a_file("a.txt", b"")},
            {"one": ["File must be between 1 and 4 bytes."]},
        ),
        ({"one": a_file("a.txt"), "more": [a_file("a.txt"), a_file("b.txt")]}, {}),
        (
            {"one": a_file("a.txt"), "more": [a_file("a.txt"), a_file("b.png")]},
            {"more": ["File does not have an approved extension."]},
        ),
    ],
)
def test_messages_are_those_of_flask_wtf(
    app: Flask, data: dict[str, Any], errors: dict[str, list[str]]
) -> None:
    """For one file and for several."""
    assert errors_of(app, **data) == errors


def test_no_files_are_none(app: Flask) -> None:
    """Whether nothing was posted or an empty part."""
    headers = {"Sec-Fetch-Site": "same-origin"}
    for data in ({}, {"more": a_file("")}):
        with app.test_request_context(method="POST", data=data, headers=headers):
            assert UploadForm().more.data is None


def test_a_message_can_be_given(app: Flask) -> None:
    """As to our own validators."""

    class Saying(FlaskForm):
        one = FileField(validators=[FileRequired("A file, please.")])

    with app.test_request_context():
        form = Saying()
        form.validate()
        assert form.one.errors == ["A file, please."]


def test_the_names_are_those_of_flask_wtf() -> None:
    """With its aliases, and what is ours is a subclass of ours."""
    assert file_required is FileRequired
    assert file_allowed is FileAllowed
    assert file_size is FileSize
    assert all(issubclass(getattr(file, n), getattr(files, n)) for n in files.__all__)
