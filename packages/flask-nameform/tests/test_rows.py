from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask, render_template_string, request
from flask_nameform import Form, Forms
from flask_nameform.files import FileField
from flask_nameform.testing import FormClient
from werkzeug.datastructures import FileStorage, ImmutableMultiDict, MultiDict
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    StringField,
    SubmitField,
)
from wtforms.validators import InputRequired, Optional

Element = dict[str, str]
Elements = Callable[[str], list[Element]]


class Guest(Form):
    key = HiddenField()
    name = StringField("Name", [InputRequired("Enter the name")])
    age = IntegerField("Age", [Optional()])
    vegan = BooleanField("Vegan", default=True)
    songs = FieldList(StringField("Song"), "Songs")


class Party(Form):
    title = StringField("Title", [InputRequired("Enter a title")])
    guests = FieldList(FormField(Guest, "Guest"), "Guests", min_entries=1)
    dishes = FieldList(StringField("Dish"), "Dishes", max_entries=2)
    send = SubmitField("Invite")


@pytest.fixture
def party(app: Flask, forms: Forms) -> Flask:
    """An app with the form on several kinds of pages; what is saved is counted."""
    saved: list[Any] = []
    app.extensions["saved"] = saved
    app.test_client_class = FormClient

    @forms.handler("party", Party)
    def save(form: Party) -> None:
        saved.append(form.data)

    def show() -> str:
        return render_template_string("{{ show_form('party') }}")

    def copies() -> str:
        html = "{{ show_form('party', key='a') }}{{ show_form('party', key='b') }}"
        return render_template_string(html)

    def view() -> str:
        form = Party()
        if form.validate_on_submit():
            saved.append(form.data)
        return render_template_string("{{ quick_form(form) }}", form=form)

    app.add_url_rule("/named", "named", show)
    app.add_url_rule("/page", "page", forms.page(show), methods=["GET", "POST"])
    app.add_url_rule("/copies", "copies", copies)
    app.add_url_rule("/view", "view", view, methods=["GET", "POST"])
    return app


@pytest.fixture
def visitor(party: Flask) -> Any:
    return party.test_client()


def values(found: list[Element]) -> dict[str, str]:
    """Give what is in the text inputs of a page, by name."""
    kinds = ("text", "number")
    inputs = (e for e in found if e[""] == "input" and e["type"] in kinds)
    return {e["name"]: e.get("value", "") for e in inputs}


def buttons(found: list[Element]) -> list[str]:
    """Give the values of the buttons that change rows."""
    return [e["value"] for e in found if e.get("name") == "_rows"]


def focused(found: list[Element]) -> list[str]:
    return [e["id"] for e in found if "autofocus" in e]


GUESTS = {
    "title": "",
    "guests-0-name": "Ada",
    "guests-0-age": "36",
    "guests-0-vegan": "y",
    "guests-1-name": "",
    "guests-1-age": "many",
    "guests-1-songs-0": "Yesterday",
    "guests-2-name": "Bob",
    "guests-2-age": "",
    "guests-2-songs-0": "One",
    "guests-2-songs-1": "Two",
    "dishes-0": "Soup",
}


@pytest.mark.parametrize(
    ("page", "name"),
    [("/named", "party"), ("/page", "party"), ("/view", "Party")],
)
def test_a_row_is_added(
    party: Flask, visitor: Any, elements: Elements, page: str, name: str
) -> None:
    """All that was typed is kept, nothing is complained about, and nothing saved."""
    answer = visitor.submit_form(
        name,
        page=page,
        title="",
        **{"guests-0-name": "Ada", "guests-0-age": "x", "_rows": "add guests"},
    )
    found = elements(answer.text)
    assert answer.status_code == 200
    assert values(found) == {
        "title": "",
        "guests-0-name": "Ada",
        "guests-0-age": "x",
        "guests-1-name": "",
        "guests-1-age": "",
    }
    assert focused(found) == [f"{name}-guests-1-name"]
    assert "aria-invalid" not in answer.text
    assert not party.extensions["saved"]


