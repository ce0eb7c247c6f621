"""ASVS 6.2: which passwords are taken."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta

from ..common_passwords import as_long_as
from ..errors import AuthError
from ..flows import create_user
from ..passwords import MAX_LENGTH
from ..recovery import finish_reset, start_reset
from .fields import TEMPLATES, form_takes, password_pages, secret_fields
from .rehearsal import Rehearsal
from .report import OURS, Finding, in_words, met, not_met, row

#: Of a list of common passwords: enough to see that it is used, few enough to wait for.
_SAMPLE = 60

#: The cure where the app has a sign-up form of its own.
_FORM = "Take the validators from its password: the rules are looked at anyway."

# Shorter ones are too often a part of another.
_WORD = re.compile(r"[^\W_]{3,}")


def _takes(probe: Rehearsal, password: str) -> list[str]:
    """Return by which ways this becomes somebody's password."""
    account, services = probe.account(), probe.services
    browser, taken = probe.signed_in(account), []
    with probe.app.app_context():
        key = start_reset(services, account.user)
        try:
            finish_reset(services, key, password)
            taken.append("a link")
        except AuthError:
            pass
        try:
            create_user(services, f"{secrets.token_hex(8)}@example.org", password)
            taken.append("sign-up")
        except AuthError:
            pass
    account = probe.account() if taken else account
    browser = probe.signed_in(account) if taken else browser
    browser.send("password", current=account.password, new=password)
    account.password = password
    if probe.signed_in(account).is_signed_in:
        taken.append("the account page")
    return taken


@row("6.2.1", 1, "Passwords are at least 8 characters long")
def least_length(probe: Rehearsal) -> Finding:
    """Try one of seven."""
    taken = _takes(probe, "q7#Zb1!")
    least = probe.settings.password_min_length
    if taken:
        return not_met(f"7 characters were taken by {in_words(taken)}.", OURS)
    return met(
        f"7 characters were refused at sign-up, on the account page and by a link;"
        f" {least} are asked for."
    )


@row("6.2.2", 1, "Users can change their password")
def change(probe: Rehearsal) -> Finding:
    """Change one, and sign in with it."""
    account = probe.account()
    new = secrets.token_urlsafe(64)
    browser = probe.signed_in(account)
    browser.send("password", current=account.password, new=new)
    old, account.password = account.password, new
    if not probe.signed_in(account).is_signed_in:
        return not_met("The account page changed no password.", OURS)
    account.password = old
    if probe.signed_in(account).is_signed_in:
        return not_met("After a change the old password was still good.", OURS)
    if not secret_fields(probe.page("account", browser)):
        return not_met("The account page does not ask for a new password.", TEMPLATES)
    return met("The account page changed one: the new was good then, the old not.")


@row("6.2.3", 1, "Changing the password asks for the current one")
def change_asks(probe: Rehearsal) -> Finding:
    """Try it without and with a wrong one."""
    account = probe.account()
    browser, new = probe.signed_in(account), secrets.token_urlsafe(64)
    browser.send("password", new=new)
    browser.send("password", current=secrets.token_urlsafe(24), new=new)
    account.password = new
    if probe.signed_in(account).is_signed_in:
        return not_met("The password was changed without the current one.", OURS)
    return met("Without the current password, and with a wrong one, nothing changed.")


