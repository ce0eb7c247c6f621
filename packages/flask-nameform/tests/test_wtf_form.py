from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import wtforms
from flask import Flask, g, render_template_string, request, session
from flask.testing import FlaskClient
from flask_nameform import Forms, csrf
from flask_nameform.wtf import CSRFProtect, FlaskForm, Form
from flask_nameform.wtf.csrf import FormCSRF, _FlaskFormCSRF, generate_csrf
from flask_nameform.wtf.form import SUBMIT_METHODS
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    FileField,
    FormField,
    HiddenField,
    StringField,
    SubmitField,
)
from wtforms.csrf.session import SessionCSRF
from wtforms.validators import DataRequired

Element = dict[str, str]
Elements = Callable[[str], list[Element]]
Hidden = Callable[..., dict[str, str]]
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
CROSS_SITE = {"Sec-Fetch-Site": "cross-site"}


@pytest.fixture
def app(bare_app: Flask) -> Flask:
    """An app with nothing of Flask-NameForm attached."""
    return bare_app


class NameForm(FlaskForm):
    name = StringField("Name", [DataRequired()])
    on = BooleanField(default=True)
    page = HiddenField(default="1")
    submit = SubmitField()


class OtherForm(FlaskForm):
    name = StringField()
    on = BooleanField(default=True)


def add_page(app: Flask, html: str = "{{ form.hidden_tag() }}") -> None:
    """Add the view of every tutorial."""

    @app.route("/", methods=["GET", "POST"])
    def index() -> str:
        form = NameForm()
        if form.validate_on_submit():
            return f"Hello, {form.name.data}"
        return render_template_string("<form>" + html + "</form>", form=form) + str(
            form.errors
        )


@pytest.fixture
def real() -> Any:
    """Flask-WTF itself."""
    return pytest.importorskip("flask_wtf")


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client without the headers a browser adds."""
    return app.test_client()


def test_the_names_are_those_of_flask_wtf() -> None:
    """``Form`` is WTForms' own; the methods that submit are four."""
    assert Form is wtforms.Form
    assert {"POST", "PUT", "PATCH", "DELETE"} == SUBMIT_METHODS
    assert _FlaskFormCSRF is FormCSRF


@pytest.mark.parametrize(
    "html", ["{{ form.hidden_tag() }}", "{{ form.csrf_token }}", "{{ form.page() }}"]
)
def test_a_form_without_more_protects_itself(
    app: Flask, client: FlaskClient, hidden: Hidden, html: str
) -> None:
    """By its token, where the headers say nothing."""
    add_page(app, html)
    fields = hidden(client.get("/").text)
    answer = client.post("/", data={**fields, "name": "Ada"})
    if "page()" in html:
        assert "The CSRF token is missing." in answer.text
    else:
        assert answer.text == "Hello, Ada"


@pytest.mark.parametrize(
    ("headers", "text", "status"),
    [
        ({}, "CSRF token is missing", 200),
        ({"Sec-Fetch-Site": "none"}, "CSRF token is missing", 200),
        (SAME_ORIGIN, "Hello, Ada", 200),
        ({"Origin": "http://localhost"}, "Hello, Ada", 200),
        (CROSS_SITE, "Sec-Fetch-Site", 400),
        ({"Origin": "https://other.example"}, "another site", 400),
    ],
)
def test_headers_come_before_the_token(
    app: Flask, client: FlaskClient, headers: dict[str, str], text: str, status: int
) -> None:
    """They veto or prove a form as they do a view."""
    add_page(app)
    client.get("/")
    answer = client.post("/", data={"name": "Ada"}, headers=headers)
    assert text in answer.text
    assert answer.status_code == status


def test_a_veto_comes_before_validators_and_shows_nothing(
    app: Flask, client: FlaskClient
) -> None:
    """What another site sent runs into no query, and into no page."""
    ran = []

    class Asking(FlaskForm):
        name = StringField(validators=[lambda form, field: ran.append(field.data)])

    @app.post("/")
    def index() -> str:
        form = Asking()
        return str(form.validate_on_submit()) + form.name()

    fields = {"csrf_token": "x", "name": "planted"}
    answer = client.post("/", data=fields, headers=CROSS_SITE)
    assert answer.status_code == 400
    assert "planted" not in answer.text
    assert not ran


def test_only_what_is_shown_sets_a_cookie(
    app: Flask, client: FlaskClient, elements: Elements
) -> None:
    """Making a form makes no token; in Flask-WTF it does."""
    add_page(app, "{{ form.name() }}")
    assert "Set-Cookie" not in client.get("/").headers


