from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import wtforms
from flask import Flask
from flask_nameform import Form
from flask_nameform.formdata import own_messages
from flask_nameform.i18n import Catalog, use_locale
from flask_nameform.naming import NamedTexts
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    DecimalField,
    Field,
    FieldList,
    FileField,
    FloatField,
    FormField,
    IntegerField,
    Label,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TimeField,
    WeekField,
)
from wtforms.validators import (
    URL,
    UUID,
    AnyOf,
    DataRequired,
    Disabled,
    EqualTo,
    InputRequired,
    IPAddress,
    Length,
    MacAddress,
    NoneOf,
    NumberRange,
    ReadOnly,
    Regexp,
    ValidationError,
)


def complaint(field: Any, *posted: str, **others: str) -> list[Any]:
    """Say what is wrong with what was posted in a field, in a form with others."""

    class SomeForm(Form):
        it = field
        other = StringField("The %(other)s")

    pairs = [("it", value) for value in posted] + list(others.items())
    form = SomeForm(formdata=MultiDict(pairs), data={"other": "x"})
    form.validate()
    return list(form.it.errors)


# Tuples are deprecated, and the stubs know nothing else yet.
CHOICES: Any = ["a", "b"]
NUMBERS: Any = [1]


@pytest.mark.parametrize(
    ("field", "said"),
    [
        (lambda v: StringField("100 %", v), "Fill in “100 %”."),
        (lambda v: StringField("Name:", v), "Fill in “Name”."),
        (lambda v: StringField("Who?", v), "Fill in “Who?”."),
        (lambda v: StringField(validators=v), "Fill in “It”."),
        (lambda v: StringField("a < b", v), "Fill in “a < b”."),
        (lambda v: BooleanField("I agree", v), "Tick “I agree”."),
        (
            lambda v: BooleanField(Markup("The <a href='/t'>terms &amp; all</a>"), v),
            "Tick “The terms & all”.",
        ),
        (lambda v: FileField("Photo", v), "Choose a file for “Photo”."),
        (
            lambda v: RadioField("Size", v, choices=CHOICES, validate_choice=False),
            "Choose an option for “Size”.",
        ),
    ],
)
@pytest.mark.parametrize("validator", [DataRequired, InputRequired])
def test_what_is_required(
    field: Callable[[Any], Any], validator: type[Any], said: str
) -> None:
    """Who leaves a field empty is told which, and what to do there."""
    assert complaint(field([validator()])) == [said]


@pytest.mark.parametrize(
    ("field", "posted", "said"),
    [
        (IntegerField("Age"), "x", "“Age” must be a whole number."),
        (IntegerField("Age"), "9" * 999, "“Age” must be a number."),
        (DecimalField("Sum"), "x", "“Sum” must be a number."),
        (FloatField("Sum"), "x", "“Sum” must be a number."),
        (DateField("Born"), "x", "“Born” must be a date."),
        (DateTimeLocalField("Start"), "x", "“Start” must be a date and a time."),
        (TimeField("Start"), "x", "“Start” must be a time."),
        (WeekField("Week"), "x", "“Week” must be a week."),
        (
            SelectField("Size", choices=CHOICES),
            "c",
            "Choose one of the options for “Size”.",
        ),
        (
            SelectField("Size", choices=NUMBERS, coerce=int),
            "c",
            "Choose one of the options for “Size”.",
        ),
        (
            SelectMultipleField("100 %", choices=CHOICES),
            "c",
            "Choose from the options for “100 %”.",
        ),
        (
            SelectMultipleField("Size", choices=NUMBERS, coerce=int),
            "c",
            "Choose from the options for “Size”.",
        ),
    ],
)
def test_what_a_field_cannot_take(field: Any, posted: str, said: str) -> None:
    """What does not fit into a field is refused with the field's name."""
    assert own_messages(complaint(field, posted)) == [said]


@pytest.mark.parametrize(
    ("validator", "said"),
    [
        (Length(min=6), "“100 %” must be at least 6 characters long."),
        (Length(max=1), "“100 %” must be at most 1 character long."),
        (Length(min=6, max=6), "“100 %” must be exactly 6 characters long."),
        (Length(min=6, max=8), "“100 %” must be between 6 and 8 characters long."),
        (EqualTo("other"), "“100 %” is not the same as “The %(other)s”."),
        (Regexp("a"), "“100 %” is not in the expected format."),
        (IPAddress(), "“100 %” must be an IP address."),
        (MacAddress(), "“100 %” must be a MAC address."),
        (UUID(), "“100 %” must be a UUID."),
        (URL(), "“100 %” must be a web address, like https://example.org."),
        (AnyOf(["x", "y"]), "“100 %” must be one of: x, y."),
        (NoneOf(["55", "7"]), "“100 %” must not be any of: 55, 7."),
        (ReadOnly(), "“100 %” cannot be changed."),
        (Disabled(), "“100 %” cannot be filled in."),
    ],
)
def test_validators_name_the_field(validator: Any, said: str) -> None:
    """What WTForms' validators say has the name of the field in it, ``%`` and all."""
    assert complaint(StringField("100 %", [validator]), "55") == [said]


