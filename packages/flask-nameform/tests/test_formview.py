from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, render_template_string
from flask_nameform import Form
from jinja2 import DictLoader
from markupsafe import Markup
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    Field,
    FieldList,
    FileField,
    FormField,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TelField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget, html_params

Element = dict[str, str]
Elements = Callable[[str], list[Element]]
A_OR_B: Any = ["a", "b"]  # strings alone, which WTForms 3.1 and its stubs differ on
REQUIRED = [InputRequired("Fill this in")]


class Address(Form):
    secret = HiddenField()
    street = StringField("Street", REQUIRED, description="With the number")


class Everything(Form):
    text = StringField("Text", REQUIRED, description="A hint")
    area = TextAreaField("Area", REQUIRED, description="A hint")
    email = EmailField("E-mail", REQUIRED, description="A hint")
    password = PasswordField("Password", REQUIRED, description="A hint")
    whole = IntegerField("Whole", REQUIRED, description="A hint")
    day = DateField("Day", REQUIRED, description="A hint")
    upload = FileField("Upload", REQUIRED, description="A hint")
    choice = SelectField("Choice", REQUIRED, choices=A_OR_B, description="A hint")
    choices = SelectMultipleField(
        "Many", REQUIRED, choices=A_OR_B, description="A hint"
    )
    agree = BooleanField("Agree", REQUIRED, description="A hint")
    radio = RadioField("Radio", REQUIRED, choices=A_OR_B, description="A hint")
    boxes = SelectMultipleField(
        "Boxes",
        REQUIRED,
        choices=A_OR_B,
        description="A hint",
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    address = FormField(Address, "Address", description="A hint")
    names = FieldList(StringField("Name", REQUIRED), "Names", min_entries=2)
    token = HiddenField(validators=REQUIRED)
    submit = SubmitField("Send it")


@pytest.fixture
def render(app: Flask) -> Callable[..., str]:
    """Render a form, submitted with the data given, or fresh without."""

    def render(
        form_class: type[Form], data: Any = None, *, copies: int = 1, **kw: Any
    ) -> str:
        method = "GET" if data is None else "POST"
        headers = {"Sec-Fetch-Site": "same-origin"}
        with app.test_request_context("/", method=method, data=data, headers=headers):
            forms = [form_class(prefix=f"p{n}" if n else "") for n in range(copies)]
            for form in forms:
                form.validate_on_submit()
            return "".join(
                render_template_string("{{ quick_form(form, **kw) }}", form=form, kw=kw)
                for form in forms
            )

    return render


Render = Callable[..., str]


def controls(found: list[Element]) -> list[Element]:
    """Give the elements of a form that a person fills in."""
    tags = ("input", "textarea", "select")
    unseen = ("hidden", "submit")
    return [e for e in found if e[""] in tags and e.get("type") not in unseen]


@pytest.mark.parametrize("data", [None, {}, {"text": "x", "choice": "a", "radio": "z"}])
@pytest.mark.parametrize("copies", [1, 3])
def test_all_references_lead_somewhere(
    render: Render, elements: Elements, data: Any, copies: int
) -> None:
    """Ids are unique; labels, descriptions and links are about elements that exist."""
    found = elements(render(Everything, data, copies=copies))
    ids = [element["id"] for element in found if "id" in element]
    assert len(ids) == len(set(ids))

    for element in found:
        for attribute in ("for", "aria-describedby", "aria-labelledby"):
            for reference in element.get(attribute, "").split():
                assert reference in ids
        if element[""] == "a":
            assert element["href"].removeprefix("#") in ids


@pytest.mark.parametrize("data", [None, {}])
def test_each_control_has_its_label(
    render: Render, elements: Elements, data: Any
) -> None:
    """One visible label each, not by placeholder or title."""
    found = elements(render(Everything, data))
    labels = [element["for"] for element in found if element[""] == "label"]
    assert sorted(labels) == sorted(element["id"] for element in controls(found))


def test_hints_stay_when_there_are_errors(render: Render, elements: Elements) -> None:
    """A field is described by its hint and its error, in the order they are read."""
    fresh = {e["id"]: e for e in elements(render(Everything)) if "id" in e}
    sent = {e["id"]: e for e in elements(render(Everything, {})) if "id" in e}

    for name in (
        "text",
        "area",
        "email",
        "upload",
        "choice",
        "agree",
        "radio",
        "boxes",
    ):
        id = f"Everything-{name}"
        assert fresh[id]["aria-describedby"] == f"{id}-hint"
        assert sent[id]["aria-describedby"] == f"{id}-hint {id}-error"


def test_only_what_is_wrong_is_marked_so(render: Render, elements: Elements) -> None:
    """``aria-invalid`` is on each field with an error, and on nothing hidden."""
    assert "aria-invalid" not in render(Everything)

    found = elements(render(Everything, {"text": "x", "names-0": "x"}))
    invalid = {e["id"] for e in found if e.get("aria-invalid") == "true"}
    assert "Everything-text" not in invalid
    assert "Everything-names-0" not in invalid
    assert {"Everything-area", "Everything-address-street"} <= invalid
    assert "Everything-radio" in invalid  # the group: a radio button cannot be invalid
    assert "Everything-radio-0" not in invalid
    assert {"Everything-boxes-0", "Everything-boxes-1"} <= invalid
    assert not any(e.get("type") == "hidden" and "aria-invalid" in e for e in found)


def test_label_hint_error_and_control_follow_each_other(render: Render) -> None:
    """Whoever reads on from the label knows all before coming to the control."""
    html = render(Everything, {})
    places = [
        html.index('for="Everything-text"'),
        html.index('id="Everything-text-hint"'),
        html.index('id="Everything-text-error"'),
        html.index('id="Everything-text"'),
    ]
    assert places == sorted(places)
    assert '<span class="visually-hidden">Error:</span> Fill this in' in html


def test_choices_are_in_a_group_with_a_legend(
    render: Render, elements: Elements
) -> None:
    """What belongs together is one fieldset, described as a whole."""
    html = render(Everything, {})
    groups = [e for e in elements(html) if e[""] == "fieldset"]
    assert [group["id"].partition("-")[2] for group in groups] == [
        "radio",
        "boxes",
        "address",
        "names",
    ]
    assert groups[0]["role"] == "radiogroup"
    assert "<legend>Boxes" in html
    assert groups[2]["aria-describedby"] == "Everything-address-hint"
    assert "aria-describedby" not in groups[3]


@pytest.mark.parametrize("disabled", [True, False])
def test_what_is_disabled_is_so_with_all_in_it(
    render: Render, elements: Elements, disabled: bool
) -> None:
    """A group as a whole, its buttons too, and what the Enter key would press."""
    kw: Any = {"render_kw": {"disabled": disabled, "class": "own"}}

    class Closed(Form):
        names = FieldList(StringField("Name"), "Names", min_entries=1, **kw)
        address = FormField(Address, "Address", **kw)
        radio = RadioField("Radio", choices=A_OR_B, **kw)
        submit = SubmitField("Send it", **kw)

    found = elements(render(Closed))
    state = {e["id"]: "disabled" in e for e in found if e.get("id", "").count("-") == 1}
    assert state == {
        "Closed-form": False,
        "Closed-names": disabled,
        "Closed-address": disabled,
        "Closed-radio": False,  # each of its buttons is
        "Closed-submit": disabled,
    }
    assert all("disabled" in e for e in found if e.get("type") == "radio") == disabled
    own = [e.get("class", "") for e in found if e[""] == "fieldset"]
    assert own == ["field own", "field own", "field"]
    [unseen] = [e for e in found if e.get("aria-hidden")]
    assert ("disabled" in unseen) == disabled


def test_a_group_of_boxes_does_not_require_each(
    render: Render, elements: Elements
) -> None:
    """The browser would ask for every box to be ticked."""
    by_id = {e.get("id"): e for e in elements(render(Everything))}
    assert "required" not in by_id["Everything-boxes-0"]
    assert "required" in by_id["Everything-radio-0"]
    assert "required" in by_id["Everything-agree"]


def test_what_is_required_is_said_in_words(render: Render) -> None:
    """Neither a colour nor a star has to be understood."""

    class Two(Form):
        needed = StringField(validators=[DataRequired()])
        optional = StringField()

    html = render(Two)
    assert 'Needed <span class="required">(required)</span></label>' in html
    assert "Optional</label>" in html


def test_the_summary_leads_to_each_problem(render: Render, elements: Elements) -> None:
    """First in the form, with the words at the field, and focused when it appears."""
    html = render(Everything, {})
    found = elements(html)
    box = next(e for e in found if e.get("class") == "error-summary")
    assert (box["tabindex"], "autofocus" in box) == ("-1", True)
    assert box["role"] == "group"  # nothing without a role may have a name (ARIA 1.2)
    assert found[found.index(box) + 1]["role"] == "alert"
    assert found[0][""] == "form"
    assert found[1] is box
    assert "There is a problem</h2>" in html

    links = [e["href"] for e in found if e[""] == "a"]
    assert "#Everything-text" in links
    assert "#Everything-radio-0" in links  # the first of the group takes the focus
    assert "#Everything-names-1" in links
    assert not any("token" in link for link in links)  # nobody can go there


def test_a_problem_of_the_form_has_no_link(
    app: Flask, render: Render, elements: Elements
) -> None:
    """What is about the form as a whole, or about something unseen, is plain text."""

    class Never(Form):
        token = HiddenField(validators=[InputRequired("Token is gone")])

        def validate(self, extra_validators: Any = None) -> bool:
            super().validate(extra_validators)
            self.form_errors.append("Closed <today>")
            return False

    html = render(Never, {})
    assert "<li><p>Closed &lt;today&gt;</p></li>\n<li><p>Token is gone</p></li>" in html
    assert not [e for e in elements(html) if e[""] == "a"]


def test_texts_are_escaped_unless_marked(render: Render) -> None:
    """A label, hint or error is text; ``Markup`` is for those who mean HTML."""

    class Texts(Form):
        plain = StringField("<b>", [Length(min=99, message="<i>")], description="<u>")
        marked = StringField(
            Markup("<b>"),
            [Length(min=99, message=Markup("<i>"))],
            description=Markup("<u>"),
        )

    html = render(Texts, {"plain": '"><script>', "marked": "x"})
    for tag in ("<b>", "<i>", "<u>"):
        name = tag.strip("<>")
        assert f"&lt;{name}&gt;" in html
        assert tag in html
    assert "<script>" not in html


@pytest.mark.parametrize(
    ("name", "field", "token"),
    [
        ("name", StringField, "name"),
        ("email", StringField, "email"),
        ("work_address", EmailField, "email"),
        ("call_me", TelField, "tel"),
        ("password", PasswordField, "current-password"),
        ("new_password", PasswordField, "new-password"),
        ("username", StringField, "username"),
        ("one_time_code", StringField, "one-time-code"),
        ("nonsense", StringField, None),
        ("name", BooleanField, None),
        ("name", HiddenField, None),
    ],
)
def test_fields_about_the_user_say_so(
    render: Render, elements: Elements, name: str, field: type[Field], token: str | None
) -> None:
    """Browsers and password managers can fill in what they know."""
    form_class = type("About", (Form,), {name: field()})
    found = {e.get("id"): e for e in elements(render(form_class))}
    assert found[f"About-{name}"].get("autocomplete") == token


def test_a_token_of_the_app_wins(render: Render) -> None:
    """``render_kw`` knows better what a field is for."""

    class Own(Form):
        password = PasswordField(render_kw={"autocomplete": "new-password"})

    html = render(Own)
    assert 'autocomplete="new-password"' in html
    assert "current-password" not in html


def test_a_custom_widget_gets_the_attributes(render: Render) -> None:
    """A widget of the app's own is called as WTForms does, with all that ties it in."""

    def widget(field: Field, **attributes: Any) -> Markup:
        return Markup(f"<my-input {html_params(**attributes)}>")  # noqa: S704 # escaped

    class Custom(Form):
        mine = StringField(widget=widget, validators=REQUIRED, description="A hint")

    html = render(Custom, {})
    described = 'aria-describedby="Custom-mine-hint Custom-mine-error"'
    assert f'<my-input {described} aria-invalid="true">' in html


def test_a_description_of_the_app_is_added(render: Render) -> None:
    """The hint does not replace what ``render_kw`` says, nor the other way round."""

    class Own(Form):
        text = StringField(description="A hint", render_kw={"aria-describedby": "more"})

    assert 'aria-describedby="more Own-text-hint"' in render(Own)


def test_a_form_with_files_is_sent_in_parts(render: Render, elements: Elements) -> None:
    """Otherwise only the name of the file would be sent."""

    class Outer(Form):
        inner = FormField(Everything)

    assert elements(render(Outer))[0]["enctype"] == "multipart/form-data"
    assert "enctype" not in elements(render(Address))[0]


def test_hidden_fields_of_nested_forms_are_there(
    render: Render, elements: Elements
) -> None:
    """They are sent, without a label for something that is not seen."""
    html = render(Everything)
    found = [e for e in elements(html) if e.get("name") == "address-secret"]
    assert [e["type"] for e in found] == ["hidden"]
    assert 'for="Everything-address-secret"' not in html


def test_a_form_without_a_button_gets_one(render: Render) -> None:
    """A form can always be sent, and its own button says its own words."""
    assert '<button type="submit">Send</button>' in render(Address)
    assert '<button type="submit">Go on</button>' in render(Address, button="Go on")
    html = render(Everything)
    assert ">Send</button>" not in html
    assert 'type="submit" value="Send it"' in html


def test_a_form_has_a_name_if_it_is_given_one(
    render: Render, elements: Elements
) -> None:
    """A title is a heading that names the form; an attribute does it unseen."""
    html = render(Address, title="Your address")
    assert elements(html)[0]["aria-labelledby"] == "Address-form-title"
    assert '<h2 id="Address-form-title">Your address</h2>' in html
    html = render(Address, **{"aria-label": "Your address"})
    assert elements(html)[0]["aria-label"] == "Your address"


def test_attributes_of_the_form_can_be_given(
    render: Render, elements: Elements
) -> None:
    """What is not a word of ours is an attribute."""
    given = {"id": "mine", "action": "/go", "class_": "wide", "novalidate": True}
    form = elements(render(Address, title="T", **given))[0]
    assert form["id"] == "mine"
    assert form["action"] == "/go"
    assert form["class"] == "wide"
    assert "novalidate" in form
    assert form["aria-labelledby"] == "mine-title"


def test_a_get_form_has_no_secrets(render: Render) -> None:
    """All of it would stand in the URL; its own hidden fields may."""
    html = render(Address, method="GET")
    assert 'method="get"' in html
    assert 'name="secret"' in html
    assert "_form" not in html
    assert "csrf_token" not in html


def test_nothing_is_inline(render: Render) -> None:
    """A strict content security policy has nothing to complain about."""
    html = render(Everything, {})
    assert "<script" not in html
    assert "style=" not in html
    assert " on" not in html.replace(" one", "")


def test_pieces_can_be_replaced_by_templates_of_the_app(
    app: Flask, render: Render
) -> None:
    """A file of the same name in the app's own templates wins."""
    mine = "{% macro field(view) %}<mine>{{ view.label }}{% endmacro %}"
    app.jinja_loader = DictLoader({"nameform/field.html": mine})
    html = render(Address)
    assert "<form" in html
    assert "<mine>Street" in html
