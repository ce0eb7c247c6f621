"""Input that nobody's browser sends, by the thousand: Hypothesis makes it.

CI tries some of it; ``tox -e fuzz`` tries tens of thousands. ``TESTS_HOSTILE_INPUTS``
says how many for each test.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from flask_greet.language import find_language
from flask_greet.name import clean_name as clean_greeted_name
from flask_nameform import marker
from flask_nameform.locale import find_locale
from flask_simpleauth import AuthError
from flask_simpleauth.errors import LinkIsDead
from flask_simpleauth.identity import clean_name, normalise, normalise_username
from flask_simpleauth.known_devices import KnownDevice
from flask_simpleauth.recovery import RESET
from flask_simpleauth.state import current_state
from flask_simpleauth.testing import FakeClock
from flask_simpleauth.way_back import is_local, open_next, seal_next
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from example_app.extensions import db
from example_app.models import AuditEntry, Base

if TYPE_CHECKING:
    from tests.security.conftest import MakeSite, Site

INPUTS = int(os.environ.get("TESTS_HOSTILE_INPUTS", "150"))

#: What would be seen if it came back as it is.
XSS = "<xss y='z\">"

many = settings(
    max_examples=INPUTS,
    deadline=None,
    derandomize="TESTS_HOSTILE_INPUTS" not in os.environ,
    suppress_health_check=list(HealthCheck),
    database=None,
)

odd_text = st.one_of(
    st.text(max_size=30),
    st.text(st.characters(categories=["Cs", "Cc", "Cf", "Zs", "Mn"]), max_size=10),
    st.sampled_from(
        [
            XSS,
            "{{ 7 * 7 }}",
            "{% raw %}",
            "%s%n",
            "' OR 1=1 --",
            "../../etc/passwd",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example/",
            "javascript:alert(1)",
            "\r\nSet-Cookie: a=b",
            "\0",
            "\ud800",
            "Ａ" * 400,
            "x" * 5000,
            "1e999",
            "-1",
            "9" * 400,
            "NaN",
        ]
    ),
)

odd_json = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(allow_nan=True), odd_text
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(odd_text, inner, max_size=3)
    ),
    max_leaves=6,
)


def bent(text: str) -> st.SearchStrategy[str]:
    """Return what is nearly this text: cut, doubled, with something else in it."""
    places = st.integers(0, len(text))
    return st.one_of(
        st.builds(lambda n: text[:n], places),
        st.builds(lambda n: text[n:], places),
        st.builds(lambda n, new: text[:n] + new + text[n:], places, odd_text),
        st.builds(lambda n, new: text[:n] + new + text[n + 1 :], places, odd_text),
        st.builds(lambda n: text[:n] + text[n:].swapcase(), places),
        st.sampled_from([text, text * 2, text + ".", text.replace(".", "")]),
    )


FIELDS = [
    "email",
    "password",
    "name",
    "next",
    "key",
    "interrupted",
    "new",
    "current",
    "remember",
    "text",
    "role_name",
    "language",
    "session",
    "sure",
    "q",
    "submit",
    "csrf_token",
    "_form",
]


class Target:
    """The example app, closed to newcomers, and what would tell that it was changed."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.clock = FakeClock()
        site.app.extensions["simpleauth"].replace(clock=self.clock)
        site.app.config["PROPAGATE_EXCEPTIONS"] = False
        self.ada = site.sign_in("ada")
        page = self.ada.get("/").text
        self.markers = re.findall(r'name="_form"[^>]*value="([^"]*)"', page)
        self.paths = site.pages()
        self.forms = [
            re.sub(r"<[^>]*>", name, rule.rule)
            for rule in site.app.url_map.iter_rules()
            if "/-/forms/" in rule.rule
            for name in _form_names(site, rule.rule)
        ]
        self.tried = 0

    def rows(self) -> dict[str, int]:
        """Return how many rows each table has, but those that count and record."""
        with self.site.app.app_context():
            return {
                table.name: db.session.scalar(select(func.count()).select_from(table))
                or 0
                for table in Base.metadata.sorted_tables
                if table.name not in ("simpleauth_counter", AuditEntry.__tablename__)
            }


def _form_names(site: Site, rule: str) -> list[str]:
    registry = site.app.extensions["nameform"].registry
    prefix = {"/auth": "simpleauth.", "/admin": "admin."}
    start = next((p for p in prefix if rule.startswith(p)), "")
    names = [str(name) for name in registry]
    return [
        name.rpartition(".")[2]
        for name in names
        if name.startswith(prefix.get(start, "")) and ("." in name) is bool(start)
    ]


