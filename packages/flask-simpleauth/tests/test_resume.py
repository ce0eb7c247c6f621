"""What was posted goes on after the password was shown once more."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from flask import Flask, render_template_string, request
from flask.testing import FlaskClient
from flask_nameform import Form, Forms, csrf
from flask_simpleauth import SimpleAuth
from werkzeug.test import TestResponse
from wtforms import PasswordField, StringField

if TYPE_CHECKING:
    from conftest import Clock

PASSWORD = "correct horse battery"
OWN_SITE = {"Sec-Fetch-Site": "same-origin"}
NOTE = {
    "text": 'first line\r\nsecond "line" <b>',
    "tag": ["a", "ä"],
    "password": "hunter2hunter2",
    "new_passwd": "hunter2hunter2",
}


class SecretForm(Form):
    """Has a password whose name does not tell."""

    title = StringField("Title")
    key = PasswordField("Key")


@pytest.fixture
def client(app: Flask, auth: SimpleAuth, clock: Clock) -> FlaskClient:
    """Ada's browser, a while after she showed her password."""
    fresh = auth.login_required(fresh=timedelta(minutes=10))
    forms = Forms(app)

    @app.route("/notes/<path:name>", methods=["POST", "PUT"])
    @fresh
    def save(name: str) -> Any:
        return {"name": name, "q": request.args.get("q"), **request.form.to_dict(False)}

    app.add_url_rule("/page", "page", fresh(lambda: "page"), methods=["GET", "POST"])
    app.add_url_rule(
        "/hook", "hook", csrf.exempt(fresh(lambda: "hooked")), methods=["POST"]
    )

    def load(number: int) -> dict[str, int]:
        return {"number": number}

    @forms.handler("secret", SecretForm, load=load)
    @fresh
    def save_secret(form: SecretForm, loaded: dict[str, int]) -> Any:
        return app.response_class(f"{form.title.data} {form.key.data!r} {loaded}")

    app.add_url_rule(
        "/form",
        "form",
        lambda: render_template_string(
            "{{ show_form('secret', **n) }}", n={"number": 7}
        ),
    )
    with app.app_context():
        auth.create_user("ada@example.org", PASSWORD, name="Ada")
        auth.create_user("eve@example.org", PASSWORD, name="Eve")
    return signed_in(app, clock)


def signed_in(app: Flask, clock: Clock, email: str = "ada@example.org") -> FlaskClient:
    client = app.test_client()
    data = {"email": email, "password": PASSWORD}
    client.post("/auth/-/forms/login", data=data, headers=OWN_SITE)
    clock.now += 601
    return client


def post(client: FlaskClient, path: str, data: Any, **kwargs: Any) -> TestResponse:
    kwargs.setdefault("headers", OWN_SITE)
    return client.post(path, data=data, **kwargs)


def fields_of(page: TestResponse) -> dict[str, list[str]]:
    """Return what a browser would send of the form on the page."""
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'name="([^"]*)"[^>]*value="([^"]*)"', page.text):
        fields.setdefault(html.unescape(name), []).append(html.unescape(value))
    return fields


def confirm(
    client: FlaskClient, page: TestResponse, password: str = PASSWORD
) -> TestResponse:
    """Show the password on the page that asks for it."""
    data = {**fields_of(page), "password": password}
    return post(client, "/auth/-/forms/confirm", data)


def go_on(client: FlaskClient, page: TestResponse) -> TestResponse:
    """Press the button of the page that goes on."""
    action = re.search(r'<form method="post" action="([^"]*)"', page.text)
    assert action is not None
    return post(client, html.unescape(action[1]), fields_of(page))


def test_resume(client: FlaskClient) -> None:
    """After the password, one button sends what had been sent, but passwords."""
    asked = post(client, "/notes/a b/%25?q=1&q=ä", NOTE)
    assert asked.status_code == 401
    assert asked.headers["Cache-Control"] == "no-store"
    assert "Your password, please" in asked.text
    assert "hunter2" not in asked.text

    page = confirm(client, asked)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert "hunter2" not in page.text
    assert ">Continue</button>" in page.text
    assert go_on(client, page).get_json() == {
        "name": "a b/%",
        "q": "1",
        "text": [NOTE["text"]],
        "tag": NOTE["tag"],
    }


def test_no_password_is_kept(app: Flask, client: FlaskClient) -> None:
    """Nothing of a password is in the page, in no encoding."""
    asked = post(client, "/notes/x", {"text": "public", "password": "hunter2hunter2"})
    sealed = fields_of(asked)["interrupted"][0]
    with app.test_request_context():
        from flask_simpleauth.tokens import signer

        kept = signer([b"for tests"], "resume").loads(sealed)
    assert "public" in str(kept)
    assert "hunter2" not in str(kept)


def test_named_form(client: FlaskClient) -> None:
    """A named form goes on with what it is about; its password is asked for again."""
    fields = fields_of(client.get("/form"))
    data = {**fields, "title": "mine", "key": "hunter2hunter2"}
    page = confirm(client, post(client, "/-/forms/secret", data))
    assert go_on(client, page).text == "mine None {'number': 7}"


def test_wrong_password_loses_nothing(client: FlaskClient) -> None:
    """A slip in the password does not lose what was sent."""
    wrong = confirm(client, post(client, "/notes/x", NOTE), "wrong")
    assert wrong.status_code == 422
    assert "That is not your password." in wrong.text
    assert "What you are about to do asks for it once more." in wrong.text
    assert go_on(client, confirm(client, wrong)).get_json()["tag"] == NOTE["tag"]


def test_page_that_can_be_got(client: FlaskClient) -> None:
    """Where a GET shows the page, a slip in the password loses nothing either."""
    wrong = confirm(client, post(client, "/page", {"a": "b"}), "wrong")
    assert go_on(client, confirm(client, wrong)).text == "page"


