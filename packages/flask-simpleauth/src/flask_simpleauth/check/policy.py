"""ASVS 6.1 and 7.1: what is to be documented, with the values of this app.

``flask auth policy`` prints it. A row is met as long as the app's own document says the
same of it as would be printed today, so that the document does not go stale.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from textwrap import fill
from typing import Any

from ..common_passwords import as_long_as
from ..recovery import RESET
from ..state import State
from ..throttling import RESET as FORGOTTEN
from ..throttling import SIGN_IN, SIGN_UP, Waits
from .rehearsal import Rehearsal
from .report import Finding, Row, in_hours, met, not_met, row

_CURE = (
    "flask auth policy > docs/accounts.md, then flask auth check --policy"
    " docs/accounts.md. Say more in it as you like, but keep its paragraphs."
)

_SIGN_UP_MODES = {
    "open": "anybody can sign up",
    "invite": "who was invited can sign up",
    "closed": "they are made on the command line",
}

_WAITS = SIGN_IN.waits or Waits()

_COUNTED_APART = " (for its address and its user name, each counted by itself)"

_UNLOCK = "Who has to wait on another one is mailed a link that makes it known."

#: What NIST SP 800-63B allows before the password is to be shown again, at AAL1.
_NIST = timedelta(days=30)

_SECTIONS: Mapping[str, tuple[str, str]] = {
    "6.1.1": (
        "Against guessing",
        """
Tries to sign in are counted before a password is looked at, in the store that all
workers share. After {by_account} wrong passwords for an account{or_name} a try is
looked at only after a wait, of {first} seconds to begin with and twice as long after
each further one, up to {longest} minutes; {memory} hours after the first try all is
forgotten. From one network address (an IPv6 network of /64 counts as one) {by_address}
tries are looked at in {window} minutes, whatever the accounts. All others are refused,
with the status 429 and the time to wait. A right password takes back the try it was.
Links to a new password are sent {resets} times an hour to one address of mail, and
{resets_by_address} times for one network; {sign_ups} sign-ups an hour are taken from
one network. A new password has {least} characters or more, and is none of {common}
passwords, words and runs of keys of that length that are tried first. At most one
password more than there are cores is hashed at a time.

Nobody is locked out. A device on which the owner of an account has signed in before is
known by a signed cookie, which signs nobody in, and its tries are counted by
themselves: who guesses from elsewhere does not make it wait. {unlock}
Sessions that run go on. Clients behind a proxy are told apart once the proxy is
declared with ProxyFix; until then tries are counted by account alone. These limits are
part of the library, and no setting changes them.
""",
    ),
    "6.1.2": (
        "Words that make no password",
        """
A new password is refused if less than half of the least length is left of it without
these words: the name of the app ({app}), the parts of the site's address ({origin}),
and those of the name{and_name} and the e-mail address of the person. Capitals make no
difference, and words count from three characters on.
""",
    ),
    "6.1.3": (
        "Ways in",
        """
One signs in with an address{or_with_name} and a password, in a form or as JSON. Both go
through one function, which counts tries and verifies exactly one password. A program
shows an API token (Authorization: Bearer): 256 random bits, kept as a digest, which can
be limited, given an end, and revoked; then cookies do not count. Who has forgotten
their password sets a new one with {reset_link}, which is good once and for
{reset_minutes} minutes, and signs in with it. As for new accounts, {sign_up}. There is
no HTTP Basic, no token in an address, no second factor, and no sign-in by another site.
""",
    ),
    "7.1.1": (
        "How long a session runs",
        """
A session ends when it was not used for {idle}, or for {remember_idle} where its owner
wanted to stay signed in on a device, and in any case {lifetime} after its sign-in.
{nist} It also ends when its owner signs out, changes the password, is deactivated or
deleted, or ends it from another device, and when an administrator ends it. Deleting an
account, downloading its data, making an API token and ending other sessions ask for the
password if it was shown more than 10 minutes ago; changing the password or the address
asks in any case.
""",
    ),
    "7.1.2": (
        "Sessions at the same time",
        """
An account may have any number of sessions at a time, since a person has several
devices. Each is listed on the account page with its device and its last use, and can be
ended there, alone or with all others. There is no greatest number, so nothing happens
when it is reached.
""",
    ),
}


def write_policy(state: State, app_name: str) -> str:
    """Return the document, in Markdown."""
    parts = [f"# How accounts are protected: {app_name}"]
    for number, (title, _) in _SECTIONS.items():
        parts.append(f"## {title} (ASVS {number})")
        paragraphs = _text(number, state, app_name).split("\n\n")
        parts += [fill(_flat(paragraph), 88) for paragraph in paragraphs]
    return "\n\n".join(parts) + "\n"


def _text(number: str, state: State, app_name: str) -> str:
    return _SECTIONS[number][1].format(**_values(state), app=app_name).strip()


def _values(state: State) -> dict[str, Any]:
    settings = state.settings()
    command = "a link from 'flask auth reset-link'"
    has_names = state.services().attributes.username is not None
    return {
        "or_name": _COUNTED_APART if has_names else "",
        "and_name": ", the user name" if has_names else "",
        "or_with_name": " or a user name" if has_names else "",
        "by_account": SIGN_IN.by_account,
        "by_address": SIGN_IN.by_address,
        "window": SIGN_IN.window // 60,
        "first": _WAITS.first,
        "longest": _WAITS.longest // 60,
        "memory": _WAITS.memory // 3600,
        "unlock": _UNLOCK if state.mailer else "",
        "resets": FORGOTTEN.by_account,
        "resets_by_address": FORGOTTEN.by_address,
        "sign_ups": SIGN_UP.by_address,
        "least": settings.password_min_length,
        "common": len(as_long_as(settings.password_min_length)),
        "origin": settings.origin or "none is set",
        "reset_link": "a link in a mail" if state.mailer else command,
        "reset_minutes": RESET.lifetime // 60,
        "sign_up": _SIGN_UP_MODES[settings.sign_up],
        "idle": in_hours(settings.session_idle),
        "remember_idle": in_hours(settings.remember_idle),
        "lifetime": in_hours(settings.session_lifetime),
        "nist": _justified(settings.session_lifetime),
    }


def _justified(lifetime: timedelta) -> str:
    if lifetime <= _NIST:
        return "NIST SP 800-63B asks for 30 days or less at AAL1."
    return "That is more than the 30 days of NIST SP 800-63B at AAL1. The reason is:"


def _documented(number: str, title: str, level: int = 2) -> Row:
    def look(probe: Rehearsal) -> Finding:
        if probe.policy is None:
            return not_met("No document was given.", _CURE)
        wanted = _text(number, probe.real, probe.app.name)
        if _flat(wanted) not in _flat(probe.policy):
            return not_met(
                "The document does not say of this what holds in the app today.", _CURE
            )
        return met(f"The document has it: {_SECTIONS[number][0]}.")

    return row(number, level, title)(look)


guessing = _documented("6.1.1", "What is done against guessing is documented", 1)
context_words = _documented("6.1.2", "Words that make no password are documented")
pathways = _documented("6.1.3", "All ways in are documented")
session_lifetimes = _documented("7.1.1", "How long a session runs is documented")
parallel_sessions = _documented("7.1.2", "How many run at a time is documented")


def _flat(text: str) -> str:
    return " ".join(text.split())
