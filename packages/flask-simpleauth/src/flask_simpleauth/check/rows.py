"""The rows, and looking at all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from flask import Flask

from . import browsers, fields, links, passwords, policy, sessions, ways
from .rehearsal import Rehearsal, outside, rehearse
from .report import Finding, Report, Row, RowResult, not_met

#: V6 and V7 of OWASP ASVS 5.0.0 at the levels 1 and 2, and what else is about
#: signing in: 3.3.1, 3.3.3, 3.5.1, 3.7.2, and 6.3.8 of level 3.
ROWS: tuple[Row, ...] = (
    browsers.secure_cookies,
    browsers.host_cookies,
    browsers.forgery,
    browsers.redirects,
    policy.guessing,
    policy.context_words,
    policy.pathways,
    passwords.least_length,
    passwords.change,
    passwords.change_asks,
    passwords.common,
    passwords.composition,
    fields.masked,
    fields.managers,
    passwords.verbatim,
    passwords.most_length,
    passwords.rotation,
    passwords.context,
    passwords.breached,
    ways.guessing,
    ways.default_accounts,
    ways.factors,
    ways.ways_in,
    ways.enumeration,
    links.first_secrets,
    fields.hints,
    links.recovery_process,
    links.lost_factor,
    links.once,
    links.stored,
    links.generator,
    links.entropy,
    links.lifetime,
    fields.telephone,
    links.bound,
    links.guessed,
    ways.several_providers,
    ways.assertions,
    ways.replays,
    ways.strength_elsewhere,
    policy.session_lifetimes,
    policy.parallel_sessions,
    ways.federated_document,
    sessions.verified,
    sessions.dynamic,
    sessions.bits,
    sessions.renewed,
    sessions.idle,
    sessions.lifetime,
    sessions.logout,
    sessions.gone,
    sessions.after_change,
    browsers.visible_logout,
    sessions.by_admins,
    sessions.sensitive,
    sessions.own_sessions,
    ways.federated_sessions,
    sessions.consent,
)

#: What most applications should reach.
LEVELS = (1, 2)


def check_app(
    app: Flask,
    *,
    accept: Collection[str] = (),
    document: str | None = None,
    rows: Collection[Row] = ROWS,
) -> Iterator[RowResult]:
    """Look at the rows, one after the other.

    Made-up accounts take the place of the app's for so long: not while it serves.

    :param accept: the numbers of rows that are known not to be met.
    :param document: what documents how the app protects accounts.
    """
    for each in rows:
        finding = outside(_look, app, each, document)
        yield RowResult(each, finding, each.number in accept)


def report_of(results: Collection[RowResult]) -> Report:
    """Return the report on these results."""
    return Report(tuple(results), max(LEVELS))


def _look(app: Flask, row: Row, document: str | None) -> Finding:
    try:
        with rehearse(app, document) as rehearsal:
            return _hindrance(rehearsal) or row.look(rehearsal)
    except Exception as error:
        # What could not be looked at is not met, whatever the reason.
        return not_met(
            f"Looking at it failed: {type(error).__name__}: {error}",
            "See whether the app's pages work without an account of your own, and"
            " accept the row once you have looked yourself.",
        )


def _hindrance(probe: Rehearsal) -> Finding | None:
    """Return why nothing can be tried, where nobody gets in: no row is met by that."""
    browser = probe.browser()
    answer = browser.sign_in(probe.account())
    if browser.is_signed_in:
        return None
    return not_met(
        "It could not be tried: a made-up account did not get in at"
        f" {probe.origin}{probe.form_path('login')}, which answered"
        f" {answer.status_code}.",
        "See what the app asks for besides, as a before_request or a host name may; if"
        " that is right, accept the row once you have looked yourself.",
    )