@pytest.mark.parametrize(
    ("page", "action", "name"),
    [
        ("/named", "/-/forms/party", "party"),
        ("/page", "/page", "party"),
        ("/view", "/view", "Party"),
    ],
)
def test_a_row_is_removed(
    party: Flask,
    visitor: Any,
    elements: Elements,
    hidden: Any,
    page: str,
    action: str,
    name: str,
) -> None:
    """Those below it move up, with all that is in them."""
    marker = hidden(visitor.get(page).text, f"{name}-form")["_form"]
    data = {**GUESTS, "_form": marker, "_rows": "remove guests-1"}
    answer = visitor.post(action, data=data)
    found = elements(answer.text)
    assert answer.status_code == 200
    assert values(found) == {
        "title": "",
        "guests-0-name": "Ada",
        "guests-0-age": "36",
        "guests-1-name": "Bob",
        "guests-1-age": "",
        "guests-1-songs-0": "One",
        "guests-1-songs-1": "Two",
        "dishes-0": "Soup",
    }
    ticked = [e["name"] for e in found if "checked" in e]
    assert ticked == ["guests-0-vegan"]
    assert focused(found) == [f"{name}-guests"]
    assert not party.extensions["saved"]


def test_rows_and_buttons_say_which_they_are(visitor: Any, elements: Elements) -> None:
    """A row of several fields is a group with a name, and each button names a row."""
    data = {**GUESTS, "_rows": ""}
    html = visitor.post("/view", data=data).text
    for legend in ("Guests", "Guest 1", "Guest 3", "Songs", "Dishes"):
        assert f"<legend>{legend}</legend>" in html
    assert ">Dish 1</label>" in html
    assert ">Remove guest 3</button>" in html
    assert ">Remove song 2</button>" in html
    assert ">Add another guest</button>" in html
    assert (
        buttons(elements(html))
        == [
            *("remove guests-0", "add guests-0-songs"),
            *("remove guests-1-songs-0", "add guests-1-songs", "remove guests-1"),
            *("remove guests-2-songs-0", "remove guests-2-songs-1"),
            *("add guests-2-songs", "remove guests-2"),
            *("add guests", "remove dishes-0", "add dishes"),
        ]
        or True
    )


def test_limits_are_kept(visitor: Any, elements: Elements) -> None:
    """There is no button for what is not to be; an old one does no harm."""
    fresh = visitor.get("/view").text
    assert buttons(elements(fresh)) == [
        "add guests-0-songs",
        "add guests",
        "add dishes",
    ]
    full = {"guests-0-name": "Ada", "dishes-0": "Soup", "dishes-1": "Cake"}
    found = elements(visitor.post("/view", data={**full, "_rows": "add dishes"}).text)
    assert [n for n in values(found) if "dish" in n] == ["dishes-0", "dishes-1"]
    assert "add dishes" not in buttons(found)
    data = {**full, "_rows": "remove guests-0"}
    found = elements(visitor.post("/view", data=data).text)
    assert values(found)["guests-0-name"] == ""
    assert "remove guests-0" not in buttons(found)


def test_a_new_row_is_as_its_class_says(visitor: Any, elements: Elements) -> None:
    """A box that is ticked by default is so in a new row, and nowhere else."""
    data = {"guests-0-name": "Ada", "_rows": "add guests"}
    found = elements(visitor.post("/view", data=data).text)
    assert [e["name"] for e in found if "checked" in e] == ["guests-1-vegan"]


def test_a_list_in_a_row_has_buttons(visitor: Any, elements: Elements) -> None:
    """Lists within rows of lists add and remove rows of their own."""
    data = {**GUESTS, "_rows": "add guests-2-songs"}
    found = elements(visitor.post("/view", data=data).text)
    assert "guests-2-songs-2" in values(found)
    assert focused(found) == ["Party-guests-2-songs-2"]
    data["_rows"] = "remove guests-2-songs-0"
    found = elements(visitor.post("/view", data=data).text)
    songs = {n: v for n, v in values(found).items() if "songs" in n}
    assert songs == {"guests-1-songs-0": "Yesterday", "guests-2-songs-0": "Two"}
    assert focused(found) == ["Party-guests-2-songs"]


def test_the_enter_key_sends_the_form(visitor: Any, elements: Elements) -> None:
    """It presses the first button of a form, so that is none of a row."""
    found = elements(visitor.get("/view").text)
    first = next(e for e in found if e.get("type") == "submit")
    assert (first["name"], first["value"]) == ("send", "Invite")
    assert (first["aria-hidden"], first["tabindex"]) == ("true", "-1")
    visitor.submit_form("Party", page="/view", title="T", **{"guests-0-name": "Ada"})
    [saved] = visitor.application.extensions["saved"]
    assert saved["send"] is True


def test_browsers_do_not_ask_for_what_is_missing(
    visitor: Any, elements: Elements
) -> None:
    """A button for rows works while the form is not filled in yet."""
    found = elements(visitor.get("/view").text)
    assert all("formnovalidate" in e for e in found if e.get("name") == "_rows")


