"""Each row is failed by an app that does not meet it: misconfigured, or broken."""

from __future__ import annotations

import random
import string
import sys
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from flask import request
from flask_nameform import csrf
from flask_simpleauth import (
    Attributes,
    Rule,
    SignupForm,
    Throttled,
    WeakPassword,
    authentication,
    contact,
    flows,
    guards,
    invitations,
    links,
    passwords,
    recovery,
    sessions,
    strength,
    unlocking,
    views,
    visit,
)
from flask_simpleauth.errors import InvalidIdentity
from flask_simpleauth.links import Purpose
from flask_simpleauth.state import current_state
from flask_simpleauth.store import Token
from flask_simpleauth.stores import memory
from flask_simpleauth.testing import Mailbox
from flask_simpleauth.throttling import Limit, Throttle
from wtforms import StringField, TelField
from wtforms.validators import Length, Regexp

if TYPE_CHECKING:
    from tests.security.check.conftest import Judge, Look, MakeApp

Break = Callable[[pytest.MonkeyPatch], None]

SITE = {"SIMPLEAUTH_ORIGIN": "https://guests.example"}


def nothing(*args: Any, **kwargs: Any) -> None:
    """Do nothing of what should be done."""


def put(owner: Any, name: str, value: Any) -> Break:
    """Break the code in this place."""
    return lambda monkeypatch: monkeypatch.setattr(owner, name, value)


def only_of_digits(self: Any, password: str, *, personal: Any = ()) -> None:
    if not any(character.isdigit() for character in password):
        raise WeakPassword("A digit, please.")


def always_good(self: links.Links, purpose: Purpose, text: str) -> Token:
    """Read a link whatever it is for, however old it is, and how often it was used."""
    token: Any = {"address": "newcomer@example.org"}
    return Token("", purpose.name, None, 0, 0, 0, data=token)


def anybodys(self: sessions.Sessions, key: str) -> Token | None:
    """Take any key for that of the session which was started last."""
    tokens: Any = self._tokens
    running = [t for t in tokens._tokens.values() if t.kind == "session"]
    return running[-1] if running and key else None


def foreseeable() -> str:
    return "".join(random.choice(string.ascii_letters) for _ in range(43))  # noqa: S311 # on purpose


def told_by_words(services: Any, normalised: str, typed: str) -> Any:
    user = services.users.find(normalised)
    if user is None:
        raise InvalidIdentity()
    return user


def only_known_are_limited(self: Throttle, limit: Any, **who: Any) -> list[str]:
    if limit.purpose == "reset" and who["account"] != "nobody@example.org":
        raise Throttled(retry_after=1)
    return []


def query_is_a_way_in(self: Any, services: Any) -> Token | None:
    key = request.cookies.get(self._cookie_name) or request.args.get("key", "")
    token: Token | None = services.sessions.resolve(key)
    return token


def twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away both that a link is used up, and that it is bound to a password."""
    again = memory.MemoryTokens.get
    monkeypatch.setattr(
        memory.MemoryTokens,
        "consume",
        lambda self, digest, kind, now: again(self, digest, kind),
    )
    monkeypatch.setattr(links.Links, "_state_of", lambda *_: "")


def blanks_are_never_right(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse a password that begins with one."""
    real = passwords.Passwords.verify
    monkeypatch.setattr(
        passwords.Passwords,
        "verify",
        lambda self, stored, text: text[:1] != " " and real(self, stored, text),
    )


def once_only(owner: Any, name: str, then: object) -> Break:
    """Do what it does the first time, when it is seen whether anybody gets in."""

    def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
        real, calls = getattr(owner, name), count()
        monkeypatch.setattr(
            owner, name, lambda *args: then if next(calls) else real(*args)
        )

    return break_it


