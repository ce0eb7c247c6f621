from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import Any

import pytest
import wtforms
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from flask_nameform import Form, Forms
from flask_nameform.files import (
    FileAllowed,
    FileField,
    FileRequired,
    FileSize,
    MultipleFileField,
)
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import FileStorage, MultiDict
from wtforms import FieldList, FormField, StringField
from wtforms.validators import DataRequired, InputRequired

Elements = Callable[[str], list[dict[str, str]]]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(30)


class Photos(Form):
    title = StringField("Title", [DataRequired("Enter a title")])
    photo = FileField("Photo", [FileAllowed(["png", ".JPG"]), FileSize(1000, 1)])
    more = MultipleFileField("More", [FileAllowed(["png"])])


def a_file(name: str = "a.png", content: bytes = PNG) -> tuple[BytesIO, str]:
    return BytesIO(content), name


def send(app: Flask, form_class: type[Form], **data: Any) -> Any:
    """Give the form that a view makes of a post, after validation."""
    return read(app, form_class, **data)[0]


def read(app: Flask, form_class: type[Form], **data: Any) -> tuple[Any, bytes]:
    """Give such a form, and what a view reads from the file in it."""
    headers = {"Sec-Fetch-Site": "same-origin"}
    with app.test_request_context("/", method="POST", data=data, headers=headers):
        form: Any = form_class()
        form.validate()
        file = getattr(form, "upload", None)
        return form, file.data.read() if isinstance(
            file, FileField
        ) and file.data else b""


def one(*validators: Any, base: Any = FileField) -> type[Form]:
    return type("One", (Form,), {"upload": base(validators=validators)})


def test_a_file_is_data(app: Flask) -> None:
    """A field has its file, a field for several has a list."""
    form = send(
        app,
        Photos,
        title="x",
        photo=a_file("a.JPG"),
        more=[a_file("b.png"), a_file("c.PNG")],
    )
    assert form.errors == {}
    assert form.photo.data.filename == "a.JPG"
    assert [file.filename for file in form.more.data] == ["b.png", "c.PNG"]


def test_one_of_several_files_is_several(app: Flask) -> None:
    """A field for several takes one, and a field for one takes the first of several."""
    form = send(app, Photos, photo=[a_file("1.png"), a_file("2.png")], more=a_file())
    assert form.photo.data.filename == "1.png"
    assert [file.filename for file in form.more.data] == ["a.png"]


@pytest.mark.parametrize("name", ["", "/", "..", "C:\\dir\\", "\0", " ", "\u202e"])
def test_no_name_is_no_file(app: Flask, name: str) -> None:
    """Browsers send an empty part where nothing was chosen."""
    form = send(app, Photos, title="x", photo=a_file(name, b""), more=[a_file(name)])
    assert form.errors == {}
    assert form.photo.data is None
    assert form.more.data == []


@pytest.mark.parametrize("base", [FileField, wtforms.FileField])
@pytest.mark.parametrize("required", [FileRequired(), InputRequired(), DataRequired()])
def test_an_empty_part_is_not_enough_where_a_file_is_required(
    app: Flask, base: Any, required: Any
) -> None:
    """All validators that ask for something ask for a file with a name."""
    form_class = one(required, base=base)
    assert send(app, form_class, upload=a_file("", b"")).errors
    assert send(app, form_class, upload="text").errors
    assert send(app, form_class).errors
    assert not send(app, form_class, upload=a_file("a", b"")).errors


def test_a_required_file_says_so(app: Flask) -> None:
    """In words of ours or of the app, and to the browser."""
    assert send(app, one(FileRequired())).upload.errors == [
        "Choose a file for “Upload”."
    ]
    assert send(app, one(FileRequired("Photo?"))).upload.errors == ["Photo?"]
    form = send(app, one(FileRequired(), base=MultipleFileField))
    assert form.upload.errors == ["Choose a file for “Upload”."]
    assert " required " in form.upload()


