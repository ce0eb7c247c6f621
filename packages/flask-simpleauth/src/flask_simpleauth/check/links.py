"""ASVS 6.4 to 6.6: secrets that are made for a user, which here are links."""

from __future__ import annotations

import random
from base64 import urlsafe_b64decode
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from .. import invitations, recovery, unlocking
from ..address import ADDRESS
from ..errors import LinkIsDead
from ..links import Purpose
from ..origin import is_own_machine
from ..tokens import digest_of, signer
from .fields import sign_up_path
from .rehearsal import Account, Rehearsal
from .report import OURS, Finding, in_hours, in_words, met, not_applicable, not_met, row

#: What ASVS 6.5.5 allows.
_LONGEST = timedelta(minutes=10)

#: Enough to see that none comes twice.
_MANY = 200

_NEW = "a rehearsed, rather long one"


def _reset_key(probe: Rehearsal, account: Account) -> str:
    with probe.app.app_context():
        return recovery.start_reset(probe.services, account.user)


def _reset(probe: Rehearsal, key: str, new: str = _NEW) -> int:
    return probe.browser().send("reset", key=key, new=new).status_code


def _is_good(probe: Rehearsal, purpose: Purpose, key: str) -> bool:
    with probe.app.app_context(), suppress(LinkIsDead):
        probe.services.links.read(purpose, key)
        return True
    return False


@row("6.4.1", 1, "What is handed out to begin with is random, and does not last")
def first_secrets(probe: Rehearsal) -> Finding:
    """Make invitations and links to sign up, and use them late, and twice."""
    services, address = probe.services, "newcomer@example.org"
    makers: dict[Purpose, Callable[[], str]] = {
        invitations.INVITE: lambda: invitations.invite(services, address),
        invitations.SIGN_UP: lambda: invitations.start_sign_up(services, address),
    }
    for purpose, make in makers.items():
        with probe.app.app_context():
            late, twice = make(), make()
        if purpose.lifetime > timedelta(days=7).total_seconds():
            return not_met(f"A link ({purpose.name}) is good for over a week.", OURS)
        with probe.app.app_context():
            invitations.accept(services, twice, _NEW, [purpose])
            user = services.users.find(address)
            services.users.delete(user)
        probe.clock.advance(purpose.lifetime + 1)
        for key in (late, twice):
            if _is_good(probe, purpose, key):
                return not_met(f"An old link ({purpose.name}) was good.", OURS)
    return met(
        "No password is made for anybody. A link to sign up with was good once, for"
        f" {_lifetime(invitations.SIGN_UP)}, an invitation for"
        f" {_lifetime(invitations.INVITE)}; one chooses a password then."
    )


@row("6.4.3", 2, "A forgotten password is replaced safely")
def recovery_process(probe: Rehearsal) -> Finding:
    """Go through it."""
    if probe.state.mailer is not None and not _has_origin(probe):
        return not_met(
            "There is a mailer, but links cannot be made: the site does not know its"
            " own address, and what a request says of it anybody can write.",
            "Set SIMPLEAUTH_ORIGIN = 'https://your.site'.",
        )
    account = probe.account()
    thief = probe.signed_in(account)
    if probe.state.mailer is None:
        way, key = "A link from 'flask auth reset-link'", _reset_key(probe, account)
    else:
        way = "A link that was mailed to the address"
        probe.browser().send("forgot", email=account.email)
        key = probe.mails.link().rpartition("/")[2] if probe.mails.sent else ""
    probe.browser().get(f"{probe.prefix}/reset/{key}")  # as scanners of mails do
    browser = probe.browser()
    answer = browser.send("reset", key=key, new=_NEW)
    account.password = _NEW
    if answer.status_code != 303 or not probe.signed_in(account).is_signed_in:
        return not_met(f"{way} did not lead to a new password.", OURS)
    if thief.is_signed_in or browser.is_signed_in:
        return not_met("A session was there after a new password by link.", OURS)
    return met(
        f"{way} led to a new password once it was posted, not when it was opened; it"
        " ended all sessions and signed nobody in. There is no second factor to get"
        " around (6.3.3)."
    )


@row("6.4.4", 2, "Who has lost a factor proves who they are as at the beginning")
def lost_factor(_probe: Rehearsal) -> Finding:
    """Say what came of signing in, without which no row is looked at."""
    return not_met(
        "A password was all that signing in asked for, so there is no second factor"
        " that could be replaced.",
        "It comes with a second factor; there is none yet.",
    )


@row("6.5.1", 2, "A code or link works once")
def once(probe: Rehearsal) -> Finding:
    """Use one twice."""
    key = _reset_key(probe, probe.account())
    first, second = _reset(probe, key), _reset(probe, key, _NEW * 2)
    if first != 303 or second == 303:
        return not_met(f"Two uses of a link: {first}, then {second}.", OURS)
    return met("The second use of a link was refused (410). There are no other codes.")


