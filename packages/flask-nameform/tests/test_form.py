from __future__ import annotations

import functools
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask, render_template_string, request
from flask.testing import FlaskClient
from flask_nameform import Form, NameForm, csrf
from wtforms import (
    BooleanField,
    DecimalField,
    Field,
    FieldList,
    FloatField,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    StringField,
    SubmitField,
    ValidationError,
)
from wtforms.validators import InputRequired, NumberRange


class Other(Form):
    name = StringField(default="nobody")
    on = BooleanField(default=True)


def post(app: Flask, **data: str) -> Any:
    return app.test_request_context("/", method="POST", data=data)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_form_is_bound_to_what_submits_it(app: Flask, method: str) -> None:
    """``NameForm()`` in a view is all there is to write."""
    with app.test_request_context("/", method=method, data={"name": "Ada"}):
        form = NameForm()
        assert form.validate_on_submit()
        assert form.name.data == "Ada"


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_reading_submits_nothing(app: Flask, method: str) -> None:
    """A form is not filled in from a URL unless one gives it that."""
    with app.test_request_context("/?name=Ada", method=method):
        assert not NameForm().validate_on_submit()
        assert NameForm().name.data is None
        assert NameForm(request.args).name.data == "Ada"


def test_a_form_can_be_made_outside_a_request() -> None:
    """It is unbound there, and has no token in it."""
    form = NameForm(data={"name": "Ada"})
    assert form.name.data == "Ada"
    assert not form.is_submitted()
    assert form.hidden_tag() == '<input type="hidden" name="_form" value="NameForm">'


def test_of_two_forms_only_the_one_sent_is_submitted(app: Flask) -> None:
    """The other keeps its defaults: nothing of it is unticked or complained about."""
    with post(app, _form="NameForm", name="Ada"):
        form, other = NameForm(), Other()
        assert form.validate_on_submit()
        assert not other.validate_on_submit()
        assert (other.name.data, other.on.data) == ("nobody", True)
        assert not other.errors


def test_a_prefix_tells_forms_of_one_class_apart(app: Flask) -> None:
    """Two forms of a class on one page have prefixes, and only one is submitted."""
    with post(app, **{"_form": "NameForm-b", "b-name": "Ada"}):
        first, second = NameForm(prefix="a"), NameForm(prefix="b-")
        assert not first.is_submitted()
        assert second.validate_on_submit()
        assert second.name.data == "Ada"
        assert 'value="NameForm-b"' in second.hidden_tag()


class Login(Form):
    name = StringField()
    stay = BooleanField(default=True)
    submit = SubmitField()


class Search(Form):
    words = StringField()
    exact = BooleanField(default=True)
    submit = SubmitField()


HAND_WRITTEN = """
{% for form in forms %}
<form method="post" id="{{ loop.index }}">{{ form.hidden_tag() }}
{% for field in form if field.type != "SubmitField" %}{{ field() }}{% endfor %}
{{ form.submit() }}</form>
{% endfor %}
<form id="ask">{{ asked.words() }}{{ asked.submit() }}</form>
<form method="post" id="bare">{{ forms[0].name() }}</form>
"""


@pytest.fixture
def several(app: Flask) -> FlaskClient:
    """A visitor of a page that has several forms, all written by hand."""

    @app.route("/several", methods=["GET", "POST"])
    def several() -> str:
        forms = [Login(), Search(), Login(prefix="b"), Search(prefix="c_")]
        asked = Search(request.args if "words" in request.args else None)
        if request.method == "POST" or request.args:
            sent = [form.validate_on_submit() for form in forms]
            # What was not sent keeps its boxes ticked.
            ticked = [bool(list(form)[1].data) for form in forms]
            return f"{sent} {ticked} {asked.words.data}"
        return render_template_string(HAND_WRITTEN, forms=forms, asked=asked)

    client = app.test_client()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return client