@pytest.fixture
def target(make_site: MakeSite) -> Target:
    return Target(make_site(SIMPLEAUTH_SIGN_UP="closed"))


def paths_of(target: Target) -> st.SearchStrategy[str]:
    known = st.sampled_from(target.paths + target.forms)
    return st.one_of(
        known,
        st.builds(
            lambda path, more: path + quote(more, safe="/", errors="replace"),
            known,
            odd_text,
        ),
        st.builds(lambda more: "/" + quote(more, safe="/", errors="replace"), odd_text),
    )


def _quoted(text: str) -> str:
    return quote(text, safe="/", errors="replace")


def header_text() -> st.SearchStrategy[str]:
    # What a server lets through: Latin-1 without controls.
    return st.one_of(
        st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=40),
        st.sampled_from(["*/*", "application/json", "text/html", "de,en;q=x", "null"]),
    ).map(str.strip)


def requests_to(target: Target, **headers: str) -> st.SearchStrategy[dict[str, Any]]:
    """Return requests of every shape, with these headers."""
    field = st.one_of(
        odd_text, *(bent(each) for each in target.markers[:2]), st.just("1")
    )
    names = st.one_of(st.sampled_from(FIELDS), odd_text)
    form = st.dictionaries(names, field, max_size=6)
    body = st.one_of(
        form.map(lambda data: {"data": _encodable(data)}),
        st.dictionaries(names, odd_json, max_size=6).map(as_json),
        odd_json.map(as_json),
        st.binary(max_size=60).map(
            lambda raw: {"data": raw, "content_type": "application/json"}
        ),
        st.binary(max_size=60).map(
            lambda raw: {"data": raw, "content_type": "multipart/form-data; boundary=x"}
        ),
        st.just({}),
    )
    more = st.dictionaries(
        st.sampled_from(
            [
                "Accept",
                "Accept-Language",
                "Authorization",
                "Cookie",
                "HX-Request",
                "Origin",
                "Range",
                "Referer",
                "Turbo-Frame",
                "User-Agent",
                "X-CSRFToken",
                "X-Forwarded-For",
            ]
        ),
        header_text(),
        max_size=4,
    )
    return st.builds(
        lambda method, path, query, sent, added: {
            "method": method,
            "path": path,
            "query_string": _encodable(query),
            "headers": {**added, **headers},
            **sent,
        },
        st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS"]),
        paths_of(target),
        st.dictionaries(st.sampled_from([*FIELDS, "page"]), odd_text, max_size=3),
        body,
        more,
    )


def as_json(value: object) -> dict[str, Any]:
    # With lone surrogates as they are written in JSON, and with NaN, which is none.
    return {"data": json.dumps(value), "content_type": "application/json"}


def _encodable(data: dict[str, str]) -> dict[str, str]:
    def known(text: str) -> str:
        return text.encode("utf-8", "replace").decode()

    return {known(name): known(value) for name, value in data.items()}


def check_answer(target: Target, client: Any, sent: dict[str, Any]) -> None:
    """Send it, and look at the answer."""
    target.tried += 1
    target.clock.advance(2)
    answer = client.open(**sent)
    told = (sent, answer.status_code, answer.headers)
    assert answer.status_code < 500, told
    location = answer.headers.get("Location", "")
    if location:
        host = location.removeprefix(target.site.origin)
        assert host.startswith("/"), told
        assert host[1:2] not in ("/", "\\"), told
    if answer.mimetype == "text/html":
        assert XSS not in answer.get_data(as_text=True), told
    for line in answer.headers.getlist("Set-Cookie"):
        assert line.partition("=")[0] in ("session", "simpleauth", "simpleauth-device")


@pytest.fixture
def counted(count: Callable[[str], None]) -> Iterator[dict[str, int]]:
    figures: dict[str, int] = {}
    yield figures
    for name, number in figures.items():
        count(f"hostile input: {number} {name}")


@pytest.mark.parametrize("kind", ["a visitor", "another site"])
def test_endpoints(target: Target, counted: dict[str, int], kind: str) -> None:
    """Whatever a visitor sends, or another site in Ada's name, nothing changes.

    No 500, no row written, no redirect off the site, no byte that comes back as HTML.
    """
    is_visitor = kind == "a visitor"
    client = target.site.visitor() if is_visitor else target.ada
    if is_visitor:
        requests = requests_to(target)
    else:
        requests = requests_to(target, **{"Sec-Fetch-Site": "cross-site"})
    before = target.rows()

    @many
    @given(requests)
    def attack(sent: dict[str, Any]) -> None:
        if not is_visitor:
            sent["headers"].pop("Cookie", None)
            sent["headers"].pop("Authorization", None)
        check_answer(target, client, sent)

    attack()
    assert target.rows() == before
    counted[f"requests by {kind}"] = target.tried