@row("6.2.4", 1, "The 3000 most common passwords are refused")
def common(probe: Rehearsal) -> Finding:
    """Try some that are long enough."""
    least = probe.settings.password_min_length
    known = sorted(as_long_as(least))
    # All are in the same set, so that a few tell of the others.
    sample = known[:: max(1, len(known) // _SAMPLE)]
    taken = [password for password in sample if _passes(probe, password)]
    if taken:
        return not_met(f"{len(taken)} of {len(sample)} common passwords passed.", OURS)
    if len(known) < 3000:
        return not_met(
            f"Of the passwords everybody tries, {len(known)} have {least} characters"
            " or more. All are refused, but the row asks for 3000.",
            "No public list of common passwords has 3000 of this length. Compare with"
            " stolen ones: SimpleAuth(breached=...); then accept this row.",
        )
    return met(
        f"{len(known)} passwords, words and runs of keys that are tried first have"
        f" {least} characters or more; of {len(sample)} that were tried none passed."
    )


@row("6.2.5", 1, "Any characters will do, in any mixture")
def composition(probe: Rehearsal) -> Finding:
    """Try passwords of one sort of characters."""
    length = max(16, probe.settings.password_min_length)
    sorts = {
        "small letters": "abcdefghijklmnopqrstuvwxyz",
        "capitals": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "digits": "0123456789",
        "signs": "!#$%&()*+,-./:;<=>?@[]^_{|}~",
        "kana": "あいうえおかきくけこさしすせそ",
        "emoji": "\U0001f980\U0001f419\U0001f98b\U0001f41d\U0001f335\U0001f344",
    }
    made = {
        sort: "".join(secrets.choice(letters) for _ in range(length))
        for sort, letters in sorts.items()
    }
    refused = [sort for sort, password in made.items() if not _passes(probe, password)]
    if refused:
        return not_met(f"Passwords only of {in_words(refused)} were refused.", OURS)
    refused = [
        sort for sort, password in made.items() if not form_takes(probe, password)
    ]
    if refused:
        return not_met(
            f"The sign-up form refused passwords only of {in_words(refused)}.", _FORM
        )
    return met(f"Passwords only of {in_words(list(sorts))} were taken.")


@row("6.2.8", 1, "A password is verified as it was typed")
def verbatim(probe: Rehearsal) -> Finding:
    """Sign in with variants of a password."""
    middle = secrets.token_urlsafe(max(48, probe.settings.password_min_length))
    account = probe.account(f"  Aa Ünï {middle}  ")
    right = account.password
    if not probe.signed_in(account).is_signed_in:
        return not_met("A password with blanks around it was not verified.", OURS)
    variants = {
        "in other case": right.swapcase(),
        "without blanks around it": right.strip(),
        "without its last character": right[:-1],
        "with one more": right + "x",
    }
    for how, account.password in variants.items():
        if probe.signed_in(account).is_signed_in:
            return not_met(f"The password was good {how}.", OURS)
    return met(
        f"It was good as typed, and not {', '.join(variants)}. (Only what another"
        " keyboard sends for the same text is the same: Unicode's NFC.)"
    )


@row("6.2.9", 2, "64 characters and more are permitted")
def most_length(probe: Rehearsal) -> Finding:
    """Sign in with long ones."""
    lengths = (64, 128, MAX_LENGTH)
    for length in lengths:
        account = probe.account(secrets.token_urlsafe(length)[:length])
        if not probe.signed_in(account).is_signed_in:
            return not_met(f"A password of {length} characters was not good.", OURS)
        if not form_takes(probe, account.password):
            return not_met(f"The sign-up form refused {length} characters.", _FORM)
    cut = [
        path
        for path, page in password_pages(probe).items()
        for each in secret_fields(page)
        if int(each.get("maxlength", MAX_LENGTH)) < 64
    ]
    if cut:
        return not_met(f"Cut by maxlength: {in_words(cut)}.", TEMPLATES)
    return met(f"Passwords of {in_words([str(n) for n in lengths])} characters work.")


@row("6.2.10", 2, "No password expires by itself")
def rotation(probe: Rehearsal) -> Finding:
    """Sign in years later."""
    account = probe.account()
    probe.clock.advance(timedelta(days=5 * 366))
    if not probe.signed_in(account).is_signed_in:
        return not_met("After five years a password was not good any more.", OURS)
    return met("After five years a password was still good.")


@row("6.2.11", 2, "Words of the site and the person make no password")
def context(probe: Rehearsal) -> Finding:
    """Try passwords made of them."""
    known = f"{probe.app.name} {probe.settings.origin or ''} Someone example org"
    words = sorted(set(_WORD.findall(known)))
    least, taken = probe.settings.password_min_length, []
    for word in words:
        guess = word
        while len(guess) < least or guess == word:
            guess += f"{word}1"
        if _passes(probe, guess, personal=("Someone", "a@example.org")):
            taken.append(word)
    if taken:
        return not_met(f"Little more than {in_words(taken)} was taken.", OURS)
    return met(f"Little more than {', '.join(words)} was refused.")


@row("6.2.12", 2, "Passwords that were stolen elsewhere are refused")
def breached(probe: Rehearsal) -> Finding:
    """Ask what the app compares with about one that surely was."""
    rules = probe.real.services().rules
    if rules.breached is None:
        return not_met(
            "New passwords are not compared with stolen ones.",
            "Give SimpleAuth(breached=...) a function that asks a collection of them;"
            ' the README has one under "Stolen passwords".',
        )
    try:
        is_known = rules.breached("password123456")
        is_any = rules.breached(secrets.token_urlsafe(24))
    except Exception as error:
        return not_met(
            f"The function given as 'breached' failed: {type(error).__name__}.",
            "While it fails every password is taken. See whether its service answers.",
        )
    if not is_known:
        return not_met(
            "The function given as 'breached' does not know 'password123456'.",
            "See whether it asks the right collection.",
        )
    if is_any:
        return not_met(
            "The function given as 'breached' knows a password just made at random.",
            "See what it returns: it must be false for what was not stolen.",
        )
    return met("The function given as 'breached' knows 'password123456'.")


def _passes(probe: Rehearsal, password: str, *, personal: tuple[str, ...] = ()) -> bool:
    """Tell whether the rules that all ways share let this be a password."""
    try:
        probe.services.rules.check(password, personal=personal)
    except AuthError:
        return False
    return True