def test_what_was_there_before_stays_without_a_file(app: Flask) -> None:
    """Whoever edits an object and chooses no file keeps its own."""
    form_class = one(FileAllowed(["png"]), FileSize(1))
    headers = {"Sec-Fetch-Site": "same-origin"}
    with app.test_request_context("/", method="POST", data={}, headers=headers):
        form: Any = form_class(data={"upload": "old.png"})
        assert form.validate()
        assert form.upload.data == "old.png"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("C:\\fakepath\\me.png", "me.png"),
        ("../../etc/x.png", "x.png"),
        ("a\0b.png", "ab.png"),
        ("\u202egnp.exe", "gnp.exe"),
        (".htaccess", "htaccess"),
        ("x.exe.", "x.exe"),
        ("Ä b.png", "Ä b.png"),
    ],
)
def test_a_name_is_only_a_name(sent: str, kept: str) -> None:
    """No path, nothing unprintable and no hidden file comes with it (RFC 7578, 4.2)."""
    posted = MultiDict({"upload": FileStorage(BytesIO(b"x"), sent)})
    form: Any = one()(posted)
    assert form.upload.data.filename == kept


def test_a_form_bound_by_hand_takes_files_alone() -> None:
    """A dictionary may hold anything, and only a file is one."""
    form: Any = Photos(MultiDict({"photo": "text", "more": "text"}))
    assert (form.photo.data, form.more.data) == (None, [])


class Odd(Form):
    text = StringField()
    upload = FileField(validators=[FileAllowed(["png"]), FileSize(20, 1)])


@given(
    st.text(st.characters(codec="utf-8"), max_size=30),
    st.binary(max_size=50),
    st.sampled_from(["upload", "text"]),
)
def test_no_file_part_is_too_odd(name: str, content: bytes, field: str) -> None:
    """Whatever is in a part, for a field of files or of text, is no server error."""
    form = send(_app(), Odd, **{field: FileStorage(BytesIO(content), name)})
    assert not isinstance(form.text.data, FileStorage)
    assert form.upload.data is None or "/" not in form.upload.data.filename


@cache
def _app() -> Flask:
    app = Flask(__name__)
    app.config["SECRET_KEY"] = "a secret for the tests"
    return app


@pytest.mark.parametrize("name", ["a.exe", "png", "a.png.exe", "apng", "a.jpg\u200b"])
def test_files_of_other_types_are_refused(app: Flask, name: str) -> None:
    """The end of the name counts; the message has the name and the types."""
    form = send(app, Photos, title="x", photo=a_file(name))
    if name == "a.jpg\u200b":  # what cannot be seen is left out
        assert not form.errors
    else:
        message = f"“{name}” is not a file of these types: png, jpg."
        assert form.errors == {"photo": [message]}


def test_each_of_several_files_is_looked_at(app: Flask) -> None:
    """One that is not allowed is named, and a long name is shortened."""
    form = send(app, Photos, title="x", more=[a_file(), a_file("b" * 200 + ".exe")])
    [message] = form.more.errors
    assert message.startswith("“bbb")
    assert "…bbbbbbbbbbb.exe” is not a file of these types: png." in message
    assert len(message) < 120


def test_the_browser_offers_what_is_allowed() -> None:
    """``accept`` comes from the validator; ``render_kw`` has the last word."""

    class Offers(Form):
        photo = FileField(validators=[FileAllowed(["png", ".JPG"])])
        sound = FileField(
            validators=[FileAllowed(["mp3"])], render_kw={"accept": "audio/*"}
        )
        more = MultipleFileField(validators=[FileAllowed(["png"])])

    form = Offers()
    assert 'accept=".png,.jpg"' in form.photo()
    assert 'accept="audio/*"' in form.sound()
    assert 'accept=".png"' in form.more()
    assert " multiple " in form.more()


def test_an_upload_set_decides_by_itself(app: Flask) -> None:
    """What Flask-Uploads calls one is asked, and says nothing of ``accept``."""

    class Texts:
        def file_allowed(self, storage: FileStorage, basename: str) -> bool:
            return storage.filename == "A.TXT" and basename == "a.txt"

    form_class = one(FileAllowed(Texts()))
    assert not send(app, form_class, upload=a_file("A.TXT")).errors
    form = send(app, form_class, upload=a_file("a.png"))
    assert form.upload.errors == ["“a.png” is not a file of a type allowed here."]
    assert "accept" not in form.upload()


