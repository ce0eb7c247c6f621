from __future__ import annotations

from pathlib import Path
from struct import pack

import pytest
from flask import Flask, jsonify, render_template_string
from flask.testing import FlaskClient
from flask_nameform import Form, NameForm
from flask_nameform.i18n import Catalog, LazyText, use_locale
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, FormField, IntegerField, StringField, SubmitField
from wtforms.validators import URL, InputRequired, Length


def compile_catalog(folder: Path, locale: str, texts: dict[str, str]) -> None:
    """Write a ``.mo`` file, in the format that gettext's manual has."""
    pairs = sorted({"": "Content-Type: text/plain; charset=UTF-8\n", **texts}.items())
    keys = [key.encode() for key, _ in pairs]
    values = [value.encode() for _, value in pairs]
    start = 28 + 16 * len(pairs)
    tables, data = b"", b""

    for strings in (keys, values):
        for string in strings:
            tables += pack("<2I", len(string), start + len(data))
            data += string + b"\0"

    head = pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    file = folder / locale / "LC_MESSAGES" / "shop.mo"
    file.parent.mkdir(parents=True)
    file.write_bytes(head + tables + data)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "package"
    compile_catalog(folder, "de", {"Hello %(name)s": "Hallo %(name)s", "<b>": "<i>"})
    compile_catalog(folder, "cs_CZ", {"<b>": "cs"})
    compile_catalog(folder, "pt", {"<b>": "pt"})
    compile_catalog(folder, "pt_BR", {"<b>": "pt-BR"})
    compile_catalog(folder, "sr_RS", {"<b>": "sr"})
    compile_catalog(folder, "zh", {"<b>": "zh"})
    compile_catalog(folder, "zh_TW", {"<b>": "zh-TW"})
    return folder


@pytest.fixture
def shop(folder: Path) -> Catalog:
    return Catalog("shop", folder)


@pytest.fixture
def german(app: Flask, catalogs: Path) -> Flask:
    app.config["NAMEFORM_LOCALES"] = ["en", "de"]
    return app


@pytest.mark.parametrize(
    ("locale", "found"),
    [
        ("en", "<b>"),
        ("de", "<i>"),
        ("de-AT", "<i>"),
        ("cs", "cs"),
        ("pt-br", "pt-BR"),
        ("pt-PT", "pt"),
        ("sr-Cyrl-RS", "sr"),
        ("zh", "zh"),
        ("zh-CN", "zh"),
        ("zh-Hans", "zh"),
        ("zh-Hant-HK", "zh-TW"),
        ("zh-hk", "zh-TW"),
        ("hu", "<b>"),
    ],
)
def test_catalog_of_a_locale(
    app: Flask, shop: Catalog, locale: str, found: str
) -> None:
    """The nearest catalog is taken, and for a language without one the text itself."""
    with app.app_context(), use_locale(locale):
        assert shop.gettext("<b>") == found


def test_values_are_put_in(app: Flask, shop: Catalog) -> None:
    """A text has the values of its names; without any its ``%`` are left alone."""
    assert shop.gettext("100 %") == "100 %"
    assert shop.ngettext("%(n)s day", "%(n)s days", 1, n=1) == "1 day"
    assert shop.ngettext("%(n)d", "%(n)d days", 2) == "%(n)d days"
    with app.app_context(), use_locale("de"):
        assert shop.gettext("Hello %(name)s", name="Ada") == "Hallo Ada"


def test_html_in_a_text(shop: Catalog) -> None:
    """A value that is HTML stays so, and nothing else becomes HTML by it."""
    text = shop.gettext("%(a)s < %(b)s", a=Markup("<b>1</b>"), b="<i>")

    assert text == Markup("<b>1</b> &lt; &lt;i&gt;")
    assert isinstance(text, Markup)
    assert not isinstance(shop.gettext("%(a)s < 2", a="1"), Markup)


def test_the_apps_own_translations_come_first(tmp_path: Path, folder: Path) -> None:
    """An app adds languages and says things in its own words, the rest is kept."""
    compile_catalog(tmp_path / "translations", "de", {"<b>": "own"})
    compile_catalog(tmp_path / "translations", "hu", {"<b>": "hu"})
    app = Flask(__name__, root_path=str(tmp_path))
    shop = Catalog("shop", folder)

    with app.app_context():
        with use_locale("de"):
            assert shop.gettext("<b>") == "own"
            assert shop.gettext("Hello %(name)s", name="Ada") == "Hallo Ada"
        with use_locale("hu"):
            assert shop.gettext("<b>") == "hu"
    with Flask(__name__).app_context(), use_locale("hu"):
        assert shop.gettext("<b>") == "<b>"


def test_catalogs_are_found_in_their_package(app: Flask, catalogs: Path) -> None:
    """A package's own folder is found by its name; there has to be such a package."""
    with app.app_context(), use_locale("de"):
        assert Catalog("flask_nameform").gettext("Send") == "Senden"
    with pytest.raises(RuntimeError, match="no package 'flask_nameforms'"):
        Catalog("flask_nameforms")


def test_lazy_text(app: Flask, shop: Catalog) -> None:
    """A lazy text is what it says where it is used, and compares as that."""
    lazy = shop.lazy("Hello %(name)s", name="Ada")

    assert isinstance(lazy, LazyText)
    assert lazy == "Hello Ada"
    assert lazy == shop.lazy("Hello %(name)s", name="Ada")
    assert lazy != "Hallo Ada"
    assert lazy != 1
    assert {lazy: 1}["Hello Ada"] == 1
    assert repr([lazy]) == "['Hello Ada']"
    assert f"{shop.lazy('Hello %(name)s')}" % {"name": "Ada"} == lazy
    assert shop.lazy("Hello %(name)s") % {"name": "Ada"} == lazy
    with app.app_context(), use_locale("de"):
        assert str(lazy) == "Hallo Ada"
        assert render_template_string("{{ t }}", t=shop.lazy("<b>")) == "&lt;i&gt;"