def short_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make keys of eight characters, and take them."""
    monkeypatch.setattr(sessions, "new_key", lambda: foreseeable()[:8])
    monkeypatch.setattr(sessions, "KEY_LENGTH", 8)


# By the row, whatever keeps it from being met. What a site can do is a configuration
# or a template, in the tests below; this is what only we could do.
BROKEN: dict[str, tuple[str, Break]] = {
    "open redirect": ("3.7.2", put(views, "open_next", lambda sealed: sealed)),
    "no rules": ("6.2.1", put(strength.PasswordRules, "check", nothing)),
    "no change": ("6.2.2", put(flows, "set_password", nothing)),
    "all are right": ("6.2.2", put(passwords.Passwords, "verify", lambda *_: True)),
    "current is not asked": ("6.2.3", put(flows, "reauthenticate", nothing)),
    "no list": ("6.2.4", put(strength, "is_common", lambda _: False)),
    "digits": ("6.2.5", put(strength.PasswordRules, "check", only_of_digits)),
    "blanks are cut": ("6.2.8", put(passwords, "_normalised", str.strip)),
    "case is folded": ("6.2.8", put(passwords, "_normalised", str.casefold)),
    "end is cut": ("6.2.8", put(passwords, "_normalised", lambda text: text[:40])),
    "blanks are never right": ("6.2.8", blanks_are_never_right),
    "short ones only": ("6.2.9", put(authentication, "MAX_LENGTH", 72)),
    "none is right later": ("6.2.10", once_only(passwords.Passwords, "verify", False)),
    "no words": ("6.2.11", put(strength.PasswordRules, "_is_about", lambda *_: False)),
    "no throttle": ("6.3.1", put(Throttle, "reserve", lambda *_, **__: [])),
    "no limit by address": (
        "6.3.1",
        put(Limit, "for_address", lambda limit: Rule(10**6, limit.window)),
    ),
    "no throttle for JSON": ("6.3.4", put(Throttle, "reserve", lambda *_, **__: [])),
    "a key in the query": (
        "6.3.4",
        put(visit.Visit, "_shown_token", query_is_a_way_in),
    ),
    "words tell": ("6.3.8", put(authentication, "_look_up", told_by_words)),
    "limits tell": ("6.3.8", put(Throttle, "reserve", only_known_are_limited)),
    "a month": ("6.4.1", put(invitations, "INVITE", Purpose("invite", 30 * 86400))),
    "dead links live": ("6.4.1", put(links.Links, "read", always_good)),
    "no new password": ("6.4.3", put(recovery, "set_password", nothing)),
    "twice": ("6.5.1", twice),
    "the key of a link is stored": (
        "6.5.2",
        put(links, "digest_of", lambda *parts: parts[0]),
    ),
    "digests of another kind": (
        "6.5.2",
        put(sessions, "digest_of", lambda *parts: parts[0][::-1]),
    ),
    "foreseeable": ("6.5.3", put(links, "new_key", foreseeable)),
    "short": ("6.5.4", put(links, "new_key", lambda: "QQ")),
    "half an hour": ("6.5.5", put(recovery, "RESET", Purpose("reset", 30 * 60))),
    "hours": ("6.5.5", put(unlocking, "LINK", Purpose("unlock", 3 * 3600))),
    "for anything": ("6.6.2", put(links.Links, "read", always_good)),
    "for whatever comes": ("6.6.2", put(links.Links, "_state_of", lambda *_: "")),
    "made up": ("6.6.3", put(recovery, "finish_reset", nothing)),
    "any key": ("7.2.1", put(sessions.Sessions, "resolve", anybodys)),
    "no key, but the first": ("7.2.1", once_only(sessions.Sessions, "resolve", None)),
    "static": ("7.2.2", put(sessions, "new_key", lambda: "k" * 43)),
    "short keys": ("7.2.3", short_keys),
    "the old goes on": ("7.2.4", put(sessions.Sessions, "end", nothing)),
    "never idle": ("7.3.1", put(sessions.Sessions, "_idle", lambda *_: 10**9)),
    "for ever": ("7.3.2", put(sessions.Sessions, "_runs", lambda *_: True)),
    "signed out and in": ("7.4.1", put(sessions.Sessions, "end", nothing)),
    "gone and there": ("7.4.2", put(Attributes, "is_active", lambda *_: True)),
    "others stay": ("7.4.3", put(memory.MemoryTokens, "revoke", lambda *_, **__: 0)),
    "others stay after a link": ("7.4.3", put(recovery, "set_password", nothing)),
    "nobody can": (
        "7.4.5",
        put(sessions.Sessions, "end_others", lambda *_, **__: 0),
    ),
    "no password for the address": ("7.5.1", put(contact, "reauthenticate", nothing)),
    "no list of sessions": ("7.5.2", put(sessions.Sessions, "list_for", lambda *_: [])),
    "no password for sessions": (
        "7.5.2",
        put(guards.Requirement, "_is_fresh", lambda _: True),
    ),
    "sessions go on": (
        "7.5.2",
        put(sessions.Sessions, "end_others", lambda *_, **__: 0),
    ),
    "another cookie": ("3.3.1", put(visit, "cookie_name", lambda **_: "__Host-other")),
}


@pytest.mark.parametrize("how", BROKEN)
def test_broken(
    make_app: MakeApp,
    mails: Mailbox,
    monkeypatch: pytest.MonkeyPatch,
    how: str,
    verdict: Judge,
) -> None:
    """Where our own code does not do what a row asks for, the row is not met."""
    number, break_it = BROKEN[how]
    config = {
        **SITE,
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_NAME": "__Host-session",
    }
    app = make_app(config=config, mailer=mails)
    break_it(monkeypatch)
    if number == "7.4.2":
        monkeypatch.setattr(sessions.Sessions, "end_others", lambda *_, **__: 0)
    if number == "7.4.1":
        monkeypatch.setattr(sessions.Sessions, "_runs", lambda *_: True)
    assert verdict(app, number) == "fail"


def test_sessions_survive_a_reset(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch, verdict: Judge
) -> None:
    """A new password by link that leaves a session is none that is safe."""
    app = make_app()
    assert verdict(app, "6.4.3") == "pass"
    monkeypatch.setattr(memory.MemoryTokens, "revoke", lambda *_, **__: 0)
    assert verdict(app, "6.4.3") == "fail"


PASSWORD_FIELD = '<input name="password" type="{}" autocomplete="{}" {}>'
MASKED, OFF = ("password", "current-password"), ("password", "off")

#: By the row: a template of the site that does not meet it.
TEMPLATES = {
    "shown": ("6.2.6", PASSWORD_FIELD.format("text", "current-password", "")),
    "no pasting": ("6.2.7", PASSWORD_FIELD.format(*MASKED, 'onpaste="return false"')),
    "no manager": ("6.2.7", PASSWORD_FIELD.format(*OFF, "")),
    "cut": ("6.2.9", PASSWORD_FIELD.format(*MASKED, 'maxlength="20"')),
    "hint": ("6.4.2", '<input name="password_hint">'),
    "code": ("6.6.3", '<input name="code" autocomplete="one-time-code">'),
}


@pytest.mark.parametrize("how", TEMPLATES)
def test_template(make_app: MakeApp, how: str, verdict: Judge) -> None:
    """A page that the site has replaced is looked at as it is."""
    number, text = TEMPLATES[how]
    app = make_app(templates={"login.html": f"<!doctype html>{text}"})
    assert verdict(app, number) == "fail"


@pytest.mark.parametrize("number", ["6.2.2", "7.4.4"])
def test_bare_account_page(
    make_app: MakeApp, number: str, verdict: Judge, look: Look
) -> None:
    """An account page without the forms has no way to a new password, nor out."""
    app = make_app(templates={"account.html": "<!doctype html>Your account"})
    assert verdict(app, number) == "fail"
    assert "/auth/account" in look(app, "7.4.4").seen


def test_telephone(make_app: MakeApp, verdict: Judge) -> None:
    """Who asks for a telephone number has to see what it is for."""

    class Form(SignupForm):
        phone = TelField("Phone", render_kw={"autocomplete": "tel"})

    assert verdict(make_app(sign_up_form=Form), "6.6.1") == "fail"


def test_secret_question(make_app: MakeApp, verdict: Judge) -> None:
    """A field for a secret question is one, on a form of the site's own too."""

    class Form(SignupForm):
        question = StringField("Question")

    assert verdict(make_app(sign_up_form=Form), "6.4.2") == "fail"