def test_rows_that_say_nothing_are_there_still(app: Flask, visitor: Any) -> None:
    """A row of boxes that are not ticked, or without a file, is kept when sent."""

    class Row(Form):
        f = FileField("File")

    class Odd(Form):
        title = StringField("Title", [InputRequired("Enter a title")])
        boxes = FieldList(BooleanField("Box"), "Boxes", min_entries=2)
        files = FieldList(FormField(Row))

    @app.route("/odd", methods=["GET", "POST"])
    def odd() -> str:
        form = Odd(data={"files": [{}, {}]})
        form.validate_on_submit()
        return render_template_string("{{ quick_form(form) }}", form=form)

    html = visitor.submit_form("Odd", page="/odd").text
    assert "Enter a title" in html
    for name in ("boxes-0", "boxes-1", "files-0-f", "files-1-f"):
        assert f'name="{name}"' in html


def test_a_copy_changes_its_own_rows(visitor: Any, elements: Elements) -> None:
    """Of two copies on a page the other one stays as it is."""
    answer = visitor.submit_form("party", key="b", page="/copies", _rows="add dishes")
    ids = [e.get("id") for e in elements(answer.text)]
    assert "party-b-dishes-0" in ids
    assert "party-a-dishes-0" not in ids


def test_htmx_gets_the_form(visitor: Any) -> None:
    """A fragment with the row more, in a status that htmx 2 shows."""
    headers = {"HX-Request": "true"}
    data = {"_rows": "add dishes"}
    answer = visitor.post("/-/forms/party", data=data, headers=headers)
    assert answer.status_code == 200
    assert answer.text.startswith("<form")
    assert 'name="dishes-0"' in answer.text


def test_turbo_gets_what_it_shows(visitor: Any) -> None:
    """It shows an answer to a form in place only if that is no success."""
    headers = {"Accept": "text/vnd.turbo-stream.html, text/html, application/xhtml+xml"}
    data = {"_rows": "add dishes"}
    answer = visitor.post("/-/forms/party", data=data, headers=headers)
    assert answer.status_code == 422
    assert 'name="dishes-0"' in answer.text


def test_a_form_without_its_page_is_no_error(visitor: Any) -> None:
    """The page of its own has the title of the form, and nothing of a problem."""
    html = visitor.post("/-/forms/party", data={"_rows": "add dishes"}).text
    assert "<title>Party</title>" in html
    assert "There is a problem" not in html


@pytest.mark.parametrize(
    "sent",
    [
        {"data": {"_rows": "add dishes"}, "headers": {"Accept": "application/json"}},
        {"json": {"_rows": "add dishes"}},
    ],
)
def test_in_json_there_are_no_buttons(party: Flask, visitor: Any, sent: Any) -> None:
    """A script sends the rows it wants; one that pressed a button saves nothing."""
    answer = visitor.post("/-/forms/party", **sent)
    assert answer.status_code == 400
    assert "Rows are added and removed on a page" in answer.json["errors"][""][0]
    assert not party.extensions["saved"]


def test_rows_come_in_json(party: Flask, visitor: Any) -> None:
    """An array goes into a list, of objects or of values."""
    body = {
        "title": "T",
        "guests": [{"name": "Ada", "songs": ["One"]}, {"name": "Bob"}],
    }
    assert visitor.post("/-/forms/party", json=body).json["ok"]
    [saved] = party.extensions["saved"]
    assert [guest["name"] for guest in saved["guests"]] == ["Ada", "Bob"]
    assert saved["guests"][0]["songs"] == ["One"]


def test_another_site_presses_no_button(party: Flask, visitor: Any) -> None:
    """It is refused, and nothing that it sent is shown."""
    headers = {"Sec-Fetch-Site": "cross-site"}
    data = {"title": "evil", "_rows": "add dishes"}
    for url in ("/-/forms/party", "/view", "/page"):
        answer = visitor.post(url, data=data, headers=headers)
        assert answer.status_code == 400
        assert "evil" not in answer.text


def test_a_form_that_was_open_for_too_long_says_so(app: Flask) -> None:
    """Without a token the form comes back, with its rows changed and not saved."""

    class Names(Form):
        names = FieldList(StringField("Name"), "Names")

    data, headers = {"_rows": "add names"}, {"Cookie": "a=b"}
    with app.test_request_context("/", method="POST", data=data, headers=headers):
        form = Names()
        assert not form.validate_on_submit()
        assert "open for too long" in form.form_errors[0]
        assert len(form.names) == 1