def test_forms_of_a_user(target: Target, counted: dict[str, int]) -> None:
    """Whatever Ada herself sends, no form answers with a 500."""
    requests = requests_to(target).map(
        lambda sent: {
            **sent,
            "headers": {
                name: value
                for name, value in sent["headers"].items()
                if name not in ("Cookie", "Authorization", "Origin")
            },
        }
    )

    @many
    @given(requests)
    def attack(sent: dict[str, Any]) -> None:
        if sent["path"].endswith(("logout", "delete", "other-sessions")):
            return
        check_answer(target, target.ada, sent)

    attack()
    counted["requests by a user"] = target.tried


def test_way_back(site: Site, counted: dict[str, int]) -> None:
    """Nothing but what we sealed opens, and that only leads to this site."""
    with site.app.test_request_context():
        sealed = seal_next("/mine?page=2")
        tried = 0

        @many
        @given(st.one_of(bent(sealed), odd_text))
        def attack(text: str) -> None:
            nonlocal tried
            tried += 1
            opened = open_next(text)
            assert opened in (None, "/mine?page=2")
            if is_local(text):
                assert text[0] == "/"
                assert text[1:2] not in ("/", "\\")

        attack()
    counted["ways back"] = tried


def test_tokens(site: Site, counted: dict[str, int]) -> None:
    """A token, a key of a session, a link and a device, bent, are nobody's."""
    ada = site.sign_in("ada")
    cookies = {}
    for name in ("simpleauth", "simpleauth-device"):
        cookie = ada.get_cookie(name)
        assert cookie is not None
        cookies[name] = cookie.value
    tried = 0
    with site.app.app_context():
        services, keys = current_state().services(), current_state().secret_keys()
        link = services.links.make(RESET, services.users.find("ada@example.org"))
        device = KnownDevice.read(cookies["simpleauth-device"], keys)
        everything = [*cookies.values(), site.token, link]

        @many
        @given(st.one_of(odd_text, *(bent(each) for each in everything)))
        def attack(text: str) -> None:
            nonlocal tried
            tried += 1
            if text != cookies["simpleauth"]:
                assert services.sessions.resolve(text) is None
            if text != site.token:
                assert services.api_tokens.resolve(text) is None
            assert KnownDevice.read(text, keys) in (None, device)
            try:
                assert services.links.read(RESET, text).user.id == 1
            except LinkIsDead:
                assert text != link

        attack()
    counted["tokens, keys and links"] = tried


def test_markers(site: Site, counted: dict[str, int]) -> None:
    """The marker of a form, bent, is none."""
    tried = 0
    with site.app.test_request_context():
        good = marker.sign(marker.Marker("entry"))

        @many
        @given(st.one_of(bent(good), odd_text))
        def attack(text: str) -> None:
            nonlocal tried
            tried += 1
            # What base64 does not know it leaves out, so that others read as ours.
            assert marker.load(text) in (None, marker.Marker("entry"))

        attack()
    counted["markers"] = tried


def test_languages(counted: dict[str, int]) -> None:
    """Whatever ``Accept-Language`` says, one of the languages offered is answered."""
    offered = ("de", "en", "pt-BR", "zh-Hant")
    tried = 0
    tags = st.one_of(
        odd_text,
        st.lists(
            st.builds(
                "{}{}{}".format,
                st.sampled_from(["de", "en-", "*", "zh-hant-TW", "x" * 99, "-", ""]),
                st.sampled_from(["", ";q=", ";q=0", ";Q=1.5", ";;", ",", " "]),
                odd_text,
            ),
            max_size=5,
        ).map(",".join),
    )

    @many
    @given(tags)
    def attack(text: str) -> None:
        nonlocal tried
        tried += 1
        assert find_language(text, offered) in (None, *offered)
        assert find_locale(text, offered) in offered

    attack()
    counted["headers with languages"] = tried


def test_names(counted: dict[str, int]) -> None:
    """Names and addresses come out in one form, or not at all."""
    tried = 0

    @many
    @given(odd_text)
    def attack(text: str) -> None:
        nonlocal tried
        tried += 1
        assert clean_name(clean_name(text)) == clean_name(text)
        clean_name(text).encode()
        greeted = clean_greeted_name(text)
        assert greeted is None or 0 < len(greeted) <= 64
        for form in (normalise, normalise_username):
            try:
                once = form(text)
            except AuthError:
                continue
            assert form(once) == once
            once.encode()

    attack()
    counted["names and addresses"] = tried