@pytest.mark.parametrize(
    ("number", "config"),
    [
        ("3.3.1", {}),
        ("3.3.1", SITE),
        ("3.3.3", {**SITE, "SESSION_COOKIE_NAME": "__Secure-session"}),
        (
            "3.3.3",
            {
                **SITE,
                "SESSION_COOKIE_NAME": "__Host-session",
                "SESSION_COOKIE_SECURE": True,
                "SESSION_COOKIE_DOMAIN": "guests.example",
            },
        ),
        ("3.5.1", {"NAMEFORM_CSRF": "off"}),
        ("6.2.4", {"SIMPLEAUTH_PASSWORD_MIN_LENGTH": 15}),
    ],
)
def test_configuration(
    make_app: MakeApp, number: str, config: dict[str, object], look: Look
) -> None:
    """What a key sets is what is looked at, and the cure names a key or says why."""
    finding = look(make_app(config=config), number)
    assert finding.verdict.value == "fail"
    assert finding.cure


def test_exempt_view(make_app: MakeApp, look: Look) -> None:
    """A view that takes posts of other sites is named, and was not called."""
    app = make_app()
    called: list[str] = []

    @app.post("/hooks/<int:number>")
    @csrf.exempt
    def hook(number: int) -> str:
        called.append("hook")
        return "taken"

    finding = look(app, "3.5.1")
    assert finding.verdict.value == "fail"
    assert "hook" in finding.seen
    assert "change" not in finding.seen
    assert called == []