def test_of_two_forms_only_the_one_sent_is_submitted(
    app: Flask, client: FlaskClient, elements: Elements
) -> None:
    """However the template shows the token; the other one keeps its defaults."""

    @app.route("/", methods=["GET", "POST"])
    def index() -> str:
        forms: Any = [NameForm(), OtherForm(), OtherForm(prefix="b")]
        if request.method == "POST":
            return str([(form.validate_on_submit(), form.on.data) for form in forms])
        html = (
            "{{ forms[0].hidden_tag() }} {{ forms[1].csrf_token }}"
            "{{ forms[2].csrf_token(id='x') }}"
        )
        return render_template_string(html, forms=forms)

    found = elements(client.get("/").text)
    markers = [one["value"] for one in found if one["name"] == "_form"]
    assert markers == ["NameForm", "OtherForm", "OtherForm-b"]
    token = next(one["value"] for one in found if one["name"] == "csrf_token")
    ids = [one["id"] for one in found if one["name"].endswith("csrf_token")]
    assert ids == ["csrf_token", "csrf_token", "x"]

    data = {"_form": "OtherForm", "csrf_token": token, "name": "A"}
    answer = client.post("/", data=data).text
    assert answer == "[(False, True), (True, False), (False, True)]"
    data = {"_form": "OtherForm-b", "b-csrf_token": token}
    answer = client.post("/", data=data).text
    assert answer == "[(False, True), (False, True), (True, False)]"


def test_hidden_tag_takes_fields(app: Flask) -> None:
    """Those that are hidden, by name or as they are; others are skipped."""
    with app.test_request_context():
        form = NameForm()
        assert form.hidden_tag("page", form.name, "nowhere") == str(form.page())
        assert form.hidden_tag(form.csrf_token) == str(form.csrf_token())


def test_a_form_without_protection_has_no_token(app: Flask) -> None:
    """By its ``Meta``, by an argument, or for the whole app; it has its marker."""

    class Open(NameForm):
        class Meta:
            csrf = False

    with app.test_request_context(method="POST", data={"name": "A"}):
        for form in (Open(), NameForm(meta={"csrf": False})):
            assert "csrf_token" not in form
            assert form.validate_on_submit()
            assert 'name="_form"' in form.hidden_tag()
        app.config["WTF_CSRF_ENABLED"] = False
        assert NameForm().validate_on_submit()
        assert "csrf_token" not in NameForm().hidden_tag()


def test_a_form_outside_a_request_has_no_token() -> None:
    """In a shell, or in a job."""
    form = NameForm(data={"name": "Ada"})
    assert form.validate()
    assert "csrf_token" not in form.data


def test_data_holds_the_token_and_objects_do_not(app: Flask) -> None:
    """As in Flask-WTF."""

    class Thing:
        name = ""
        on = page = submit = None

    with app.test_request_context(method="POST", data={"name": "A", "csrf_token": "x"}):
        form = NameForm()
        assert form.data["csrf_token"] == "x"
        form.populate_obj(thing := Thing())
        assert not hasattr(thing, "csrf_token")
        assert thing.name == "A"


def test_ids_are_the_names(app: Flask) -> None:
    """Style sheets, scripts and labels by hand find them where they were."""
    with app.test_request_context():
        form = Outer(prefix="a")
        assert form.name.id == "a-name"
        assert form.inner.form.name.id == "a-inner-name"
        assert form.rows[0].form.name.id == "a-rows-0-name"


class Inner(FlaskForm):
    name = StringField()


class Outer(FlaskForm):
    name = StringField()
    inner = FormField(Inner)
    rows = FieldList(FormField(Inner), min_entries=1)
    grid = FieldList(FieldList(FormField(Inner), min_entries=1), min_entries=1)


def test_a_form_within_a_form_has_no_token(app: Flask, client: FlaskClient) -> None:
    """Nor has one in a list, in a list of lists, or one that is added later."""

    @app.route("/", methods=["GET", "POST"])
    def index() -> str:
        form = Outer(data={"inner": {"name": "dict"}})
        done = form.validate_on_submit()
        form.rows.append_entry()
        return f"{done} {form.data}"

    assert client.get("/").text.count("csrf_token") == 1
    assert "'inner': {'name': 'dict'}" in client.get("/").text
    data = {"inner-name": "a", "rows-0-name": "b", "grid-0-0-name": "c"}
    answer = client.post("/", data=data, headers=SAME_ORIGIN).text
    assert answer.startswith("True")
    assert "'inner': {'name': 'a'}, 'rows': [{'name': 'b'}, {'name': None}]" in answer
    assert "'grid': [[{'name': 'c'}]]" in answer
    # The class is as it was: elsewhere the form has its token.
    with app.test_request_context():
        assert "csrf_token" in Inner()


