"""ASVS 6.3: the ways in, and how they are kept from being forced."""

from __future__ import annotations

import secrets
import sys
from contextlib import suppress

from werkzeug.datastructures import Authorization
from werkzeug.test import TestResponse

from ..errors import AuthError, Throttled
from ..flows import sign_up
from ..throttling import SIGN_IN
from .rehearsal import Account, Browser, Rehearsal
from .report import OURS, Finding, in_words, met, not_applicable, not_met, row

#: Names that things come with, before and after the sign.
_DEFAULT_NAMES = (
    "admin",
    "administrator",
    "demo",
    "guest",
    "root",
    "sa",
    "test",
    "user",
)
_DEFAULT_HOSTS = ("example.com", "example.net", "example.org", "localhost", "test")

#: Extensions that sign people in too, by what they put into ``app.extensions``.
_OTHER_WAYS = (
    "flask-jwt-extended",
    "flask_httpauth",
    "jwt",
    "login_manager",
    "oidc",
    "security",
    "user_manager",
)

#: Those that let another site say who somebody is: in ``app.extensions``, by module.
_FEDERATION = {
    "authlib.integrations.flask_client": "Authlib",
    "authlib.integrations.flask_client.apps": "Authlib",
    "flask_dance": "Flask-Dance",
    "flask_oidc": "Flask-OIDC",
    "flask_pyoidc": "Flask-pyoidc",
    "flask_saml2": "flask-saml2",
    "onelogin.saml2": "python3-saml",
    "saml2": "pysaml2",
}


@row("6.3.1", 1, "Guessing and stuffing are held up")
def guessing(probe: Rehearsal) -> Finding:
    """Guess, at one account and from one address."""
    account = probe.account()
    limit = SIGN_IN.by_account
    answers = [_guess(probe, account).status_code for _ in range(limit + 1)]
    if answers[-1] != 429 or probe.signed_in(account).is_signed_in:
        return not_met(
            f"After {limit} wrong passwords for an account, another was looked at.",
            OURS,
        )
    another = probe.account()
    for _ in range(SIGN_IN.by_address):
        with suppress(Throttled):
            probe.services.throttle.reserve(SIGN_IN, address="127.0.0.1")
    if _guess(probe, another).status_code != 429:
        return not_met("Tries from one address are not limited.", OURS)
    return met(
        f"The {limit + 1}th wrong password for an account, and the right one after it,"
        " were refused (429) until a wait is over, and so was an address after"
        f" {SIGN_IN.by_address} tries at any accounts."
    )


@row("6.3.2", 1, "There are no accounts that everybody knows of")
def default_accounts(probe: Rehearsal) -> Finding:
    """Look into the app's own store."""
    names = [f"{name}@{host}" for name in _DEFAULT_NAMES for host in _DEFAULT_HOSTS]
    with probe.app.app_context():
        users = probe.real.services().users
        if users.attributes.username is not None:
            names += _DEFAULT_NAMES
        found = {name: users.find(name) for name in names}
        usable = [
            name
            for name, user in found.items()
            if user is not None
            and users.attributes.is_active(user)
            and users.attributes.read(user, "password_hash")
        ]
    if usable:
        return not_met(
            f"The store has {in_words(usable)}, active and with a password.",
            "flask auth deactivate, or flask auth delete-user.",
        )
    return met(f"Of {len(names)} usual names none is in the store and can sign in.")


@row("6.3.3", 2, "More than a password is asked for")
def factors(_probe: Rehearsal) -> Finding:
    """Say what came of signing in, without which no row is looked at."""
    return not_met(
        "An address and a password were enough.",
        "There is no second factor yet. Accept the row if that is right for you.",
    )


@row("6.3.4", 2, "All ways in are known, and none is weaker")
def ways_in(probe: Rehearsal) -> Finding:
    """Try the ways that others have."""
    account = probe.account()
    others = [name for name in _OTHER_WAYS if name in probe.app.extensions]
    if others:
        return not_met(
            f"The app has other extensions that sign people in: {in_words(others)}.",
            "Take them out, or see that they limit tries as this one; accept the row.",
        )
    for _ in range(SIGN_IN.by_account):
        _guess(probe, account)
    by_json = probe.browser()
    by_json.post(
        probe.form_path("login"),
        json={"email": account.email, "password": account.password},
    )
    if by_json.is_signed_in:
        return not_met("JSON was taken where a form had been refused.", OURS)
    fresh = probe.account()
    if any(_has_side_path(probe, fresh)):
        return not_met("Basic authentication or a token in the address worked.", OURS)
    return met(
        "The ways in are the sign-in form and JSON, which share one count of tries, and"
        " API tokens, which are random. Basic authentication, a key in the address and"
        " a cookie of the other scheme signed nobody in."
    )


