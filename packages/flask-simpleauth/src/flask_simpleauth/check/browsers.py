"""ASVS 3 and 7.4.4: what browsers are told, and what visitors see."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask
from flask_nameform import csrf
from flask_nameform.policy import SAFE_METHODS
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from .pages import read_page
from .rehearsal import Rehearsal
from .report import OURS, Finding, in_words, met, not_met, row

_PREFIXES = ("__Host-", "__Secure-")

_HTTPS = (
    "Serve the site by https, and set SIMPLEAUTH_ORIGIN = 'https://your.site'. Behind a"
    " proxy, ProxyFix lets the app know."
)
_SESSION = (
    "SESSION_COOKIE_SECURE = True and SESSION_COOKIE_NAME = '__Host-session', which"
    " needs https, SESSION_COOKIE_DOMAIN = None and SESSION_COOKIE_PATH = '/'."
)

#: Ways in which browsers are led elsewhere.
_ELSEWHERE = (
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example",
    "/\t/evil.example/",
    "https:evil.example",
    "javascript:alert(1)",
)


def _cookies(probe: Rehearsal) -> dict[str, str]:
    """Return each cookie that a visit of every kind was given, with its attributes."""
    lines: list[str] = []
    account = probe.account()
    for remember in ("", "1"):
        browser = probe.browser()
        answers = [
            browser.get(f"{probe.prefix}/login"),
            browser.sign_in(account, remember=remember),
            browser.get(f"{probe.prefix}/account"),
            # What is told on the next page is kept in the session of Flask.
            browser.send("other-sessions"),
            browser.send("logout"),
        ]
        for answer in answers:
            lines += answer.headers.getlist("Set-Cookie")
    return {line.partition("=")[0]: line for line in lines}


def _has(line: str, attribute: str) -> bool:
    parts = [part.strip().lower() for part in line.split(";")]
    return attribute.lower() in parts


def _cure(probe: Rehearsal) -> str:
    return _SESSION if probe.is_secure else f"{_HTTPS} {_SESSION}"


@row("3.3.1", 1, "Cookies are Secure, and their names say so")
def secure_cookies(probe: Rehearsal) -> Finding:
    """Look at all that are set while one signs in and out."""
    cookies = _cookies(probe)
    bad = [
        name
        for name, line in cookies.items()
        if not _has(line, "Secure") or not name.startswith(_PREFIXES)
    ]
    if bad:
        return not_met(
            f"At {probe.origin} cookies were set without Secure, or without __Host- or"
            f" __Secure- before their names: {in_words(sorted(bad))}.",
            _cure(probe),
        )
    if probe.cookie not in cookies:
        return not_met(f"At {probe.origin} signing in set no {probe.cookie}.", OURS)
    return met(f"At {probe.origin} cookies were set, all Secure: {in_words(cookies)}.")


@row("3.3.3", 2, "Cookies belong to this host alone: __Host-")
def host_cookies(probe: Rehearsal) -> Finding:
    """Look at the same."""
    cookies = _cookies(probe)
    bad = [
        name
        for name, line in cookies.items()
        if not name.startswith("__Host-")
        or "domain=" in line.lower()
        or not _has(line, "Path=/")
    ]
    if bad or not cookies:
        return not_met(
            f"At {probe.origin} cookies have no __Host- before their names:"
            f" {in_words(sorted(bad) or ['none was set'])}.",
            _cure(probe),
        )
    return met(f"{in_words(sorted(cookies))}: for all of this host, and no other.")


@row("3.5.1", 1, "What changes something is not done for other sites")
def forgery(probe: Rehearsal) -> Finding:
    """Send our forms as another site would, and ask the guard of all other views."""
    account = probe.account()
    browser = probe.signed_in(account)
    browser.environ_base["HTTP_SEC_FETCH_SITE"] = "cross-site"
    browser.environ_base["HTTP_ORIGIN"] = "https://evil.example"
    forms = ("logout", "other-sessions", "password", "login", "signup", "forgot")
    sent = {form: browser.sign_in(account) for form in ("login",)}
    sent.update({form: browser.send(form) for form in forms if form != "login"})
    taken = [form for form, answer in sent.items() if answer.status_code != 400]
    if taken:
        return not_met(
            f"Forms were taken from another site: {in_words(taken)}.",
            "NAMEFORM_CSRF must not be 'off'.",
        )
    open_views = list(_unguarded(probe.app))
    if open_views:
        return not_met(
            f"Views that take anything from other sites: {in_words(open_views)}.",
            "Take csrf.exempt from them, or see that each authenticates by itself what"
            " it is sent, as a webhook does, and accept the row.",
        )
    return met(
        f"{len(forms)} forms of ours refused what another site sent, and so do all"
        " views of the app that take more than GET."
    )


def _unguarded(app: Flask) -> Iterator[str]:
    """Yield the endpoints that would act on another site's request; none is called."""
    for rule in app.url_map.iter_rules():
        methods = sorted((rule.methods or set()) - SAFE_METHODS)
        if not methods or "/-/forms/" in rule.rule:
            continue
        path = "/" + "/".join("1" for _ in rule.arguments)
        headers = {"Sec-Fetch-Site": "cross-site", "Cookie": "a=b"}
        with app.test_request_context(path, method=methods[0], headers=headers) as ctx:
            ctx.request.url_rule = rule
            if _lets_pass():
                yield rule.endpoint