BODIES = [
    *("[1, 2]", '"text"', "5", "null", "{", '{"name": [1]}', '{"name": {"a": 1}}'),
    *('{"name": 12345678}', '{"name": null, "csrf_token": 5}', '{"_form": {}}'),
    '{"name": "\\ud800"}',
]


@pytest.mark.parametrize("body", BODIES)
def test_no_json_is_an_error_of_ours(
    app: Flask, client: FlaskClient, body: str
) -> None:
    """In Flask-WTF some of these are."""
    add_page(app)
    answer = client.post("/", data=body, content_type="application/json")
    assert answer.status_code in (200, 400)


def test_json_and_files_are_read(app: Flask, client: FlaskClient) -> None:
    """As by any form of ours, objects in objects too."""

    class Upload(FlaskForm):
        inner = FormField(Inner)
        file = FileField()

    @app.post("/")
    def index() -> str:
        form = Upload()
        assert form.validate_on_submit()
        return f"{form.inner.form.name.data} {getattr(form.file.data, 'filename', '')}"

    body = {"inner": {"name": "deep"}}
    assert client.post("/", json=body, headers=SAME_ORIGIN).text == "deep "
    data = {"inner-name": "flat", "file": (__file__, "a.txt")}
    with open(__file__, "rb") as file:
        data["file"] = (file, "a.txt")  # type: ignore[assignment] # as Werkzeug wants it
        answer = client.post("/", data=data, headers=SAME_ORIGIN)
    assert answer.text == "flat a.txt"


def test_another_one_may_have_checked(app: Flask, client: FlaskClient) -> None:
    """``g.csrf_valid`` says so, by whomever it was set."""
    add_page(app)
    app.before_request(
        lambda: setattr(g, "csrf_valid", "Authorization" in request.headers)
    )
    headers = {"Authorization": "Token a"}
    assert client.post("/", data={"name": "A"}, headers=headers).text == "Hello, A"
    assert "missing" in client.post("/", data={"name": "A"}).text


def test_a_safe_method_needs_a_token(app: Flask) -> None:
    """A form that is given data by hand may be acted upon: a link is same-origin."""
    with app.test_request_context("/?name=A", headers=SAME_ORIGIN):
        form = NameForm(request.args)
        assert not form.validate()
        assert "csrf_token" in form.errors


def test_a_subclass_of_its_protection(app: Flask) -> None:
    """Private or not, there are such; and there are other classes."""

    class Checking(_FlaskFormCSRF):
        def validate_csrf_token(self, form: Any, field: Any) -> None:
            if field.data != "sesame":
                raise wtforms.ValidationError("Say it.")

    class First(FlaskForm):
        class Meta:
            csrf_class = Checking

    class Second(FlaskForm):
        class Meta:
            csrf_class = SessionCSRF
            csrf_secret = b"of bytes"
            csrf_time_limit = timedelta(minutes=30)

    with app.test_request_context(method="POST", data={"csrf_token": "sesame"}):
        assert First().validate()
        form = Second()
        assert not form.validate()
        assert form.hidden_tag().count("csrf_token") == 2  # name and id
        assert form.hidden_tag().startswith('<input type="hidden" name="_form"')
        assert "csrf" in session


def test_a_secret_of_its_own(app: Flask) -> None:
    """A form with another secret takes no token of the app's."""

    class Secret(FlaskForm):
        class Meta:
            csrf_secret = "of its own"
            csrf_time_limit = None

    with app.test_request_context():
        tokens = generate_csrf(), Secret().csrf_token.current_token
        secret = session["csrf_token"]
    for token, valid in zip(tokens, (False, True), strict=True):
        with app.test_request_context(method="POST", data={"csrf_token": token}):
            session["csrf_token"] = secret
            assert Secret().validate_on_submit() is valid