def test_default_account(make_app: MakeApp, verdict: Judge, look: Look) -> None:
    """An account that everybody knows of is found in the real store, till it is off."""
    app = make_app()
    cli = app.test_cli_runner()
    args = ["auth", "create-user", "admin@example.org", "--password"]
    cli.invoke(args=[*args, "correct horse battery"])
    assert "admin@example.org" in look(app, "6.3.2").seen
    cli.invoke(args="auth deactivate admin@example.org")
    assert verdict(app, "6.3.2") == "pass"


def test_default_username(make_app: MakeApp, verdict: Judge, look: Look) -> None:
    """Where there are user names, those are looked for too."""

    class Users(memory.MemoryUsers):
        attributes = Attributes(username="email")

    store = memory.MemoryStore(users=Users())
    app = make_app(store=store)
    assert verdict(app, "6.3.2") == "pass"
    store.users.create({"email": "root", "name": "", "password_hash": "x"})
    assert "root" in look(app, "6.3.2").seen


def test_without_active(make_app: MakeApp, verdict: Judge) -> None:
    """Where the users have no ``active``, they are deactivated all the same."""

    class Users(memory.MemoryUsers):
        attributes = Attributes(active=None, confirmed_at=None)

    app = make_app(store=memory.MemoryStore(users=Users()))
    assert verdict(app, "7.4.2") == "pass"


@pytest.mark.parametrize("answer", [False, True, OSError("no network")])
def test_stolen_passwords(
    make_app: MakeApp, answer: bool | OSError, verdict: Judge
) -> None:
    """What is to know stolen passwords is asked, has to know one, and not any."""

    def breached(password: str) -> bool:
        if isinstance(answer, OSError):
            raise answer
        return answer

    assert verdict(make_app(breached=breached), "6.2.12") == "fail"


@pytest.mark.parametrize(
    "number", ["6.2.3", "6.3.3", "6.3.8", "6.4.4", "7.3.1", "7.4.1", "7.4.2", "7.6.2"]
)
def test_nobody_gets_in(make_app: MakeApp, look: Look, number: str) -> None:
    """Where nobody can sign in, nothing is met by that."""
    app = make_app()
    app.before_request(lambda: ("Closed today.", 503))
    finding = look(app, number)
    assert finding.verdict.value == "fail"
    assert "could not be tried" in finding.seen
    assert "/auth/-/forms/login, which answered 503." in finding.seen


class Fussy(SignupForm):
    """What a sign-up form should not ask for."""

    password: Any = StringField(
        validators=[Length(max=40), Regexp("[a-z]")],
        render_kw={"onpaste": "return false"},
    )
    pet = StringField("The name of your first pet")


@pytest.mark.parametrize("number", ["6.2.5", "6.2.6", "6.2.7", "6.2.9", "6.4.2"])
@pytest.mark.parametrize("mailer", [None, Mailbox()], ids=["at once", "by a link"])
def test_own_sign_up_form(
    make_app: MakeApp, number: str, mailer: Mailbox | None, verdict: Judge
) -> None:
    """A form of the app's own is looked at, and filled in, as visitors get it."""
    app = make_app(sign_up_form=Fussy, mailer=mailer)
    assert verdict(app, number) == "fail"


def test_nobody_signs_up(make_app: MakeApp, verdict: Judge) -> None:
    """Where nobody can sign up, no form asks anything of a password."""
    app = make_app(sign_up_form=Fussy, config={"SIMPLEAUTH_SIGN_UP": "closed"})
    assert verdict(app, "6.2.6") == verdict(app, "6.2.9") == "pass"


def test_names_that_are_taken(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch, verdict: Judge
) -> None:
    """Signing up tells who has a user name, whatever is mailed."""
    app = make_app(mailer=Mailbox())
    assert verdict(app, "6.3.8") == "pass"
    users = app.extensions["simpleauth"].services().users
    monkeypatch.setattr(users, "attributes", Attributes(username="nick"))
    assert verdict(app, "6.3.8") == "fail"


def test_another_site_signs_somebody_in(make_app: MakeApp, look: Look) -> None:
    """It is told what lets it."""
    finding = look(make_app(config={"NAMEFORM_CSRF": "off"}), "7.6.2")
    assert finding.verdict.value == "fail"
    assert "NAMEFORM_CSRF" in finding.cure