@row("6.5.2", 2, "Secrets that could be guessed are not stored as they are")
def stored(probe: Rehearsal) -> Finding:
    """Look into the store for what was handed out."""
    account = probe.account()
    key, session = _reset_key(probe, account), probe.signed_in(account).session_key
    secret = _secret_of(probe, key)
    kept = [
        token
        for kind in (recovery.RESET.name, "session")
        for token in probe.store.tokens.list_for(account.user.id, kind)
    ]
    text = repr([(vars(token), token.digest) for token in kept])
    if len(kept) < 2 or secret in text or session in text:
        return not_met("What was handed out is in the store.", OURS)
    if digest_of(session) not in text:
        return not_met("The digest of a session's key is not in the store.", OURS)
    return met(
        f"Of a link and a session the store had SHA-256 digests; the keys have"
        f" {_bits(probe)} bits, so that nothing is to be guessed."
    )


@row("6.5.3", 2, "They come from a generator made for it")
def generator(probe: Rehearsal) -> Finding:
    """See whether they can be foretold."""
    account, state, keys = probe.account(), random.getstate(), set[str]()
    for _ in range(_MANY):
        random.seed(0)
        keys.add(_secret_of(probe, _reset_key(probe, account)))
    random.setstate(state)
    if len(keys) < _MANY:
        return not_met("Keys repeat, or can be foretold.", OURS)
    return met(
        f"{_MANY} keys were all different, though 'random' was seeded anew for each."
    )


@row("6.5.4", 2, "They have 20 bits of entropy or more")
def entropy(probe: Rehearsal) -> Finding:
    """Measure them."""
    bits = _bits(probe)
    if bits < 20:
        return not_met(f"A key has {bits} bits.", OURS)
    return met(f"A key has {bits} random bits.")


@row("6.5.5", 2, "What is sent to get in with is good for ten minutes at most")
def lifetime(probe: Rehearsal) -> Finding:
    """Wait, with links with which one gets into an account that is there."""
    account = probe.account()
    with probe.app.app_context():
        keys = {
            purpose: probe.services.links.make(purpose, account.user)
            for purpose in (recovery.RESET, unlocking.LINK)
        }
    probe.clock.advance(_LONGEST + timedelta(seconds=1))
    for purpose, key in keys.items():
        if _is_good(probe, purpose, key):
            minutes = purpose.lifetime // 60
            return not_met(
                f"A link ({purpose.name}) is good for {minutes} minutes.", OURS
            )
    return met(
        "A link to a new password, and one that ends the waiting for who is guessed at,"
        " were dead after ten minutes. Links to sign up with, and those that confirm"
        " an address of who is signed in, get nobody into an account that is there:"
        " see 6.4.1."
    )


@row("6.6.2", 2, "A code or link is good for what it was asked for only")
def bound(probe: Rehearsal) -> Finding:
    """Use links for something else."""
    account = probe.account()
    key, other = _reset_key(probe, account), _reset_key(probe, account)
    for purpose in (ADDRESS, invitations.INVITE, invitations.SIGN_UP, unlocking.LINK):
        if _is_good(probe, purpose, key):
            return not_met(f"A link was good for another: {purpose.name}.", OURS)
    _reset(probe, key)
    if _is_good(probe, recovery.RESET, other):
        return not_met("A link was good after what it was for had changed.", OURS)
    return met(
        "A link was good for its own purpose, its own account and the password that"
        " account then had, and for nothing else."
    )


@row("6.6.3", 2, "Codes that are typed cannot be tried out")
def guessed(probe: Rehearsal) -> Finding:
    """Look for a field for a code, and try the only thing there is."""
    pages = [probe.page(path) for path in ("login", "forgot", sign_up_path(probe))]
    asked = [
        each.get("name", "")
        for page in pages
        for each in page.fields
        if each.get("autocomplete") == "one-time-code"
    ]
    if asked:
        return not_met(
            f"There are fields for a code: {in_words(asked)}.",
            "See whether tries are limited; then accept the row.",
        )
    statuses = {_reset(probe, "made-up." * number) for number in range(1, 4)}
    bits = _bits(probe)
    if statuses != {410} or bits < 64:
        return not_met("A made-up link was good.", OURS)
    return not_applicable(
        f"No page has a field for a code; links have {bits} bits and a signature."
    )


def _lifetime(purpose: Purpose) -> str:
    return in_hours(timedelta(seconds=purpose.lifetime))


def _secret_of(probe: Rehearsal, key: str) -> str:
    """Return what is signed in the key of a link."""
    return str(signer(probe.state.secret_keys(), recovery.RESET.name).loads(key))


def _bits(probe: Rehearsal) -> int:
    key = _secret_of(probe, _reset_key(probe, probe.account()))
    return len(urlsafe_b64decode(key + "=" * (-len(key) % 4))) * 8


def _has_origin(probe: Rehearsal) -> bool:
    # On a developer's machine links lead to it, as they should.
    return probe.settings.origin is not None or (
        probe.app.debug and is_own_machine(probe.host)
    )
