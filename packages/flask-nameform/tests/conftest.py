from __future__ import annotations

from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import flask_nameform
import pytest
from flask import Flask, render_template_string, session
from flask.testing import FlaskClient
from flask_nameform import Forms, NameForm
from flask_nameform.testing import FormClient
from hypothesis import HealthCheck, settings
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.test import Client, TestResponse

# A busy machine is no bug, and what is found here is found everywhere.
settings.register_profile(
    "patient",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("patient")

Element = dict[str, str]


class _Elements(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[Element] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append({"": tag, **{name: value or "" for name, value in attrs}})


class _Compiled(BytecodeCache):
    """What templates compile to, by all that it depends on."""

    def __init__(self) -> None:
        self._compiled: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if compiled := self._compiled.get((bucket.key, bucket.checksum)):
            bucket.bytecode_from_string(compiled)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


@pytest.fixture(scope="session", autouse=True)
def _templates_are_compiled_once() -> Iterator[None]:
    """Share that between the apps of the tests, of which there are a thousand."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "jinja_options", {"bytecode_cache": _Compiled()})
        yield


@pytest.fixture
def elements() -> Callable[[str], list[Element]]:
    """Give the elements of a page: attributes by name, the tag under the empty one."""
    return lambda html: _Elements(html).found


@pytest.fixture
def hidden() -> Callable[..., dict[str, str]]:
    """Give the hidden fields of a form in a page, by default of the first one."""

    def find(html: str, form_id: str = "") -> dict[str, str]:
        fields: dict[str, str] = {}
        inside = False
        for element in _Elements(html).found:
            if element[""] == "form":
                if fields:
                    break
                inside = element.get("id") == form_id or not form_id
            if inside and element.get("type") == "hidden":
                fields[element["name"]] = element["value"]
        return fields

    return find


@pytest.fixture
def send_blank(hidden: Callable[..., dict[str, str]]) -> Callable[..., TestResponse]:
    """Send the form of a page without a name in it, and give the answer."""

    def send(client: Client, html: str, url: str = "/-/forms/name") -> TestResponse:
        headers = {"Sec-Fetch-Site": "same-origin"}
        return client.post(url, data={**hidden(html), "name": " "}, headers=headers)

    return send


@pytest.fixture
def bare_app() -> Flask:
    """An app as it is before anything is attached to it."""
    app = Flask(__name__)
    app.secret_key = "a secret for the tests"
    app.testing = True
    return app


@pytest.fixture
def forms() -> Forms:
    return Forms()


@pytest.fixture
def app(forms: Forms) -> Flask:
    """An app with the name form on its front page."""
    app = Flask(__name__)
    app.config["SECRET_KEY"] = "a secret for the tests"
    app.testing = True
    forms.init_app(app)

    @forms.handler("name", NameForm)
    def save_name(form: NameForm) -> None:
        session["name"] = form.name.data

    @app.get("/")
    def index() -> str:
        return render_template_string(
            "<p>Hello, {{ session.name }}</p>{{ show_form('name') }}"
        )

    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client without the headers a browser adds."""
    return app.test_client()


@pytest.fixture
def browser(app: Flask) -> FormClient:
    """A client that fills in forms, and says that requests come from the site."""
    return FormClient(app, app.response_class)


@pytest.fixture
def package() -> Path:
    """Give the folder of the installed package."""
    return Path(flask_nameform.__file__).parent


@pytest.fixture
def catalogs(package: Path) -> Path:
    """Give the folder of our catalogs, which an install compiles."""
    if not any(package.rglob("*.mo")):
        pytest.skip("Not compiled: install the package once more.")

    return package / "translations"