@row("6.3.8", 3, "Nothing tells who has an account")
def enumeration(probe: Rehearsal) -> Finding:
    """Ask for what is there and for what is not."""
    account = probe.account()
    nobody = Account(None, "nobody@example.org", secrets.token_urlsafe(24))
    words = [_told(probe, "login", one.email) for one in (account, nobody)]
    if words[0] != words[1]:
        return not_met("The sign-in page tells.", OURS)
    if probe.state.mailer is None and probe.settings.sign_up == "open":
        with probe.app.app_context():
            try:
                sign_up(probe.services, account.email, nobody.password)
            except AuthError as error:
                return not_met(
                    f"Signing up tells: {error}",
                    "Give SimpleAuth a mailer: then a mail tells, and no page does.",
                )
    for form in ("forgot", "signup"):
        answers = [_told(probe, form, one.email) for one in (account, nobody)]
        if answers[0] != answers[1]:
            return not_met(f"The form {form!r} tells.", OURS)
    own = probe.real.services().users.attributes
    if own.username is not None and probe.settings.sign_up == "open":
        return not_met(
            "Signing up tells which user names are taken.",
            "Without user names nothing does. Accept the row if they are no secret.",
        )
    return met("Sign-in, sign-up and forgotten passwords answer the same for both.")


def federation(probe: Rehearsal) -> list[str]:
    """Return what in the app lets other sites say who somebody is."""
    loaded = {name for name in _FEDERATION if name in sys.modules}
    attached = {name for name in _FEDERATION if name in probe.app.extensions}
    return sorted({_FEDERATION[name] for name in loaded | attached})


def _of_federation(probe: Rehearsal) -> Finding:
    found = federation(probe)
    if found:
        return not_met(
            f"{in_words(found)} is there: what it does was not looked at.",
            "See what the row asks of it, and accept the row.",
        )
    return not_applicable(
        f"Nobody is signed in by another site: none of the {len(_FEDERATION)} libraries"
        " for that is imported or on the app."
    )


several_providers = row("6.8.1", 2, "One provider cannot pass for another")(
    _of_federation
)
assertions = row("6.8.2", 2, "What providers say is verified")(_of_federation)
replays = row("6.8.3", 2, "What they say in SAML is good once")(_of_federation)
strength_elsewhere = row("6.8.4", 2, "How strong they were is asked for")(
    _of_federation
)
federated_document = row(
    "7.1.3", 2, "Sessions shared with other systems are documented"
)(_of_federation)
federated_sessions = row("7.6.1", 2, "Sessions with other systems end as documented")(
    _of_federation
)


def _guess(probe: Rehearsal, account: Account) -> TestResponse:
    return probe.browser().send("login", email=account.email, password="wrong")  # noqa: S106 # on purpose


def _told(probe: Rehearsal, form: str, email: str) -> tuple[int, str, str]:
    answer = probe.browser().send(form, email=email, password="wrong")  # noqa: S106 # on purpose
    text = answer.text.replace(email, "")
    return answer.status_code, answer.headers.get("Location", ""), text


def _has_side_path(probe: Rehearsal, account: Account) -> list[bool]:
    """Tell of each way that others have whether it signs somebody in."""
    key = probe.signed_in(account).session_key
    path = f"{probe.prefix}/account"
    accept = {"Accept": "application/json"}
    basic = Authorization(
        "basic", {"username": account.email, "password": account.password}
    )
    with probe.app.app_context():
        token = probe.services.api_tokens.make(account.user.id, "rehearsal")
    queries = ({"token": token}, {"auth_token": token}, {"key": key})
    other = Browser(probe.app, probe.app.response_class)
    other.rehearsal = probe
    wrong_name = "simpleauth" if probe.is_secure else "__Host-simpleauth"
    other.set_cookie(wrong_name, key, domain=probe.host)
    answers = [
        probe.browser().get(path, auth=basic, headers=accept),
        *(probe.browser().get(path, query_string=q, headers=accept) for q in queries),
        other.get(path, headers=accept),
    ]
    return [answer.status_code == 200 for answer in answers]