@pytest.mark.parametrize("button", [None, "Submit", ""])
@pytest.mark.parametrize(
    ("form_id", "name"),
    [("1", "name"), ("2", "words"), ("3", "b-name"), ("4", "c_words")],
)
def test_of_several_forms_by_hand_the_one_sent_is_submitted(
    several: FlaskClient,
    hidden: Callable[..., dict[str, str]],
    form_id: str,
    name: str,
    button: str | None,
) -> None:
    """Whether a button was pressed, a key, or a script sent it; whatever its prefix."""
    fields = {**hidden(several.get("/several").text, form_id), name: "x"}
    if button is not None:
        fields[name.replace("name", "submit").replace("words", "submit")] = button

    sent = [str(index) == form_id for index in range(1, 5)]
    kept = [not each for each in sent]
    answer = several.post("/several", data=fields)
    assert answer.text == f"{sent} {kept} None"


def test_html_without_a_marker_submits_each_form(several: FlaskClient) -> None:
    """Nobody can tell which one, so a view of several has to ask for a marker."""
    answer = several.post("/several", data={"name": "x"})
    assert answer.text.startswith(f"{[True] * 4} {[False] * 4}")


def test_another_marker_submits_none(several: FlaskClient) -> None:
    """Such as that of a form which this view does not have."""
    for marker in ("Other", "", "b", "Login-", "login"):
        answer = several.post("/several", data={"_form": marker, "name": "x"})
        assert answer.text.startswith(f"{[False] * 4} {[True] * 4}")


def test_a_form_that_asks_is_given_the_url(several: FlaskClient) -> None:
    """A GET submits none by itself; what it asks is for the form that takes it."""
    answer = several.get("/several?words=x&name=y&_form=Login&submit=Submit")
    assert answer.text == f"{[False] * 4} {[True] * 4} x"


def test_a_post_without_a_marker_submits(app: Flask) -> None:
    """Hand-written HTML and scripts need not know about markers."""
    with post(app, name="Ada"):
        assert NameForm().is_submitted()
        assert Other().is_submitted()


class Saving(Form):
    name = StringField()
    save = SubmitField()

    def is_submitted(self) -> bool:
        return super().is_submitted() and bool(self.save.data)


@pytest.mark.parametrize("button", [{}, {"save": "Save"}])
def test_a_form_may_ask_for_more_to_be_submitted(
    app: Flask, button: dict[str, str]
) -> None:
    """It is bound all the same, so that its fields can be asked."""
    with post(app, name="Ada", **button):
        form = Saving()
        assert form.validate_on_submit() is bool(button)
        assert form.name.data == "Ada"


def test_a_form_that_asks_for_more_is_protected_without_it(app: Flask) -> None:
    """Whoever validates it by hand gets no request of another site."""
    headers = {"Sec-Fetch-Site": "cross-site"}
    data = {"name": "Ada"}
    with app.test_request_context("/", method="POST", data=data, headers=headers):
        form = Saving()
        assert not form.is_submitted()
        with pytest.raises(csrf.CSRFError):
            form.validate()


@pytest.mark.parametrize("name", ["", " ", "\t\n", "\u00a0", "\u3000"])
def test_a_blank_name_is_missing(app: Flask, name: str) -> None:
    """White space is not a name."""
    with post(app, name=name):
        form = NameForm()
        assert not form.validate_on_submit()
        assert form.name.errors == ["Enter your name"]


def test_a_name_is_stripped_and_has_a_limit(app: Flask) -> None:
    """A whole page of letters is not a name either."""
    with post(app, name=f"  {'a' * 100} "):
        form = NameForm()
        assert form.validate_on_submit()
        assert form.name.data == "a" * 100

    with post(app, name="a" * 400_000):
        form = NameForm()
        assert not form.validate_on_submit()
        assert form.name.errors == ["Your name must be at most 100 characters long"]


def test_extra_validators_run(app: Flask) -> None:
    """What a view adds to the validators counts."""

    def fail(form: Form, field: Field) -> None:
        raise ValidationError("Not you")

    with post(app, name="Ada"):
        form = NameForm()
        assert not form.validate_on_submit({"name": [fail]})
        assert form.errors == {"name": ["Not you"]}