@pytest.mark.parametrize(
    ("limits", "size", "message"),
    [
        ((100,), 101, "“a.png” is larger than 100 bytes."),
        ((2000,), 2001, "“a.png” is larger than 2 KB."),
        ((1536,), 1537, "“a.png” is larger than 1.5 KB."),
        ((10**9, 2_500_000), 9, "“a.png” is smaller than 2.5 MB."),
        ((10**9, 2 * 1024**2), 9, "“a.png” is smaller than 2 MB."),
        ((10**20, 10**10), 9, "“a.png” is smaller than 10 GB."),
        ((9, 1), 0, "“a.png” is empty."),
        ((9, 2), 1, "“a.png” is smaller than 2 bytes."),
        ((10**30, 10**15), 9, "“a.png” is smaller than 1000 TB."),
        ((9, 5, "Five to nine"), 4, "Five to nine"),
        ((9, 5, "Five to nine"), 10, "Five to nine"),
    ],
)
def test_a_size_has_limits(app: Flask, limits: Any, size: int, message: str) -> None:
    """The message says which one was missed, in the units of whoever set it."""
    for base in (FileField, MultipleFileField):
        form_class = one(FileSize(*limits), base=base)
        form = send(app, form_class, upload=a_file(content=bytes(size)))
        assert form.upload.errors == [message]


def test_limits_are_inclusive(app: Flask) -> None:
    """A file may be as big, or as small, as they say; it can be read after that."""
    for size in (2, 9):
        file = a_file(content=bytes(size))
        form, content = read(app, one(FileSize(9, 2)), upload=file)
        assert not form.errors
        assert content == bytes(size)


def test_the_messages_of_an_app_count(app: Flask) -> None:
    """``message`` replaces ours, whatever was wrong."""
    pytest.importorskip("puremagic")
    allowed = FileAllowed(["png"], "A PNG, please", content_types=["image/*"])
    for file in (a_file("a.txt"), a_file("a.png", b"text")):
        assert send(app, one(allowed), upload=file).upload.errors == ["A PNG, please"]


@pytest.mark.parametrize(
    ("content", "errors"),
    [
        (PNG, []),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(50), []),
        (b"%PDF-1.4\n%%EOF", ["“a.png” is not what its name says."]),
        (b"<!doctype html><script>", ["“a.png” is not what its name says."]),
        (b"text", ["“a.png” is not what its name says."]),
        (b"", ["“a.png” is not what its name says."]),
    ],
)
def test_content_can_be_looked_at(
    app: Flask, content: bytes, errors: list[str]
) -> None:
    """A renamed file is told by its first bytes, and can be read after that."""
    pytest.importorskip("puremagic")
    form_class = one(FileAllowed(["png"], content_types=["image/*"]))
    form, kept = read(app, form_class, upload=a_file(content=content))
    assert form.upload.errors == errors
    assert kept == content


def test_a_big_file_is_looked_at_too(app: Flask) -> None:
    """Werkzeug keeps one on the disk."""
    pytest.importorskip("puremagic")
    form_class = one(FileAllowed(["png"], content_types=["image/png"]), FileSize(99, 9))

    with SpooledTemporaryFile(max_size=1) as stream:
        stream.write(PNG)
        assert form_class(data={"upload": FileStorage(stream, "a.png")}).validate()