def test_lazy_text_in_a_form(app: Flask, browser: FlaskClient, shop: Catalog) -> None:
    """Label, hint, button and messages of a class are in the language of each page."""
    app.config["NAMEFORM_LOCALES"] = ["en", "de"]

    class ShopForm(Form):
        item = StringField(
            shop.lazy("<b>"),
            [InputRequired(shop.lazy("Hello %(name)s", name="you"))],
            description=shop.lazy("Hello %(name)s", name="hint"),
        )
        length = StringField(
            validators=[
                Length(max=1, message=shop.lazy("Hello %(name)s", name="%(max)d"))
            ]
        )
        submit = SubmitField(shop.lazy("Hello %(name)s", name="button"))

    @app.post("/shop")
    def buy() -> str:
        form = ShopForm()
        form.validate_on_submit()
        return render_template_string("{{ quick_form(form) }}", form=form)

    data = {"length": "long"}
    english = browser.post("/shop", data=data).text
    german = browser.post("/shop", data=data, headers={"Accept-Language": "de"}).text

    for text in ("you", "hint", "button", "1"):
        assert f"Hello {text}" in english
        assert f"Hallo {text}" in german
    assert "&lt;b&gt; <span" in english
    assert "&lt;i&gt; <span" in german


def test_our_texts_and_wtforms(german: Flask, browser: FlaskClient) -> None:
    """A form is in the visitor's language: what is ours of it, and what is WTForms'."""

    class AgeForm(Form):
        age = IntegerField("Alter", [InputRequired()])
        site = StringField("Seite", [URL()])

    @german.route("/age", methods=["GET", "POST"])
    def age() -> str:
        form = AgeForm()
        form.validate_on_submit()
        return render_template_string("{{ quick_form(form) }}", form=form)

    answer = browser.post("/age", data={}, headers={"Accept-Language": "de"})

    assert "Es gibt ein Problem" in answer.text
    assert "(erforderlich)" in answer.text
    assert "„Seite“ muss eine Webadresse sein" in answer.text
    assert ">Senden</button>" in answer.text
    assert "Accept-Language" in answer.vary
    assert "There is a problem" in browser.post("/age", data={}).text


def test_refusals_are_in_the_language_of_the_page(german: Flask) -> None:
    """A refused request is told so in the visitor's language, in HTML and in JSON."""
    client = german.test_client()
    headers = {"Accept-Language": "de", "Sec-Fetch-Site": "cross-site"}
    page = client.post("/-/forms/name", data={}, headers=headers)
    data = client.post("/-/forms/name", json={}, headers=headers)

    assert page.status_code == data.status_code == 400
    assert "konnte nicht überprüft werden" in page.text
    assert "konnte nicht überprüft werden" in data.get_json()["errors"][""][0]


def test_a_page_that_shows_no_text_of_ours_does_not_vary(german: Flask) -> None:
    """A form whose texts are all its own is the same for every browser."""

    class SearchForm(Form):
        words = StringField("Suche")
        submit = SubmitField("Suchen")

    @german.get("/search")
    def search() -> str:
        return render_template_string("{{ quick_form(form) }}", form=SearchForm())

    assert "Accept-Language" not in german.test_client().get("/search").vary


@pytest.mark.parametrize(
    ("locales", "said"),
    [
        (["fr"], "URL non valide."),
        (False, "Invalid URL."),
        (None, "„Site“ muss eine Webadresse sein, wie https://example.org."),
    ],
)
def test_a_forms_own_locales_win(german: Flask, locales: object, said: str) -> None:
    """What a form says in its ``Meta`` is what WTForms does."""

    class SiteForm(Form):
        class Meta:
            pass

        site = StringField(validators=[URL()])

    if locales is not None:
        SiteForm.Meta.locales = locales  # type: ignore[attr-defined] # as WTForms has it

    with german.test_request_context(headers={"Accept-Language": "de"}):
        form = SiteForm(formdata=None, data={"site": "x"})
        form.validate()

        assert form.site.errors == [said]


def test_forms_without_an_app() -> None:
    """Forms can be made and validated where there is no app, in English."""
    form = NameForm(formdata=None)

    assert not form.validate()
    assert form.name.errors == ["Enter your name"]


def test_messages_are_texts_once_they_are_said(app: Flask, shop: Catalog) -> None:
    """After validation a lazy message is a string, which can be joined and kept."""

    class Row(Form):
        name = StringField(validators=[InputRequired(shop.lazy("<b>"))])

    class Table(Form):
        own = StringField(validators=[InputRequired(shop.lazy("<b>"))])
        one = FormField(Row)
        many = FieldList(
            StringField(validators=[InputRequired(shop.lazy("<b>"))]), min_entries=1
        )

    with app.app_context(), use_locale("de"):
        form = Table(formdata=MultiDict())
        form.validate()

    assert ", ".join(form.own.errors) == "<i>"
    assert ", ".join(form.one.errors["name"]) == "<i>"
    assert ", ".join(form.many.errors[0]) == "<i>"


def test_lazy_text_in_json(app: Flask, shop: Catalog) -> None:
    """JSON of Flask takes a lazy text for what it says."""
    with app.app_context():
        assert jsonify(shop.lazy("Hello")).get_json() == "Hello"
