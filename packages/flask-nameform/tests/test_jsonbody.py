from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_nameform import Form, Forms
from flask_nameform.jsonbody import UnreadableError, flatten
from hypothesis import given
from hypothesis import strategies as st
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    FieldList,
    FileField,
    FloatField,
    FormField,
    IntegerField,
    RadioField,
    SelectMultipleField,
    StringField,
)
from wtforms import Form as PlainForm
from wtforms.validators import NumberRange, Optional

CHOICES: list[Any] = ["a", "b"]

EMPTY: dict[str, Any] = {"text": None, "texts": [], "many": []}


class Inner(PlainForm):
    text = StringField()
    texts = FieldList(StringField())
    many = SelectMultipleField(choices=CHOICES)


class Everything(Form):
    text = StringField(default="default")
    integer = IntegerField(validators=[Optional(), NumberRange(0, 9)])
    decimal = DecimalField(validators=[Optional()])
    float = FloatField(validators=[Optional()])
    date = DateField(validators=[Optional()])
    on = BooleanField()
    one = RadioField(choices=CHOICES, validators=[Optional()])
    many = SelectMultipleField(choices=CHOICES)
    upload = FileField()
    inner = FormField(Inner)
    rows = FieldList(FormField(Inner))
    names = FieldList(StringField())


FIELDS = [
    name for name in dir(Everything) if hasattr(getattr(Everything, name), "args")
]


def bind(app: Flask, body: Any) -> Any:
    with app.test_request_context("/", method="POST", json=body):
        return Everything()


def test_json_is_bound_like_a_form(app: Flask) -> None:
    """Objects reach forms in the form, lists reach lists and multiple choices."""
    form = bind(
        app,
        {
            "text": "é",
            "integer": 5,
            "decimal": 1.5,
            "on": True,
            "many": ["a", "b"],
            "inner": {"text": "in", "texts": ["x"]},
            "rows": [{"text": "1"}, {}, {"texts": ["y", "z"]}],
            "names": ["p", None, "q"],
        },
    )
    data = form.data
    assert (data["text"], data["integer"], str(data["decimal"])) == ("é", 5, "1.5")
    assert data["on"] is True
    assert data["many"] == ["a", "b"]
    assert data["inner"] == {"text": "in", "texts": ["x"], "many": []}
    assert [row["text"] for row in data["rows"]] == ["1", None, None]
    assert data["rows"][2]["texts"] == ["y", "z"]
    assert data["names"] == ["p", "", "q"]


@pytest.mark.parametrize("name", FIELDS)
def test_null_is_empty(app: Flask, name: str) -> None:
    """It is what an input left empty is, and nothing for a field to complain about."""
    field = bind(app, {name: None})[name]
    assert field.data in ("", None, False, [], EMPTY)
    assert field.validate(None)


def test_false_is_not_ticked(app: Flask) -> None:
    """Nor is a box that is left out, as in a browser."""
    assert bind(app, {"on": False}).on.data is False
    assert bind(app, {}).on.data is False


def test_names_of_html_are_names_of_json(app: Flask) -> None:
    """A script may send the fields of a form as the form has them."""
    form = bind(app, {"inner-text": "a", "rows-0-text": "b", "rows-0-many": ["a"]})
    assert form.rows[0].many.data == ["a"]
    assert form.inner.form.text.data == "a"
    assert form.rows[0].form.text.data == "b"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"text": ["a", "b"]}, "'text' takes one value"),
        ({"text": {"a": 1}}, "'text' takes one value"),
        ({"integer": []}, "'integer' takes one value"),
        ({"many": {"a": 1}}, "'many' takes one value"),
        ({"many": ["a", ["b"]]}, "'many' takes a list of values"),
        ({"inner": "x"}, "'inner' takes an object"),
        ({"inner": {"text": [1]}}, "'inner-text' takes one value"),
        ({"rows": {"0": {}}}, "'rows' takes a list"),
        ({"rows": [{}, 5]}, "'rows-1' takes an object"),
        ({"rows": [{}, {"texts": [[1]]}]}, "'rows-1-texts-0' takes one value"),
        ({"names": ["a", {}]}, "'names-1' takes one value"),
    ],
)
def test_a_field_with_another_shape_is_refused(
    app: Flask, body: Any, field: str
) -> None:
    """With the name of the field; WTForms would take some part of it."""
    with pytest.raises(UnreadableError) as error:
        bind(app, body)
    assert field in str(error.value.description)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[1, 2]",
        b'"str"',
        b"5",
        b"null",
        b"{",
        b'{"text": 1',
        b"\xff\xfe",
        b'{"text": "\xff"}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"integer": ' + b"9" * 5000 + b"}",
        b'{"names": [' + b"0," * 1000 + b"0]}",
    ],
)
@pytest.mark.parametrize("content_type", ["application/json", "application/x+json"])
def test_json_that_is_no_form_is_refused(
    app: Flask, forms: Forms, browser: FlaskClient, body: bytes, content_type: str
) -> None:
    """400 in the shape of all errors, however broken, long or deep it is."""
    forms.add("all", Everything, handler=lambda form: None)
    for debug in (False, True):
        app.debug = debug
        answer = browser.post("/-/forms/all", data=body, content_type=content_type)
        assert answer.status_code == 400
        assert answer.json is not None
        assert list(answer.json["errors"]) == [""]