def test_content_needs_a_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it the class of the form cannot be made, and the message says how."""
    monkeypatch.setitem(sys.modules, "puremagic", None)
    with pytest.raises(RuntimeError, match=r"pip install 'Flask-NameForm\[files\]'"):
        FileAllowed(["png"], content_types=["image/*"])


@pytest.mark.parametrize("pattern", ["text/plain", "*/*", "png"])
def test_content_that_shows_nothing_cannot_be_asked_for(pattern: str) -> None:
    """Text has no first bytes of its own, so asking would refuse all of it."""
    with pytest.raises(RuntimeError, match="cannot check"):
        FileAllowed(["txt"], content_types=[pattern])


def test_a_string_is_no_list_of_extensions() -> None:
    """It would allow what ends with one of its letters."""
    with pytest.raises(RuntimeError, match=r"FileAllowed\(\['png'\]\)"):
        FileAllowed("png")


AGAIN = "Choose the file again: it was not kept."


@pytest.fixture
def gallery(app: Flask, forms: Forms) -> Flask:
    """An app with the form of photos on two pages."""
    taken: list[str] = []
    app.extensions["taken"] = taken

    @forms.handler("photos", Photos)
    def save(form: Any) -> None:
        taken.append(form.photo.data.filename)

    def show() -> str:
        return render_template_string("{{ show_form('photos') }}")

    app.add_url_rule("/gallery", "gallery", show)
    app.add_url_rule("/own", "own", forms.page(show), methods=["GET", "POST"])
    return app


def marked(client: FlaskClient, page: str, hidden: Any) -> dict[str, Any]:
    return dict(hidden(client.get(page).text, "photos-form"))


@pytest.mark.parametrize("page", ["/gallery", "/own"])
def test_a_form_with_files_is_sent(
    gallery: Flask, browser: FlaskClient, hidden: Any, page: str, elements: Elements
) -> None:
    """Its encoding is what files need, and the handler gets them."""
    [form] = (e for e in elements(browser.get(page).text) if e[""] == "form")
    assert form["enctype"] == "multipart/form-data"
    data = {**marked(browser, page, hidden), "title": "x", "photo": a_file()}
    answer = browser.post(form["action"], data=data)
    assert (answer.status_code, answer.location) == (303, page)
    assert gallery.extensions["taken"] == ["a.png"]


@pytest.mark.parametrize("page", ["/gallery", "/own"])
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_file_has_to_be_chosen_again(
    gallery: Flask,
    browser: FlaskClient,
    hidden: Any,
    elements: Elements,
    page: str,
    headers: dict[str, str],
) -> None:
    """A form that comes back has no files in it, says so, and keeps the rest."""
    action = "/own" if page == "/own" else "/-/forms/photos"
    data = {
        **marked(browser, page, hidden),
        "title": " ",
        "photo": a_file(),
        "more": a_file("", b""),
    }
    answer = browser.post(action, data=data, headers=headers)
    assert answer.status_code == 422
    assert answer.text.count(AGAIN) == 2  # in the summary and at the field
    links = [e["href"] for e in elements(answer.text) if e[""] == "a"]
    assert links == ["#photos-title", "#photos-photo"]
    assert not gallery.extensions["taken"]


def test_a_file_that_was_refused_has_its_own_message(
    gallery: Flask, browser: FlaskClient
) -> None:
    """To say twice that another one is wanted helps nobody."""
    data = {"title": "", "photo": a_file("a.exe")}
    text = browser.post("/-/forms/photos", data=data).text
    assert "not a file of these types" in text
    assert AGAIN not in text


def test_in_json_nobody_has_to_choose(gallery: Flask, browser: FlaskClient) -> None:
    """A script has its files still."""
    headers = {"Accept": "application/json"}
    data = {"title": "", "photo": a_file()}
    answer = browser.post("/-/forms/photos", data=data, headers=headers)
    assert answer.json == {"errors": {"title": ["Enter a title"]}}


def test_a_form_in_a_view_asks_again_too(app: Flask, browser: FlaskClient) -> None:
    """Also deep in the form, however often it is shown, and not without need."""

    class Row(Form):
        scan = FileField("Scan")
        note = StringField("Note")

    class Album(Form):
        title = StringField("Title", [DataRequired("Enter a title")])
        rows = FieldList(FormField(Row))

    @app.route("/album", methods=["GET", "POST"])
    def album() -> str:
        form: Any = Album()
        form.validate_on_submit()
        shown = "{{ error_summary(form) }}{{ quick_form(form) }}"
        return render_template_string(shown, form=form)

    data = {"rows-0-note": "n", "rows-0-scan": a_file(), "rows-1-note": ""}
    assert browser.post("/album", data=data).text.count(AGAIN) == 3
    data = {"title": "x", "rows-0-note": "n", "rows-0-scan": a_file()}
    assert AGAIN not in browser.post("/album", data=data).text
    assert AGAIN not in browser.get("/album").text


def test_text_in_place_of_a_file_and_a_file_in_place_of_text(
    gallery: Flask, browser: FlaskClient
) -> None:
    """Neither reaches the field, and nothing was lost that would have to be sent."""
    text = browser.post(
        "/-/forms/photos", data={"title": a_file(), "photo": "text"}
    ).text
    assert "Enter a title" in text
    assert AGAIN not in text


def test_a_body_that_is_too_big_is_refused(
    gallery: Flask, browser: FlaskClient
) -> None:
    """Flask's own limit is no server error."""
    gallery.config["MAX_CONTENT_LENGTH"] = 1000
    data = {"title": "x", "photo": a_file(content=bytes(2000))}
    assert browser.post("/-/forms/photos", data=data).status_code == 413


def test_a_stream_that_cannot_be_measured_is_a_mistake() -> None:
    """Whoever makes streams of their own is told what is missing."""

    class Stream(BytesIO):
        def seekable(self) -> bool:
            return False

    form: Any = one(FileSize(10))(data={"upload": FileStorage(Stream(), "a.txt")})
    with pytest.raises(TypeError, match="a Stream is not seekable"):
        form.validate()
