"""ASVS 6.2, 6.4.2 and 6.6.1: what our pages ask for, and how."""

from __future__ import annotations

import re
import secrets

from ..invitations import invite
from ..recovery import start_reset
from ..sign_up_modes import good_links
from .pages import Page
from .rehearsal import Rehearsal
from .report import Finding, in_words, met, not_applicable, not_met, row

#: Names of our fields that hold a password.
_SECRET = ("password", "current", "new")

#: What keeps a password manager, or somebody who pastes, away.
_HINDRANCES = ("onpaste", "oncopy", "oncut", "ondrop", "onkeydown", "readonly")

_HINT = re.compile(r"hint|question|answer|maiden|pet", re.IGNORECASE)

#: Where to look for the cure.
TEMPLATES = "Look at your templates in templates/simpleauth/, and your sign-up form."


def sign_up_path(probe: Rehearsal) -> str:
    """Return the page on which one signs up, or is told that one cannot."""
    with probe.app.app_context():
        if not good_links():
            return "signup"
        # The form that everybody sees asks for the address alone, where mail is sent.
        key = invite(probe.services, f"{secrets.token_hex(8)}@example.org")
    return f"signup/{key}"


def form_takes(probe: Rehearsal, password: str) -> bool:
    """Tell whether the sign-up form, which may be the app's own, takes this one."""
    key = sign_up_path(probe).partition("/")[2]
    if not key:
        return True  # it is for nobody
    sent = {"key": key, "password": password}
    answer = probe.browser().post(probe.form_path("signup"), json=sent)
    told = answer.get_json(silent=True) or {}
    return "password" not in told.get("errors", {})


def password_pages(probe: Rehearsal) -> dict[str, Page]:
    """Return the pages that ask for a password, by their paths."""
    account = probe.account()
    browser = probe.signed_in(account)
    with probe.app.app_context():
        key = start_reset(probe.services, account.user)
    sign_up = sign_up_path(probe)
    pages = {
        "login": probe.page("login"),
        sign_up: probe.page(sign_up),
        "account": probe.page("account", browser),
        "confirm": probe.page("confirm", browser),
        f"reset/{key}": probe.page(f"reset/{key}"),
    }
    with_password = {path: page for path, page in pages.items() if secret_fields(page)}
    return {path.partition("/")[0]: page for path, page in with_password.items()}


def secret_fields(page: Page) -> list[dict[str, str]]:
    # Of the page on which the address is changed, too; that one is no secret.
    fields = page.named(*_SECRET)
    return [each for each in fields if each.get("autocomplete") != "email"]


@row("6.2.6", 1, "Password fields hide what is typed")
def masked(probe: Rehearsal) -> Finding:
    """Look at the fields."""
    pages = password_pages(probe)
    bare = [
        path
        for path, page in pages.items()
        if any(each.get("type") != "password" for each in secret_fields(page))
    ]
    if bare or not pages:
        return not_met(
            f"A password is shown while it is typed: {in_words(bare or ['login'])}.",
            f'Give the field type="password". {TEMPLATES}',
        )
    return met(f'Every password field has type="password": {in_words(list(pages))}.')


@row("6.2.7", 1, "Pasting and password managers work")
def managers(probe: Rehearsal) -> Finding:
    """Look at what is told to browsers of the fields."""
    pages, bad = password_pages(probe), []
    for path, page in pages.items():
        for each in secret_fields(page):
            hindered = any(name in each for name in _HINDRANCES)
            told = each.get("autocomplete", "")
            if hindered or told not in ("current-password", "new-password"):
                bad.append(path)
    if bad or not pages:
        return not_met(
            f"Fields that hinder a password manager: {in_words(bad or ['login'])}.",
            'They need autocomplete="current-password" or "new-password", and nothing'
            f" that handles pasting. {TEMPLATES}",
        )
    return met(
        "Every password field says which password it is for, and none handles pasting:"
        f" {in_words(list(pages))}. What scripts of the site do was not looked at."
    )


@row("6.4.2", 1, "No hints, no secret questions")
def hints(probe: Rehearsal) -> Finding:
    """Look for fields of such a kind."""
    pages = [probe.page(path) for path in ("login", sign_up_path(probe), "forgot")]
    names = [each.get("name", "") for page in pages for each in page.fields]
    odd = [name for name in names if _HINT.search(name)]
    if odd:
        return not_met(f"There are fields named {in_words(odd)}.", "Do without them.")
    return met(f"None of the {len(names)} fields before signing in is one.")


@row("6.6.1", 2, "Codes by telephone, where there are any, are safe")
def telephone(probe: Rehearsal) -> Finding:
    """Look for anything that knows a telephone number."""
    pages = password_pages(probe).values()
    asked = [
        each
        for page in pages
        for each in page.fields
        if each.get("type") == "tel" or each.get("autocomplete", "").startswith("tel")
    ]
    if asked:
        names = in_words([each.get("name", "") for each in asked])
        return not_met(
            f"Our pages ask for a telephone number: {names}.",
            "If codes are sent to it, see what the row asks of them; then accept it.",
        )
    return not_applicable(
        f"Nobody is asked for a telephone number on {len(pages)} pages, and mail is all"
        " that a message can be sent by."
    )