@pytest.mark.parametrize(
    "body",
    [
        b'{"text": "\\ud800", "\\ud800": 1, "rows": [{"text": "\\udfff"}]}',
        b'{"integer": 1e999, "decimal": NaN, "float": -Infinity}',
        b'{"integer": true, "on": "maybe", "date": 20200101, "one": 1}',
        b'{"_form": 5, "csrf_token": []}',
        b'{"": {"": {"": 1}}, "rows-x": 1, "names-99999999999": 1}',
        b'{"a": ' + b"[" * 200 + b"]" * 200 + b"}",
        b'{"' + b"k" * 10_000 + b'": [' + b"{}," * 9_000 + b"{}]}",
        b'{"text": "a", "text": "b"}',
    ],
)
def test_odd_json_is_a_form(forms: Forms, browser: FlaskClient, body: bytes) -> None:
    """What a field cannot be, it says; what no field asks for is left out."""

    def handler(form: Everything) -> None:
        repr(form.data).encode()

    forms.add("all", Everything, handler=handler)
    answer = browser.post("/-/forms/all", data=body, content_type="application/json")
    assert answer.status_code in (200, 422)


def test_half_a_character_is_replaced() -> None:
    """No database takes one; two halves are a character."""
    assert flatten({"a": "x\ud800"})["a"] == "x\ufffd"
    assert flatten({"a": "\ud83d\ude00"})["a"] == "😀"


def test_a_form_in_a_view_takes_json(app: Flask, browser: FlaskClient) -> None:
    """A body that no form could be in is 400 there too."""

    @app.post("/view")
    def view() -> dict[str, Any]:
        form = Everything()
        form.validate_on_submit()
        return {"text": form.text.data, "errors": form.errors}

    assert browser.post("/view", json={"text": "x"}).json == {"text": "x", "errors": {}}
    assert browser.post("/view", json={"text": "x", "_form": "Other"}).json == {
        "text": "default",
        "errors": {},
    }
    assert browser.post("/view", json=[1]).status_code == 400
    assert browser.post("/view", json={"text": []}).status_code == 400


def test_json_carries_the_marker(forms: Forms, browser: FlaskClient) -> None:
    """A form that was lost is refused, as in a form."""
    forms.add("all", Everything, handler=lambda form: None)
    assert browser.post("/-/forms/all", json={"_form": "Other"}).status_code == 400
    assert browser.post("/-/forms/all", json={"_form": "all"}).status_code == 200


@cache
def app_of_everything() -> Flask:
    """Give one app to all examples of a property."""
    app = Flask(__name__)
    app.secret_key = "x"
    Forms(app).add("all", Everything, handler=lambda form: None)
    return app


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
bodies = anything | st.dictionaries(st.sampled_from(FIELDS), anything)


@given(
    body=bodies,
    content_type=st.sampled_from(["application/json", "application/x+json"]),
)
def test_no_json_is_an_error_of_ours(body: Any, content_type: str) -> None:
    """Whatever the shape, the answer is about the request."""
    app = app_of_everything()
    answer = app.test_client().post(
        "/-/forms/all",
        data=app.json.dumps(body),
        content_type=content_type,
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code in (200, 400, 422)
    assert answer.is_json


@given(
    body=st.binary(),
    content_type=st.text(max_size=40)
    | st.sampled_from(["multipart/form-data; boundary=x", "application/json"]),
)
def test_no_body_of_any_type_is_an_error_of_ours(
    body: bytes, content_type: str
) -> None:
    """Nor whatever it says it is."""
    app = app_of_everything()
    answer = app.test_client().post(
        "/-/forms/all",
        data=body,
        environ_overrides={
            "CONTENT_TYPE": content_type.encode().decode("latin-1"),
            "HTTP_SEC_FETCH_SITE": "same-origin",
        },
    )
    assert answer.status_code in (200, 303, 400, 413, 415, 422)
