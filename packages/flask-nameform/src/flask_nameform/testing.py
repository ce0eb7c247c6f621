"""For the tests of an app: a client that fills in forms as a visitor does.

.. code-block:: python

    app.test_client_class = FormClient
    client = app.test_client()
    response = client.submit_form("name", name="Ada")
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from .honeypot import older
from .marker import FIELD


class FormClient(FlaskClient):
    """A test client that says of each request that it comes from the site itself.

    Current browsers do (``Sec-Fetch-Site``), so no test has to care for CSRF tokens.
    It takes its time as people do, so no test has to wait for a ``HoneypotField``.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"

    def submit_form(
        self, name: str, /, *, page: str = "/", key: object = None, **values: Any
    ) -> TestResponse:
        """Get a page, fill in a form on it, send it, and return the answer.

        Fields that are not given keep what the page has in them.

        :param name: the name of the form; of one without, that of its class. In HTML
            written by hand, ``form.hidden_tag()`` says so, or an ``id``.
        :param page: the URL of the page that shows it.
        :param key: which of the copies on the page.
        :param values: what to put into the fields, by their names in HTML: text, a list
            for several values, ``True`` to tick a box, ``False`` or ``None`` to leave a
            field out, or a file as the test client takes it.
        :raises LookupError: if the page has no such form, or the form no such field.
        """
        answer = self.get(page, follow_redirects=True)
        parts = (name.replace(".", "-"), str(key or ""), "form")
        form = _find_form(answer, "-".join(filter(None, parts)))

        with self.application.app_context():
            form.grow_older()

        data = form.filled_in(values)
        address = form.action or answer.request.full_path.rstrip("?")

        if form.method == "get":
            path = address.partition("?")[0]
            return self.get(path, query_string=data)

        return self.post(address, data=data)


@dataclass
class _FormOnPage:
    """What a browser knows of a form."""

    id: str
    action: str
    method: str
    #: All fields by name, with what the page has in them.
    fields: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    #: What boxes send when they are ticked.
    boxes: dict[str, str] = field(default_factory=dict[str, str])
    #: What buttons send when they are pressed; who does not say presses the first. One
    #: without a name is under the empty one, and sends nothing.
    buttons: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def ids(self) -> Iterator[str]:
        """The id that it has, and the one that ``quick_form`` would have given it."""
        marker = "".join(self.fields.get(FIELD, ()))

        if self.id:
            yield self.id
        if marker and "." not in marker:  # else it is signed, and of a named form
            yield f"{marker}-form"

    def grow_older(self) -> None:
        """Let the form have been open for a while."""
        self.fields = {k: list(map(older, values)) for k, values in self.fields.items()}

    def filled_in(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return what a browser would send."""
        known = {**self.fields, **self.buttons}
        known.pop("", None)
        unknown = sorted(values.keys() - known.keys())

        if unknown:
            raise LookupError(
                f"The form {self.id!r} has no field {' or '.join(map(repr, unknown))}."
                f" Its fields are {', '.join(map(repr, sorted(known)))}."
            )

        pressed = next((name for name in self.buttons if name in values), None)
        button = pressed or next(iter(self.buttons), None)
        on = {**self.boxes, **self.buttons}
        given = {k: on.get(k, v) if v is True else v for k, v in values.items()}
        sent: dict[str, Any] = {**self.fields, **given}

        if button is not None:
            sent.setdefault(button, on[button])

        sent.pop("", None)
        return {name: v for name, v in sent.items() if v is not None and v is not False}


class _FormParser(HTMLParser):
    """Finds the forms of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[_FormOnPage] = []
        self._form: _FormOnPage | None = None
        # The values of the element whose content is being read.
        self._textarea: list[str] | None = None
        self._select: list[str] | None = None
        self._takes_many = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}

        if tag == "form":
            method = attributes.get("method", "get").lower()
            action = attributes.get("action", "")
            self._form = _FormOnPage(attributes.get("id", ""), action, method)
            self.forms.append(self._form)
        elif tag == "option":
            self._take_option(attributes)
        elif self._form and "disabled" not in attributes:
            self._take_field(self._form, tag, attributes)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea":
            self._textarea = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            # HTML leaves the first line break of a text area out.
            self._textarea[:] = [re.sub(r"\A\r?\n", "", data)]

    def _take_field(
        self, form: _FormOnPage, tag: str, attributes: dict[str, str]
    ) -> None:
        name, value = attributes.get("name", ""), attributes.get("value", "")
        defaults = {"button": "submit", "input": "text"}
        kind = attributes.get("type", defaults[tag]) if tag in defaults else tag

        if kind == "submit":
            form.buttons.setdefault(name, value)
        if kind == "submit" or not name:
            return

        values = form.fields.setdefault(name, [])

        if kind in ("checkbox", "radio"):
            ticked = attributes.get("value", "on")
            form.boxes.setdefault(name, ticked)
            values += [ticked] * ("checked" in attributes)
        elif kind == "textarea":
            self._textarea = values
        elif kind == "select":
            self._select, self._takes_many = values, "multiple" in attributes
        elif kind != "file":
            values.append(value)

    def _take_option(self, attributes: dict[str, str]) -> None:
        if self._select is None:
            return

        value = attributes.get("value", "")

        if self._takes_many:
            self._select += [value] * ("selected" in attributes)
        elif "selected" in attributes or not self._select:
            self._select[:] = [value]  # a browser chooses the first by itself


def _find_form(answer: TestResponse, form_id: str) -> _FormOnPage:
    forms = {id: form for form in _FormParser(answer.text).forms for id in form.ids}

    if form_id not in forms:
        there = ", ".join(map(repr, forms)) or "none with an id"
        raise LookupError(
            f"{answer.request.path} ({answer.status}) has no form with the id"
            f" {form_id!r}; it has {there}. Give the page that shows the form as"
            " page=, and the key of a copy as key=."
        )

    return forms[form_id]