@pytest.mark.parametrize(
    ("validator", "said"),
    [
        (NumberRange(min=6), "“Age” must be at least 6."),
        (NumberRange(max=4), "“Age” must be at most 4."),
        (NumberRange(min=6, max=9), "“Age” must be between 6 and 9."),
    ],
)
def test_numbers_out_of_range(validator: NumberRange, said: str) -> None:
    """A number out of range is refused with the field's name."""
    assert complaint(IntegerField("Age", [validator]), "5") == [said]


def test_own_messages_stay() -> None:
    """What a validator was given to say, it says."""

    def refuse(form: Form, field: Field) -> None:
        raise ValidationError("No.")

    assert complaint(StringField("A", [DataRequired("Your name?")])) == ["Your name?"]
    assert complaint(StringField("A", [refuse]), "x") == ["No."]
    assert complaint(StringField("", [DataRequired()])) == ["This field is required."]


def test_a_text_that_is_not_known_here() -> None:
    """What another validator asks of WTForms' catalogs is said as it stands there."""

    def ask(form: Form, field: Field) -> None:
        raise ValidationError(field.gettext("Invalid CSRF Token."))

    def count(form: Form, field: Field) -> None:
        raise ValidationError(field.ngettext("%d thing", "%d things", 2) % 2)

    assert complaint(StringField("A", [ask]), "x") == ["Invalid CSRF Token."]
    assert complaint(StringField("A", [count]), "x") == ["2 things"]


def test_fields_within() -> None:
    """A list's entries have the name of the list, a nested form's fields their own."""

    class Inner(Form):
        street = StringField("Street", [DataRequired()])

    listed = FieldList(StringField(validators=[DataRequired()]), "Tags", min_entries=1)

    assert complaint(listed) == [["Fill in “Tags”."]]
    assert complaint(FormField(Inner)) == ["street"]


def test_switched_off() -> None:
    """A form can have WTForms' own words."""

    class PlainForm(Form):
        class Meta:
            named_messages = False

        name = StringField("Name", [DataRequired()])

    form = PlainForm(formdata=None)

    assert not form.validate()
    assert form.name.errors == ["This field is required."]


def test_in_another_language(app: Flask, catalogs: Path) -> None:
    """A message is in the language of the page, and so is the label in it."""
    labels = Catalog("wtforms", Path(catalogs.parent, "nowhere"))
    field = StringField(labels.lazy("Name"), [DataRequired(), Length(min=3)])

    with app.app_context():
        with use_locale("de"):
            assert complaint(field) == ["Füllen Sie „Name“ aus."]
            assert complaint(field, "x") == [
                "„Name“ muss mindestens 3 Zeichen lang sein."
            ]
        with use_locale("ja"):
            assert complaint(field) == ["「Name」を入力してください。"]


def test_a_language_that_only_wtforms_has(app: Flask) -> None:
    """Better WTForms' words in the language of the page than ours in English."""
    with app.app_context(), use_locale("pl"):
        assert complaint(StringField("Imię", [DataRequired()])) == [
            "To pole jest wymagane."
        ]
        assert complaint(StringField("Imię", [Length(min=2)]), "x") == [
            "Pole musi mieć przynajmniej 2 znaki."
        ]


def test_every_text_of_wtforms_is_known(app: Flask) -> None:
    """No default message of the installed WTForms is left without the name."""
    unnamed = {"Invalid field name '%s'.", "Choices cannot be None."}
    source = Path(wtforms.__file__).parent
    files = [source / "validators.py", *source.glob("fields/*.py")]
    texts = NamedTexts(StringField)
    texts.label = Label("it", "The label")

    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in (
                "gettext",
                "ngettext",
            ):
                found = [getattr(argument, "value", None) for argument in node.args]
                if found[0] in unnamed or not isinstance(found[0], str):
                    continue
                said = (
                    texts.ngettext(found[0], str(found[1]), 2)
                    if len(found) == 3
                    else texts.gettext(found[0])
                )
                assert "The label" in said