def test_other_ways_in(make_app: MakeApp, look: Look) -> None:
    """An extension that signs people in too is named."""
    app = make_app()
    app.extensions["login_manager"] = object()
    assert "login_manager" in look(app, "6.3.4").seen


@pytest.mark.parametrize(
    "number", ["6.8.1", "6.8.2", "6.8.3", "6.8.4", "7.1.3", "7.6.1"]
)
@pytest.mark.parametrize("how", ["imported", "attached"])
def test_other_sites(
    make_app: MakeApp,
    monkeypatch: pytest.MonkeyPatch,
    number: str,
    how: str,
    verdict: Judge,
) -> None:
    """That no other site signs people in is not said where one might."""
    app = make_app()
    assert verdict(app, number) == "n/a"
    if how == "attached":
        app.extensions["authlib.integrations.flask_client"] = object()
    else:
        monkeypatch.setitem(sys.modules, "saml2", sys)
    assert verdict(app, number) == "fail"


def test_mail_without_an_address(
    make_app: MakeApp, mails: Mailbox, verdict: Judge, look: Look
) -> None:
    """A site that sends mail has to know where it is; on one's own machine it does."""
    app = make_app(mailer=mails)
    assert "SIMPLEAUTH_ORIGIN" in look(app, "6.4.3").cure
    app.debug = True
    assert verdict(app, "6.4.3") == "pass"


def test_signed_in_by_a_link(make_app: MakeApp, verdict: Judge) -> None:
    """An app that signs somebody in for opening a page is found out."""
    app = make_app()

    @app.before_request
    def magic() -> None:
        user = current_state().services().users.find(request.args.get("email", ""))
        if user is not None:
            visit.current_visit().sign_in(user)

    assert verdict(app, "7.6.2") == "fail"


def test_nowhere_to_sign_out(make_app: MakeApp, look: Look) -> None:
    """Pages without a way to sign out are named; what cannot be seen is, too."""
    app = make_app()
    auth: Any = app.extensions["simpleauth"].extension
    app.add_url_rule("/bare", "bare", auth.login_required(lambda: "Hello"))
    app.add_url_rule(
        "/admin", "admin", auth.login_required(role="admin")(lambda: "Hello")
    )
    finding = look(app, "7.4.4")
    assert finding.verdict.value == "fail"
    assert "No way to sign out on /bare." in finding.seen
    assert "not to be seen with a made-up account: /admin" in finding.seen.lower()


def test_no_page_is_seen(make_app: MakeApp, look: Look) -> None:
    """That each page lets one sign out is not said where none could be seen."""
    app = make_app()

    @app.before_request
    def show_no_page() -> tuple[str, int] | None:
        is_page = request.headers.get("Accept") == "text/html"
        return ("Not today.", 404) if is_page else None

    finding = look(app, "7.4.4")
    assert finding.verdict.value == "fail"
    assert finding.seen.startswith("No page for signed-in users could be seen.")


def test_document_gone_stale(make_app: MakeApp, verdict: Judge) -> None:
    """A document that says something else than the app does today is no document."""
    app = make_app()
    text = app.test_cli_runner().invoke(args="auth policy").output
    for number in ("6.1.1", "6.1.2", "6.1.3", "7.1.1", "7.1.2"):
        assert verdict(app, number, document=f"# Ours\n\n{text}\nAnd more.") == "pass"
        assert verdict(app, number, document="") == "fail"
    later = make_app(config={"SIMPLEAUTH_PASSWORD_MIN_LENGTH": 14})
    assert verdict(later, "6.1.1", document=text) == "fail"


def test_longer_than_nist(make_app: MakeApp) -> None:
    """Sessions longer than NIST allows have to be justified in the document."""
    app = make_app()
    text = app.test_cli_runner().invoke(args="auth policy").output
    assert "The reason is" not in text

    app = make_app(config={"SIMPLEAUTH_SESSION_LIFETIME": timedelta(days=90)})
    assert "The reason is:" in app.test_cli_runner().invoke(args="auth policy").output


def test_looking_fails(make_app: MakeApp, look: Look) -> None:
    """What cannot be looked at is not met, and the reason is told."""
    app = make_app()

    @app.before_request
    def fail() -> None:
        raise ZeroDivisionError("of mine")

    app.config["PROPAGATE_EXCEPTIONS"] = True
    finding = look(app, "6.2.2")
    assert finding.verdict.value == "fail"
    assert "ZeroDivisionError: of mine" in finding.seen
