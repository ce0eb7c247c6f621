"""``show_form`` of a form that nobody has filled in, which is seldom made anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request
from flask_nameform import Form, Forms, NameForm
from flask_nameform.i18n import texts, use_locale
from flask_nameform.showing import show_form
from markupsafe import Markup
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    HiddenField,
    PasswordField,
    SelectField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.validators import InputRequired

A_OR_B: Any = ["a", "b"]  # strings alone, which WTForms 3.1 and its stubs differ on

Show = Callable[[type[Form]], str]


@pytest.fixture
def show(app: Flask, forms: Forms) -> Iterator[Show]:
    """Show a form of this class on a page of its own, by whatever was kept of it."""
    names: dict[type[Form], str] = {}

    def show(form_class: type[Form]) -> str:
        if form_class not in names:
            names[form_class] = f"form{len(names)}"
            forms.add(names[form_class], form_class, handler=lambda form: None)
        with app.request_context(dict(request.environ)):
            return str(show_form(names[form_class]))

    with app.test_request_context(headers={"Sec-Fetch-Site": "same-origin"}):
        yield show


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[type[Form]]:
    """List the forms that are made."""
    made: list[type[Form]] = []
    make = Form.__init__

    def note(self: Form, *args: Any, **kwargs: Any) -> None:
        made.append(type(self))
        make(self, *args, **kwargs)

    monkeypatch.setattr(Form, "__init__", note)
    return made


def new_profile() -> type[Form]:
    """Make a class that nobody has shown."""

    class Profile(Form):
        """Some of what most forms ask for."""

        name = StringField(
            "Name", [InputRequired()], filters=[lambda text: text or "-"]
        )
        email = EmailField("E-mail", description="A hint", default="a@b.c")
        password = PasswordField(Markup("<b>Password</b>"), render_kw={"class": "own"})
        area = TextAreaField("Area", default="<textarea>")
        agree = BooleanField("Agree", default=True)
        submit = SubmitField("Send it")

        def validate_name(self, field: Field) -> None:
            """Have no say in how the form is shown."""

    return Profile


def test_a_form_is_made_once(show: Show, made: list[type[Form]]) -> None:
    """What is the same for everybody is not worked out for each of them."""
    profile = new_profile()
    html = show(profile)
    assert made == [profile]
    assert show(profile) == html
    assert made == [profile]
    assert 'value="-"' in html
    assert 'value="a@b.c"' in html
    assert " checked " in html


def test_copies_are_of_one_form(app: Flask, show: Show, made: list[type[Form]]) -> None:
    """They differ by their ids and what they are called, and by nothing else."""
    html = show(NameForm)
    copies = [str(show_form("form0", key=key)) for key in ("a", "b")]
    assert made == [NameForm]
    assert 'aria-label="Form0 (a)"' in copies[0]
    assert 'id="form0-a-name"' in copies[0]
    assert copies[0] != copies[1]
    # The marker is another one, too.
    assert len(copies[0]) - len(html) >= len("-a") * 4


@pytest.mark.parametrize(
    "change",
    [
        lambda cls: setattr(cls, "more", StringField("More")),
        lambda cls: delattr(cls, "email"),
        lambda cls: cls.name.kwargs["filters"].append(lambda text: f"{text}!"),
        lambda cls: cls.email.kwargs.update(default="c@d.e"),
        lambda cls: cls.password.kwargs["render_kw"].update(title="T"),
        lambda cls: cls.name.args[1].clear(),
    ],
)
def test_a_class_may_change(show: Show, change: Callable[[Any], object]) -> None:
    """It is a thing of Python like any other."""
    profile = new_profile()
    before = show(profile)
    change(profile)
    after = show(profile)
    assert after != before
    assert show(profile) == after


def test_a_filter_may_change_its_mind(show: Show) -> None:
    """It may know who looks at the form, for one."""
    users = ["Ada"]

    class Signed(Form):
        name = StringField(filters=[lambda text: text or users[-1]])

    assert 'value="Ada"' in show(Signed)
    users.append("Bob")
    assert 'value="Bob"' in show(Signed)
    users.append("Ada")
    assert 'value="Ada"' in show(Signed)


def test_a_filter_may_give_what_only_equals_that(show: Show) -> None:
    """``1`` and ``True`` look different in a page."""
    values: list[object] = [1]

    class Counted(Form):
        name = StringField(filters=[lambda text: values[-1]])

    assert 'value="1"' in show(Counted)
    values.append(True)
    assert 'value="True"' in show(Counted)


def test_a_filter_may_refuse(show: Show) -> None:
    """WTForms makes an error of that, and so it stays."""

    def refuse(text: object) -> object:
        raise ValueError("No")

    class Refusing(Form):
        name = StringField(filters=[refuse], default="x")

    assert show(Refusing) == show(Refusing)


class Counting:
    """Something of the app's own that is different each time."""

    def __init__(self) -> None:
        self._numbers = count()

    def __call__(self, *args: Any, **kwargs: Any) -> Markup:
        return Markup(f"<i>{next(self._numbers)}</i>")  # noqa: S704 # a number

    def __str__(self) -> str:
        return str(self())

    def __html__(self) -> str:
        return str(self())


