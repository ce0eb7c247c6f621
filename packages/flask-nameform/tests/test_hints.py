from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from flask_nameform import Form, Forms, NameForm
from wtforms import StringField

Hidden = Callable[..., dict[str, str]]


@pytest.fixture(autouse=True)
def own_page(app: Flask, forms: Forms, caplog: pytest.LogCaptureFixture) -> None:
    """A page with a form of its own and one about something, in debug mode's log."""
    caplog.set_level(logging.DEBUG, app.logger.name)

    def load(number: int) -> object:
        return object()

    class NoteForm(Form):
        note = StringField()

    forms.add("note", NoteForm, handler=lambda form, loaded: None, load=load)

    @app.route("/own", methods=["GET", "POST"])
    def own() -> str:
        form = NameForm()
        form.validate_on_submit()
        return render_template_string("{{ quick_form(form) }}", form=form)

    app.add_url_rule(
        "/note",
        "note",
        lambda: render_template_string("{{ show_form('note', number=1) }}"),
    )


def test_a_form_without_its_hidden_fields(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    """Who forgets ``hidden_tag()`` is told so, and nothing sent is in the log."""
    client.get("/own")
    client.post("/own", data={"name": "a secret"})
    (hint, refusal) = caplog.messages

    assert hint.startswith("CSRF: a post to own: it came without the form's hidden")
    assert "{{ form.hidden_tag() }}" in hint
    assert refusal.startswith("CSRF: own refused")
    assert "a secret" not in caplog.text


def test_a_page_of_another_browser(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    """A page without a token that comes to a browser that needs one is a cache's."""
    client.get("/own")
    client.post("/own", data={"_form": "NameForm"})

    assert "Is there a cache that does not heed 'Vary'?" in caplog.messages[0]


def test_a_session_that_is_lost(
    app: Flask, client: FlaskClient, hidden: Hidden, caplog: pytest.LogCaptureFixture
) -> None:
    """A cookie that does not come back is the usual cause, so its keys are named."""
    fields = hidden(client.get("/own").text)
    other = app.test_client()
    other.set_cookie("any", "cookie")
    other.post("/own", data=fields)

    assert "SESSION_COOKIE_SECURE" in caplog.messages[0]
    assert fields["csrf_token"] not in caplog.text


def test_a_token_of_another_session(
    app: Flask, client: FlaskClient, hidden: Hidden, caplog: pytest.LogCaptureFixture
) -> None:
    """A token that is none of this session is told from one that is missing."""
    fields = hidden(client.get("/own").text)
    other = app.test_client()
    other.get("/own")
    other.post("/own", data=fields)

    assert "a session that has begun anew since" in caplog.messages[0]


def test_arguments_of_another_session(
    app: Flask, browser: FlaskClient, hidden: Hidden, caplog: pytest.LogCaptureFixture
) -> None:
    """A form about something that another session was shown is told from an old one."""
    fields = hidden(browser.get("/note").text)
    browser.delete_cookie("session")
    answer = browser.post("/-/forms/note", data=fields)

    assert answer.status_code == 400
    assert caplog.messages[0].startswith("The form note: it came with arguments")


def test_nothing_is_told_in_production(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    """At the level of a deployed app, strangers cannot fill the log with hints."""
    caplog.set_level(logging.WARNING, app.logger.name)
    client.get("/own")
    client.post("/own", data={"name": "x"})

    assert not caplog.messages
