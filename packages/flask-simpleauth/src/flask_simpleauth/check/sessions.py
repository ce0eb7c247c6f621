"""ASVS 7: sessions, from signing in to signing out."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64decode
from datetime import timedelta

import click

from .. import flows
from ..deletion import delete_user
from ..recovery import finish_reset, start_reset
from .rehearsal import Account, Browser, Rehearsal
from .report import OURS, Finding, in_hours, met, not_met, row

_A_SECOND = timedelta(seconds=1)


@row("7.2.1", 1, "The server verifies sessions")
def verified(probe: Rehearsal) -> Finding:
    """Make keys up."""
    key = probe.signed_in().session_key
    last = "A" if key[-1:] != "A" else "B"
    forged = {
        "made up": secrets.token_urlsafe(32),
        "changed": key[:-1] + last,
        "cut": key[:-1],
        "empty": "",
    }
    for how, other in forged.items():
        if probe.browser(other).is_signed_in:
            return not_met(f"A key that was {how} was good.", OURS)
    if not probe.browser(key).is_signed_in:
        return not_met("The right key was not good.", OURS)
    return met(f"Of keys that were {', '.join(forged)} none was good; the right was.")


@row("7.2.2", 1, "Each session has a token of its own")
def dynamic(probe: Rehearsal) -> Finding:
    """Sign in twice."""
    account = probe.account()
    first, second = (probe.signed_in(account).session_key for _ in range(2))
    if not first or first == second:
        return not_met("Two sign-ins of one account had the same key.", OURS)
    return met("Two sign-ins of one account had different keys, made at the time.")


@row("7.2.3", 1, "Session tokens have 128 random bits")
def bits(probe: Rehearsal) -> Finding:
    """Measure the cookie."""
    key = probe.signed_in().session_key
    size = len(urlsafe_b64decode(key + "=" * (-len(key) % 4))) * 8
    many = {probe.services.sessions.start(n)[0] for n in range(1000)}
    if size < 128 or len(many) < 1000:
        return not_met(f"A key has {size} bits, or keys repeat.", OURS)
    return met(f"A key has {size} bits from 'secrets'; a thousand were all different.")


@row("7.2.4", 1, "Signing in, and once more, makes a new token and ends the old")
def renewed(probe: Rehearsal) -> Finding:
    """Sign in again, and show the password once more."""
    account = probe.account()
    browser = probe.signed_in(account)
    for form in ("login", "confirm"):
        before = browser.session_key
        browser.send(form, email=account.email, password=account.password)
        is_new = browser.session_key != before and browser.is_signed_in
        if not is_new or probe.browser(before).is_signed_in:
            return not_met(f"The form {form!r} left the old session.", OURS)
    return met("Both gave a new key each time, and the one before was dead.")


@row("7.3.1", 2, "A session that is not used ends")
def idle(probe: Rehearsal) -> Finding:
    """Wait."""
    settings = probe.settings
    for remember, limit in (("", settings.session_idle), ("1", settings.remember_idle)):
        browser = probe.signed_in(remember=remember)
        probe.clock.advance(limit + _A_SECOND)
        if browser.is_signed_in:
            return not_met(f"After {in_hours(limit)} unused a session went on.", OURS)
    return met(
        f"Unused for {in_hours(settings.session_idle)} it was over; where one stays"
        f" signed in, after {in_hours(settings.remember_idle)}."
    )


@row("7.3.2", 2, "A session ends, however much it is used")
def lifetime(probe: Rehearsal) -> Finding:
    """Use one until it ends."""
    limit, step = probe.settings.session_lifetime, probe.settings.remember_idle / 2
    browser, age = probe.signed_in(remember="1"), timedelta(0)
    while age <= limit:
        browser.is_signed_in  # noqa: B018 # a use
        age += step
        probe.clock.advance(step)
    if browser.is_signed_in:
        return not_met(f"In use, a session was good after {in_hours(age)}.", OURS)
    return met(f"In use all the time, it was over after {in_hours(limit)}.")


@row("7.4.1", 1, "Signing out ends the session on the server")
def logout(probe: Rehearsal) -> Finding:
    """Use a copy of the cookie afterwards."""
    browser = probe.signed_in()
    copied = browser.session_key
    browser.send("logout")
    if probe.browser(copied).is_signed_in:
        return not_met("A copied cookie was good after signing out.", OURS)
    return met("A copied cookie was worth nothing after signing out.")


@row("7.4.2", 1, "All sessions end with the account")
def gone(probe: Rehearsal) -> Finding:
    """Deactivate an account, and delete one."""
    for how in ("deactivated", "deleted"):
        account = probe.account()
        browsers = [probe.signed_in(account), probe.signed_in(account, remember="1")]
        with probe.app.app_context():
            if how == "deleted":
                delete_user(probe.services, account.user)
            else:
                flows.set_active(probe.services, account.user, active=False)
        if any(browser.is_signed_in for browser in browsers):
            return not_met(f"A session went on when the account was {how}.", OURS)
    return met("Deactivated or deleted, the next request was nobody's.")


@row("7.4.3", 2, "A new password can end all other sessions")
def after_change(probe: Rehearsal) -> Finding:
    """Change it, and have it reset."""
    account = probe.account()
    other, browser = probe.signed_in(account), probe.signed_in(account)
    new = secrets.token_urlsafe(64)
    browser.send("password", current=account.password, new=new)
    if other.is_signed_in or not browser.is_signed_in:
        return not_met("A change of the password left another session.", OURS)
    with probe.app.app_context():
        user = probe.store.users.find(account.email)
        finish_reset(probe.services, start_reset(probe.services, user), new[::-1])
    if browser.is_signed_in:
        return not_met("A new password by link left a session.", OURS)
    return met("A change ended all others without being asked, a link all of them.")


@row("7.4.5", 2, "Administrators can end sessions")
def by_admins(probe: Rehearsal) -> Finding:
    """End one."""
    browser = probe.signed_in(account := probe.account())
    probe.services.sessions.end_others(account.user.id)
    group = probe.app.cli.commands.get("auth")
    can_sign_out = isinstance(group, click.Group) and group.get_command(
        click.Context(group), "sign-out"
    )
    if browser.is_signed_in or not can_sign_out:
        return not_met("There is no way to end a user's sessions.", OURS)
    return met("'flask auth sign-out', and auth.end_sessions(user), ended them.")


@row("7.5.1", 2, "Changing what one signs in with asks for the password")
def sensitive(probe: Rehearsal) -> Finding:
    """Try to change the address without it."""
    account = probe.account()
    browser, new = probe.signed_in(account), "new@example.org"
    browser.send("address", new=new)
    browser.send("address", new=new, current="wrong")
    if probe.mails.sent or browser.send("password", new="x" * 30).status_code == 303:
        return not_met("The address was changed without the password.", OURS)
    if probe.state.mailer is None:
        return met("Without a mailer no address is changed; the password's form asks.")
    return met("Without the password, and with a wrong one, there was no change.")


@row("7.5.2", 2, "Users see their sessions, and end them once they show the password")
def own_sessions(probe: Rehearsal) -> Finding:
    """List them, and end one: at once, and long after the password was shown."""
    account = probe.account()
    browser, other = probe.signed_in(account), probe.signed_in(account)
    path = f"{probe.prefix}/account"
    answer = browser.get(path, headers={"Accept": "application/json"})
    listed = answer.get_json()["sessions"]
    if len(listed) != 2:
        return not_met(f"Of two sessions {len(listed)} were listed.", OURS)
    probe.clock.advance(timedelta(hours=1))
    other.is_signed_in  # noqa: B018 # a use
    browser.send("other-sessions")
    if not other.is_signed_in:
        return not_met(
            "Long after the password was shown, sessions were ended without it.", OURS
        )
    browser.send("confirm", password=account.password)
    browser.send("other-sessions")
    if other.is_signed_in:
        return not_met("A session of one's own could not be ended.", OURS)
    return met("Both were listed; the other was ended once the password was shown.")


@row("7.6.2", 2, "A session begins only with somebody's own doing")
def consent(probe: Rehearsal) -> Finding:
    """Open all our pages, with links that are good, and see who is signed in."""
    account = probe.account()
    with probe.app.app_context():
        key = start_reset(probe.services, account.user)
    browser = probe.browser()
    paths = ("login", "signup", "logout", "forgot", "confirm", f"reset/{key}")
    for path in paths:
        browser.get(f"{probe.prefix}/{path}", query_string={"email": account.email})
    before = probe.store.tokens.list_for(account.user.id, "session")
    cross = _sent_by_another_site(probe, account)
    if before or browser.is_signed_in:
        return not_met("A session began without a form being sent.", OURS)
    if cross.is_signed_in:
        return not_met(
            "A form that another site sent began a session.",
            "NAMEFORM_CSRF must not be 'off'.",
        )
    return met(
        f"Opening {len(paths)} pages, a link to a new password among them, and a form"
        " that another site sent, began none."
    )


def _sent_by_another_site(probe: Rehearsal, account: Account) -> Browser:
    browser = probe.browser()
    browser.environ_base["HTTP_SEC_FETCH_SITE"] = "cross-site"
    browser.sign_in(account)
    return browser