class OwnField(StringField):
    """A field of the app's own."""

    number = Counting()

    def _value(self) -> str:
        return str(self.number)


def with_init() -> type[Form]:
    class WithInit(Form):
        name = StringField()

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.name.label.text = str(next(numbers))

    numbers = count()
    return WithInit


def with_inherited_method() -> type[Form]:
    class Mixin:
        def process(self, *args: Any, **kwargs: Any) -> None:
            super().process(*args, **kwargs)  # type: ignore[misc] # a form's
            self.name.data = str(next(numbers))  # type: ignore[attr-defined] # too

    class WithMixin(Mixin, Form):
        name = StringField()

    numbers = count()
    return WithMixin


def with_property() -> type[Form]:
    class WithProperty(Form):
        name = StringField()

        @property
        def form_errors(self) -> Any:
            return [str(next(numbers))]

        @form_errors.setter
        def form_errors(self, errors: Any) -> None: ...

    numbers = count()
    return WithProperty


def with_meta() -> type[Form]:
    class WithMeta(Form):
        name = StringField()

        class Meta:
            def render_field(self, field: Field, render_kw: Any) -> str:
                return str(next(numbers))

    numbers = count()
    return WithMeta


def with_inline_filter() -> type[Form]:
    class WithFilter(Form):
        name = StringField()

        def filter_name(self, text: object) -> str:
            return str(next(numbers))

    numbers = count()
    return WithFilter


def counting() -> Any:
    return Counting()


def of_field(field: Callable[[], Any]) -> Callable[[], type[Form]]:
    return lambda: type("OfField", (Form,), {"name": field()})


@pytest.mark.parametrize(
    "make",
    [
        with_init,
        with_inherited_method,
        with_property,
        with_meta,
        with_inline_filter,
        of_field(lambda: OwnField()),
        of_field(lambda: StringField(default=counting())),
        of_field(lambda: StringField(counting())),
        of_field(lambda: StringField(description=counting())),
        of_field(lambda: StringField(render_kw={"title": counting()})),
        of_field(lambda: StringField(widget=counting())),
        of_field(lambda: HiddenField(default=counting())),
        of_field(lambda: SelectField(choices=A_OR_B)),
    ],
)
def test_where_the_app_has_a_say_it_is_asked(
    show: Show, made: list[type[Form]], make: Callable[[], type[Form]]
) -> None:
    """Whatever is not written down in the class itself may be another each time."""
    form_class = make()
    show(form_class)
    html = [show(form_class) for _ in range(2)]
    assert len(made) >= 3
    assert html[0] != html[1] or "select" in html[0]


def test_each_language_has_its_own(
    app: Flask, made: list[type[Form]], catalogs: Path
) -> None:
    """A form with texts of ours is kept for each language that was asked for."""
    app.config["NAMEFORM_LOCALES"] = ["en", "de"]
    client = app.test_client()

    for _ in range(2):
        for language, text in (("en", "(required)"), ("de", "(erforderlich)")):
            answer = client.get("/", headers={"Accept-Language": language})
            assert text in answer.text

    assert made == [NameForm] * 2


def test_lazy_texts_are_in_each_language(
    app: Flask, show: Show, made: list[type[Form]], catalogs: Path
) -> None:
    """A class with texts of a catalog is kept for each language too."""

    class Post(Form):
        text = StringField(
            texts.lazy("Send"), render_kw={"title": texts.lazy("Submit")}
        )
        submit = SubmitField("OK")

    pages = []
    for locale in ("en", "de", "en", "de"):
        with use_locale(locale):
            pages.append(show(Post))

    assert ">Send</label>" in pages[0]
    assert 'title="Absenden"' in pages[1]
    assert pages[2:] == pages[:2]
    assert made == [Post] * 2


def test_a_form_without_texts_of_ours_is_in_no_language(
    app: Flask, show: Show, made: list[type[Form]]
) -> None:
    """It is kept once, and the page says nothing of languages."""

    class Search(Form):
        words = StringField("Suche")
        submit = SubmitField("Suchen")

    assert show(Search) == show(Search)
    assert made == [Search]


def test_templates_in_the_making_show_what_they_are(app: Flask, show: Show) -> None:
    """Nothing is kept where templates are read each time."""
    app.jinja_env.auto_reload = True
    assert show(NameForm) == show(NameForm)
    assert app.extensions["nameform"].plans.get("x") is None