def _lets_pass() -> bool:
    try:
        return csrf.allows()
    except csrf.CSRFError:
        return False


@row("3.7.2", 2, "Nobody is led to a site that is not listed")
def redirects(probe: Rehearsal) -> Finding:
    """Try to be led away after signing in, with a way back that was not signed."""
    account = probe.account()
    for target in _ELSEWHERE:
        browser = probe.browser()
        browser.get(f"{probe.prefix}/login", query_string={"next": target})
        place = browser.sign_in(account, next=target).headers.get("Location", "")
        if not place.startswith("/") or place[1:2] in ("/", "\\"):
            return not_met(f"After signing in, {target!r} led to {place!r}.", OURS)
    return met(
        f"{len(_ELSEWHERE)} addresses of another site led nowhere but home: the way"
        " back is a path that we have signed. Views of the app were not tried."
    )


@row("7.4.4", 2, "Every page for who is signed in lets them sign out")
def visible_logout(probe: Rehearsal) -> Finding:
    """Look at each such page whose address has no parameter."""
    browser, looked_at, bare, closed = probe.signed_in(), [], [], []
    for path in _own_paths(probe):
        if _is_open(probe.browser().get(path)):
            continue
        answer = browser.get(path, headers={"Accept": "text/html"})
        if answer.status_code != 200 or answer.mimetype != "text/html":
            closed.append(path)
            continue
        looked_at.append(path)
        if not _leads_out(probe, answer.text):
            bare.append(path)
    unseen = f" Not to be seen with a made-up account: {', '.join(closed)}."
    more = unseen if closed else ""
    if bare:
        return not_met(
            f"No way to sign out on {in_words(bare)}.{more}",
            'Put {{ show_form("simpleauth.logout") }}, or a link to'
            " url_for('simpleauth.logout'), into the layout.",
        )
    if not looked_at:
        return not_met(
            f"No page for signed-in users could be seen.{more}",
            "See that they all offer it, and accept the row.",
        )
    return met(f"There is one on {in_words(looked_at)}.{more}")


def _own_paths(probe: Rehearsal) -> list[str]:
    rules = [
        rule
        for rule in probe.app.url_map.iter_rules()
        if "GET" in (rule.methods or set()) and _is_plain(rule)
    ]
    return sorted({rule.rule for rule in rules})


def _is_plain(rule: Rule) -> bool:
    # Where a subdomain or a host is asked for, this site's address is not enough.
    return not (rule.arguments or rule.subdomain or rule.host or rule.websocket)


def _is_open(answer: TestResponse) -> bool:
    return answer.status_code not in (301, 302, 303, 401, 403)


def _leads_out(probe: Rehearsal, html: str) -> bool:
    page = read_page(html)
    ways = (f"{probe.prefix}/logout", probe.form_path("logout"))
    return any(place.endswith(ways) for place in (*page.links, *page.actions))