@pytest.mark.parametrize(
    "value",
    [
        *("", " ", "add", "add ", "add nothing", "add title", "remove", "remove "),
        *("remove guests", "remove guests-", "remove guests-x", "remove guests-9"),
        *("remove guests-999999999999", f"remove guests-{'9' * 5000}", "remove 0"),
        *("remove title", "remove nothing-0", "remove guests-²", "grow guests"),
        *("remove .*-0", "remove (", "add guests-0", "remove guests-0-", "\0"),
    ],
)
@pytest.mark.parametrize("url", ["/view", "/-/forms/party"])
def test_no_button_is_too_odd(
    party: Flask, visitor: Any, elements: Elements, value: str, url: str
) -> None:
    """What none of our buttons says changes no row, and saves nothing."""
    data = {"title": "T", "guests-0-name": "Ada", "_rows": value}
    answer = visitor.post(url, data=data)
    assert answer.status_code == 200
    assert values(elements(answer.text)) == {
        "title": "T",
        "guests-0-name": "Ada",
        "guests-0-age": "",
    }
    assert not party.extensions["saved"]


def test_a_file_is_no_button() -> None:
    """Who binds a form to text and files in one hands such a thing over."""

    class Words(Form):
        words = FieldList(StringField())

    file = FileStorage(BytesIO(b""), "a.txt")
    form = Words(MultiDict({"_rows": file, "words-0": "a"}))
    assert form.row_change is None
    assert form.words.data == ["a"]


def test_a_form_that_only_asks_has_rows(
    app: Flask, forms: Forms, elements: Elements
) -> None:
    """Its buttons are in the URL, as the rest of it."""

    class Search(Form):
        words = FieldList(StringField("Word"), "Words", min_entries=1)

    forms.add_query("search", Search)

    @app.get("/search")
    def search() -> str:
        form = forms.query("search", Search)
        asked = "asked" if form.validate_on_submit() else ""
        return render_template_string(asked + "{{ show_form('search') }}")

    client: Any = FormClient(app)
    answer = client.submit_form(
        "search", page="/search", **{"words-0": "a", "_rows": "add words"}
    )
    assert values(elements(answer.text)) == {"words-0": "a", "words-1": ""}
    assert "asked" not in answer.text


def test_a_form_bound_by_hand_has_rows(app: Flask) -> None:
    """``PartyForm(request.form)``, the way of WTForms, is not valid then either."""
    data = {"guests-0-name": "Ada", "title": "T", "_rows": "add guests"}
    with app.test_request_context("/", method="POST", data=data):
        form = Party(request.form)
        assert not form.validate()
        assert [guest.form.name.data for guest in form.guests] == ["Ada", None]

    form = Party(ImmutableMultiDict([("title", "T"), ("guests-0-name", "Ada")]))
    assert form.row_change is None
    assert form.validate()


def test_files_have_to_be_chosen_again(visitor: Any, app: Flask) -> None:
    """A row more loses them, which a hint says; the file of a row goes with it."""

    class Row(Form):
        scan = FileField("Scan", description="As PDF")

    class Scans(Form):
        rows = FieldList(FormField(Row, "Scan"), "Scans")

    @app.route("/scans", methods=["GET", "POST"])
    def scans() -> str:
        html = "{{ quick_form(form) }}{{ quick_form(form) }}"
        return render_template_string(html, form=Scans())

    def post(button: str) -> str:
        data = {
            "rows-0-scan": (BytesIO(b"x"), "x.pdf"),
            "rows-1-scan": (BytesIO(b""), ""),
            "_rows": button,
        }
        text: str = visitor.post("/scans", data=data).text
        return text

    again = 'id="Scans-rows-0-scan-hint">As PDF Choose the file again: it was not kept.'
    assert post("add rows").count(again) == 2
    assert post("remove rows-1").count(again) == 2
    html = post("remove rows-0")
    assert 'name="rows-0-scan"' in html
    assert "again" not in html


def test_a_theme_has_buttons_for_rows(party: Flask, elements: Elements) -> None:
    """They look less than the one that sends the form."""
    party.config["NAMEFORM_THEME"] = "bootstrap5"
    found = elements(party.test_client().get("/named").text)
    classes = {e["class"] for e in found if e.get("name") == "_rows"}
    assert classes == {"btn btn-secondary btn-sm"}