@pytest.mark.parametrize("root", ["", "/app", "/my app", "/\u00e4"])
@pytest.mark.parametrize("path", ["/notes/x", "/page"])
def test_back_to_the_page(client: FlaskClient, root: str, path: str) -> None:
    """Where nothing was kept, one comes back to the page, or home if it is none."""
    data = {"file": (BytesIO(b"x"), "x.txt")}
    base = f"http://localhost{quote(root)}/"
    asked = client.post(path, data=data, headers=OWN_SITE, base_url=base)
    assert "could not be kept" in asked.text
    fields = fields_of(asked)
    for password, status in (("wrong", 422), (PASSWORD, 303)):
        answer = client.post(
            "/auth/-/forms/confirm",
            data={**fields, "password": password},
            headers=OWN_SITE,
            base_url=base,
        )
        assert answer.status_code == status
        assert (">Home</a>" in answer.text) == (status == 422)
    assert answer.headers["Location"] == quote(root) + (
        "/page" if path == "/page" else "/"
    )


@pytest.mark.parametrize("seconds", [599, 600])
def test_ten_minutes(client: FlaskClient, clock: Clock, seconds: int) -> None:
    """It can go on for ten minutes; then one comes back to the page."""
    asked = post(client, "/notes/x", NOTE)
    clock.now += seconds
    assert confirm(client, asked).status_code == (200 if seconds < 600 else 303)


@pytest.mark.parametrize("email", ["ada@example.org", "eve@example.org"])
def test_another_session(
    app: Flask, client: FlaskClient, clock: Clock, email: str
) -> None:
    """What was sent in one session goes on in no other, the same user's or not."""
    asked = post(client, "/notes/x", NOTE)
    other = signed_in(app, clock, email)
    clock.now -= 601
    assert confirm(other, asked).status_code == 303


@pytest.mark.parametrize("spoil", [lambda s: "", lambda s: s[:-1], lambda s: "x" + s])
def test_forged(client: FlaskClient, spoil: Any) -> None:
    """What we did not sign does not go on."""
    data = fields_of(post(client, "/notes/x", NOTE))
    data["interrupted"] = [spoil(data["interrupted"][0])]
    data["password"] = [PASSWORD]
    assert post(client, "/auth/-/forms/confirm", data).status_code == 303


def test_another_sites_post(client: FlaskClient) -> None:
    """What another site sends would come back as our own, so it is not kept."""
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://e.example"}):
        assert post(client, "/notes/x", NOTE, headers=headers).status_code == 400
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {}):
        asked = post(client, "/hook", NOTE, headers=headers)
        assert asked.status_code == 401
        assert fields_of(asked)["interrupted"] == [""]


def test_browser_that_needs_a_token(client: FlaskClient) -> None:
    """What an old browser sends with its token is kept, and the token is still good."""
    page = client.get("/form")
    fields = {**fields_of(page), "title": "mine"}
    asked = post(client, "/-/forms/secret", fields, headers={})
    data = {**fields_of(asked), "password": PASSWORD}
    page = post(client, "/auth/-/forms/confirm", data, headers={})
    assert post(client, "/-/forms/secret", fields_of(page), headers={}).text.startswith(
        "mine"
    )


UPLOAD = "multipart/form-data"


@pytest.mark.parametrize(
    "kwargs",
    [
        {"data": {"file": (BytesIO(b"x"), "x.txt")}, "content_type": UPLOAD},
        {"data": {"text": "x"}, "content_type": UPLOAD},
        {"data": {"text": "x" * 65_536}},
        {"data": b"a=b", "content_type": "text/plain"},
    ],
)
def test_what_is_not_kept(client: FlaskClient, kwargs: dict[str, Any]) -> None:
    """Uploads and long texts are not kept: the page asks for them again."""
    asked = client.post("/notes/x", headers=OWN_SITE, **kwargs)
    assert asked.status_code == 401
    assert "send it again" in asked.text
    assert confirm(client, asked).status_code == 303


def test_other_methods(client: FlaskClient) -> None:
    """Only a form's post goes on."""
    asked = client.put("/notes/x", data={"a": "b"}, headers=OWN_SITE)
    assert asked.status_code == 401
    assert fields_of(asked)["interrupted"] == [""]


def test_path_that_leads_away(client: FlaskClient) -> None:
    """A path that a browser takes for another site is not gone on to."""
    for root, is_kept in (("/e.example", True), ("//e.example", False)):
        asked = client.post(
            "/notes/x",
            data=NOTE,
            environ_overrides={"SCRIPT_NAME": root},
            headers=OWN_SITE,
        )
        assert (fields_of(asked)["interrupted"] != [""]) is is_kept


@pytest.mark.parametrize("kwargs", [{"json": {"a": 1}}, {"data": {"a": "1"}}])
def test_json(client: FlaskClient, kwargs: dict[str, Any]) -> None:
    """A script gets 401 and the address of the page where the password is shown."""
    headers = {**OWN_SITE, "Accept": "application/json"}
    asked = client.post("/page", headers=headers, **kwargs)
    assert asked.status_code == 401
    address = asked.get_json()["redirect"]
    assert asked.get_json()["error"] == "Show your password first."

    assert confirm(client, client.get(address)).headers["Location"] == "/page"


def test_session_is_kept(app: Flask, client: FlaskClient) -> None:
    """Showing the password once more leaves Flask's session as it is."""
    with client.session_transaction() as stored:
        stored["cart"] = "book"
    confirm(client, post(client, "/notes/x", NOTE))
    with client.session_transaction() as stored:
        assert stored["cart"] == "book"