@pytest.mark.parametrize("prefix", ["", "a"])
def test_beside_our_forms(
    app: Flask, client: FlaskClient, elements: Elements, prefix: str
) -> None:
    """Where ``Forms`` protect the views, theirs is the token that a form shows."""
    Forms(app)

    @app.route("/", methods=["GET", "POST"])
    def index() -> str:
        session["seen"] = True
        form = OtherForm(prefix=prefix)
        done = form.validate_on_submit()
        return f"{done}{form.hidden_tag()}{form.csrf_token.current_token}"

    page = client.get("/").text
    fields = {one["name"]: one["value"] for one in elements(page)}
    assert set(fields) == {"_form", "csrf_token"}
    assert client.post("/", data={"_form": "OtherForm"}).status_code == 400
    assert client.post("/", data=fields).text.startswith("True")
    page = client.get("/", headers=SAME_ORIGIN).text
    assert "csrf_token" not in page
    answer = client.post("/", data={"_form": fields["_form"]}, headers=SAME_ORIGIN)
    assert answer.text.startswith("True")


@pytest.mark.parametrize("protect", [True, False])
def test_as_a_named_form(app: Flask, hidden: Hidden, protect: bool) -> None:
    """It is one by its name, and its ids are of it then."""
    forms = Forms(app)
    if protect:
        CSRFProtect(app)
    done: list[Any] = []
    forms.add("outer", Outer, handler=lambda form: done.append(form.name.data))

    @app.get("/")
    def index() -> str:
        return render_template_string(
            "{{ show_form('outer') }}{{ show_form('outer', key='b') }}"
        )

    client = app.test_client()
    page = client.get("/").text
    for id in ("outer-name", "outer-b-name", "outer-b-inner-name"):
        assert f'id="{id}"' in page
    fields = {**hidden(page, "outer-b-form"), "name": "Ada"}
    rows = {name for name in fields if name.endswith("-_row")}
    assert fields.keys() - rows == {"_form", "csrf_token", "name"}
    assert client.post("/-/forms/outer", data=fields).status_code == 303
    assert done == ["Ada"]
    del fields["csrf_token"]
    answer = client.post("/-/forms/outer", data=fields)
    assert answer.status_code == 400
    assert 'value="Ada"' in answer.text


def test_as_a_named_form_that_asks(app: Flask, client: FlaskClient) -> None:
    """There is no token in the URL, and none is missed."""
    forms = Forms(app)
    forms.add_query("inner", Inner)

    @app.get("/")
    def index() -> str:
        form = forms.query("inner", Inner)
        shown = render_template_string("{{ show_form('inner') }}")
        return f"{form.validate_on_submit()} {form.name.data} {shown}"

    assert "csrf_token" not in client.get("/").text
    answer = client.get("/?_form=inner&name=Ada").text
    assert answer.startswith("True Ada")


def test_under_the_real_protection(
    app: Flask, client: FlaskClient, hidden: Hidden, real: Any
) -> None:
    """Where not all of an app has moved, its token is the one that counts."""
    real.CSRFProtect(app)
    add_page(app)
    fields = hidden(client.get("/").text)
    assert client.post("/", data={"name": "A"}).status_code == 400
    assert client.post("/", data={**fields, "name": "A"}).text == "Hello, A"


def test_the_real_form_under_ours(
    app: Flask, client: FlaskClient, hidden: Hidden, real: Any
) -> None:
    """As in another extension, which does not move."""
    CSRFProtect(app)

    Real = type("Real", (real.FlaskForm,), {"name": StringField()})  # noqa: N806 # a class

    @app.route("/", methods=["GET", "POST"])
    def index() -> str:
        form = Real()
        return f"<form>{form.hidden_tag()}</form>{form.validate_on_submit()}"

    fields = hidden(client.get("/").text)
    assert client.post("/").status_code == 400
    assert client.post("/", data=fields).text.endswith("True")
    assert client.post("/", headers=SAME_ORIGIN).text.endswith("True")


def test_a_view_that_is_exempt_leaves_it_to_the_form(
    app: Flask, client: FlaskClient
) -> None:
    """``exempt`` is about the view, and not about forms in it."""
    protection = CSRFProtect(app)
    add_page(app)
    protection.exempt(f"{__name__}.index")
    assert "missing" in client.post("/", data={"name": "A"}).text


def test_fields_are_what_they_are_in_wtforms(app: Flask) -> None:
    """A class that is made of ours is a class of WTForms'."""
    with app.test_request_context():
        form = NameForm(name="Ada")
        assert isinstance(form, wtforms.Form)
        assert all(isinstance(field, Field) for field in form)
        assert form.name.data == "Ada"
        assert csrf.FIELD in form