@pytest.mark.parametrize(
    "name",
    [
        *("data", "errors", "validate", "process", "meta", "populate_obj", "Meta"),
        *("form_errors", "hidden_tag", "is_submitted", "csrf_token"),
    ],
)
def test_a_field_may_not_hide_the_interface(name: str) -> None:
    """Such a field breaks a form far from where it is written, so it fails there."""
    with pytest.raises(RuntimeError, match=f"field '{name}' of Bad .* '{name}_'"):
        type("Bad", (Form,), {name: StringField()})


def test_a_field_of_a_mixin_may_not_either() -> None:
    """It is found in classes that are no forms too."""

    class Mixin:
        data = StringField()

    with pytest.raises(RuntimeError, match="field 'data' of Bad"):

        class Bad(Mixin, Form):  # type: ignore[misc] # on purpose
            pass


async def passes(form: Form, field: Field) -> None:
    """Validate nothing: nobody waits for it."""


@pytest.mark.parametrize(
    "attributes",
    [
        {"validate_name": passes, "name": StringField()},
        {"validate": passes},
        {"name": StringField(validators=[InputRequired(), passes])},
        {"name": StringField("Name", [passes])},
        {"name": StringField("Name", [functools.partial(passes)])},
        {"names": FieldList(StringField(validators=[passes]))},
        {"names": FieldList(StringField(), validators=[passes])},
    ],
)
def test_nobody_waits_for_a_validator(attributes: dict[str, Any]) -> None:
    """One that is a coroutine function would let everything pass, so it fails there."""
    with pytest.raises(RuntimeError, match=r"Bad\.(valid|name).* the handler, which"):
        type("Bad", (Form,), attributes)


def test_the_cure_works(app: Flask) -> None:
    """Under another name in Python a field keeps its name in HTML."""

    class Good(Form):
        data_ = StringField(name="data")

    with post(app, data="x"):
        assert Good().data_.data == "x"


def test_ids_are_of_the_form_and_names_are_not() -> None:
    """Browsers fill in by name, and labels find their field by id."""
    form = NameForm()
    assert (form.name.name, form.name.id) == ("name", "NameForm-name")
    assert form.name.label.field_id == form.name.id
    assert NameForm(prefix="a").name.id == "NameForm-a-name"


def test_an_id_that_is_given_stays() -> None:
    """Whoever writes an id has a use for it."""

    class Given(Form):
        text = StringField(id="mine")
        texts = FieldList(StringField(), id="ours", min_entries=1)

    form = Given()
    form.texts.append_entry()
    assert form.text.id == "mine"
    assert [text.id for text in form.texts] == ["ours-0", "ours-1"]


KINDS: Any = ["home", "work"]


class Address(Form):
    street = StringField()
    kind = RadioField(choices=KINDS)
    lines = FieldList(StringField(), min_entries=2)


class Person(Form):
    home = FormField(Address)
    others = FieldList(FormField(Address), min_entries=1)


def test_ids_within_a_form_are_below_those_of_its_field() -> None:
    """Forms within forms, and lists of them, have ids of their own."""
    form = Person()
    assert form.home.form.street.id == "Person-home-street"
    assert form.home.form.street.label.field_id == "Person-home-street"
    assert form.home.form.lines[1].id == "Person-home-lines-1"
    assert form.others[0].form.street.id == "Person-others-0-street"
    assert form.others[0].form.lines[0].id == "Person-others-0-lines-0"
    assert [option.id for option in form.home.form.kind] == [
        "Person-home-kind-0",
        "Person-home-kind-1",
    ]


def test_a_form_within_a_form_is_one_form(app: Flask) -> None:
    """It is validated with the other, without a marker or a token of its own."""
    data = {"_form": "Person", "home-street": "x", "home-kind": "work"}
    with post(app, **data, **{"others-0-kind": "home"}):
        form = Person()
        assert form.validate_on_submit()
        assert form.home.form.street.data == "x"
        assert str(form.hidden_tag()).count("_form") == 1


def test_hidden_tag_has_all_that_is_hidden(app: Flask) -> None:
    """Marker, token and the form's own hidden fields, each once."""

    class Hiding(Form):
        next_page = HiddenField(default='"/"')
        submit = SubmitField()

    with app.test_request_context("/"):
        tag = Hiding().hidden_tag()

    assert tag.count("<input") == 3
    assert 'name="_form" value="Hiding"' in tag
    assert 'name="csrf_token"' in tag
    assert 'value="&#34;/&#34;"' in tag.replace("&quot;", "&#34;")


def test_a_form_with_data_of_its_own_asks_nobody(app: Flask) -> None:
    """Whoever binds a form to something decides about CSRF too."""
    headers = {"Sec-Fetch-Site": "cross-site"}
    data = {"name": "Ada"}
    with app.test_request_context("/", method="POST", data=data, headers=headers):
        assert NameForm(request.form).validate()
        with pytest.raises(csrf.CSRFError):
            NameForm().validate()


class Numbers(Form):
    whole = IntegerField(validators=[NumberRange(0, 9)])
    exact = DecimalField(validators=[NumberRange(0, 9)])
    real = FloatField(validators=[NumberRange(0, 9)])


@pytest.mark.parametrize(
    "text",
    [
        *("sNaN", "NaN", "-Infinity", "1e999999", "1e-999999", "9" * 400, "9" * 5000),
        *("", "x", "\0", "0x10", "1_0", "\u0661", "--1"),
    ],
)
def test_no_number_is_too_odd(app: Flask, text: str) -> None:
    """Whatever is sent in place of a number is an error of the form at most."""
    with post(app, whole=text, exact=text, real=text):
        form = Numbers()
        form.validate_on_submit()
        assert form.whole.data in (None, 0, 1, 10)
        assert form.exact.data in (None, 0, 1, 10)
        assert all(field() for field in form)


class Amounts(Form):
    rounded = DecimalField()
    whole = DecimalField(places=0)
    exact = DecimalField(places=None)


@pytest.mark.parametrize("amount", ["9" * 26, "-1e25", "1e-200", "0", "9" * 28, "1e30"])
def test_an_amount_that_was_taken_can_be_shown(app: Flask, amount: str) -> None:
    """WTForms rounds to the places of a field, for which it has 28 digits."""
    with post(app, rounded=amount, whole=amount, exact=amount):
        form = Amounts()
        form.validate_on_submit()

    digits = Decimal(amount).adjusted() + 1
    assert bool(form.rounded.errors) is (digits > 26)
    assert bool(form.whole.errors) is (digits > 28)
    assert form.exact.data == Decimal(amount)
    shown = Amounts(None, data=form.data)
    assert all(field() for field in shown)


@pytest.mark.parametrize("number", [Decimal("NaN"), Decimal("1e999"), 2**2000])
def test_a_number_of_an_object_stays_however_odd(app: Flask, number: Any) -> None:
    """Only what somebody typed is refused; who sends the form again loses nothing."""
    with app.test_request_context("/"):
        for form in (
            Numbers(data={"exact": number}),
            Numbers(None, data={"exact": number}),
        ):
            assert form.exact.data is number
            assert not form.exact.process_errors


def test_descriptions_given_in_a_template_are_added() -> None:
    """``aria-describedby`` from several places adds up instead of replacing."""

    class Described(Form):
        text = StringField(render_kw={"aria-describedby": "own"})
        other = StringField(render_kw={"aria_describedby": "own", "class": "x"})
        plain = StringField()

    form = Described()
    assert 'aria-describedby="own given"' in form.text(aria_describedby="given")
    assert 'aria-describedby="own given"' in form.other(**{"aria-describedby": "given"})
    assert 'class="x"' in form.other()
    assert 'aria-describedby="own"' in form.other()
    assert 'aria-describedby="given"' in form.plain(aria_describedby="given")
    assert "aria" not in form.plain()
