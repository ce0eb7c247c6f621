from __future__ import annotations

from typing import Any

import pytest
from flask_nameform.policy import Evidence, Policy, Verdict, decide

PASS, VETO, TOKEN = Verdict.PASS, Verdict.VETO, Verdict.TOKEN
TRUSTED = "https://partner.example"
H443, H8443 = "app.example:443", "app.example:8443"


def verdict(mode: str = "default", **evidence: Any) -> Verdict:
    """Decide on a POST to https://app.example by a visitor with a cookie."""
    usual = {
        "method": "POST",
        "scheme": "https",
        "host": "app.example",
        "has_cookies": True,
    }
    policy = Policy(mode, (TRUSTED,))
    return decide(Evidence(**{**usual, **evidence}), policy).verdict


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        ({"fetch_site": "same-origin"}, PASS),
        ({"fetch_site": " Same-Origin "}, PASS),
        ({"fetch_site": "same-site"}, VETO),
        ({"fetch_site": "cross-site"}, VETO),
        ({"fetch_site": "weird"}, VETO),
        ({"fetch_site": "none"}, TOKEN),
        ({"fetch_site": ""}, TOKEN),
        ({}, TOKEN),
        ({"origin": "https://app.example"}, PASS),
        ({"origin": "https://app.example", "fetch_site": "none"}, PASS),
        ({"origin": "http://app.example"}, VETO),
        ({"origin": "https://other.example"}, VETO),
        ({"origin": "null"}, TOKEN),
        ({"origin": ""}, TOKEN),
        ({"origin": "null", "fetch_site": "same-origin"}, PASS),
        ({"origin": "null", "fetch_site": "cross-site"}, VETO),
        ({"origin": "https://evil@app.example"}, VETO),
        ({"origin": "https://app.example.evil.example"}, VETO),
        ({"origin": "https://app.example:444"}, VETO),
        ({"origin": "https://app.example/"}, VETO),
        # No browser writes these.
        ({"origin": "https://APP.example"}, VETO),
        ({"origin": "https://app.example:443"}, VETO),
        ({"origin": "https://app.example", "host": "APP.example"}, PASS),
        ({"origin": "https://app.example:444", "host": "app.example:444"}, PASS),
        ({"origin": TRUSTED, "fetch_site": "cross-site"}, PASS),
        ({"origin": "http://partner.example", "fetch_site": "cross-site"}, VETO),
        ({"origin": "http://partner.example"}, VETO),
        # A proxy that ends TLS, and no ProxyFix.
        ({"origin": "https://app.example", "scheme": "http"}, PASS),
        ({"origin": "https://app.example", "scheme": "http", "host": H443}, PASS),
        ({"origin": "https://app.example:8443", "scheme": "http", "host": H8443}, PASS),
        ({"origin": "https://app.example", "scheme": "http", "host": H8443}, VETO),
        ({"origin": "https://other.example", "scheme": "http"}, VETO),
        # Nor these.
        ({"origin": "https://app.example, https://app.example"}, VETO),
        ({"fetch_site": "same-origin, cross-site"}, VETO),
        ({"method": "GET", "fetch_site": "cross-site"}, PASS),
        ({"method": "HEAD", "fetch_site": "cross-site"}, PASS),
        ({"method": "OPTIONS", "fetch_site": "cross-site"}, PASS),
        ({"method": "TRACE", "fetch_site": "cross-site"}, PASS),
        ({"method": "QUERY", "fetch_site": "cross-site"}, VETO),
        ({"method": "get", "fetch_site": "cross-site"}, VETO),
        ({"method": "PUT", "fetch_site": "cross-site"}, VETO),
        ({"method": "PATCH", "fetch_site": "cross-site"}, VETO),
        ({"method": "DELETE", "fetch_site": "cross-site"}, VETO),
        ({"method": "ODD", "fetch_site": "cross-site"}, VETO),
        ({"exempt": True, "fetch_site": "cross-site"}, PASS),
        ({"exempt": True, "origin": "https://other.example"}, PASS),
    ],
)
def test_headers_veto_or_prove_or_leave_it_to_a_token(
    evidence: dict[str, Any], expected: Verdict
) -> None:
    """What a page of another site cannot forge decides; the rest needs a token."""
    assert verdict(**evidence) is expected


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        ({"has_cookies": False}, PASS),
        ({"has_cookies": False, "origin": "null"}, PASS),
        ({"has_cookies": False, "authorization": "Basic"}, TOKEN),
        ({"has_cookies": False, "authorization": "DIGEST"}, TOKEN),
        ({"has_cookies": False, "authorization": "Negotiate"}, TOKEN),
        ({"has_cookies": False, "authorization": "NTLM"}, TOKEN),
        ({"has_cookies": False, "authorization": "Token"}, PASS),
        ({"authorization": "Token"}, TOKEN),
        ({"authorization": "Basic"}, TOKEN),
        ({"authorization": "Bearer"}, PASS),
        ({"authorization": "bearer", "fetch_site": "cross-site"}, VETO),
        ({"has_cookies": False, "fetch_site": "cross-site"}, VETO),
        ({"has_cookies": False, "origin": "https://other.example"}, VETO),
        ({"has_cookies": False, "own_form": True}, TOKEN),
        ({"authorization": "Bearer", "own_form": True}, TOKEN),
        ({"own_form": True, "fetch_site": "same-origin"}, PASS),
        ({"own_form": True, "fetch_site": "cross-site"}, VETO),
    ],
)
def test_without_authority_of_the_browser_there_is_nothing_to_abuse(
    evidence: dict[str, Any], expected: Verdict
) -> None:
    """Webhooks and API clients pass to the app's views, but not to named forms."""
    assert verdict(**evidence) is expected


@pytest.mark.parametrize(
    ("mode", "evidence", "expected"),
    [
        ("strict", {"fetch_site": "same-origin"}, TOKEN),
        ("strict", {"origin": "https://app.example"}, TOKEN),
        ("strict", {"fetch_site": "cross-site"}, VETO),
        ("strict", {"origin": TRUSTED, "fetch_site": "cross-site"}, PASS),
        ("strict", {}, TOKEN),
        ("strict", {"has_cookies": False}, PASS),
        ("strict", {"has_cookies": False, "fetch_site": "same-origin"}, PASS),
        ("strict", {"own_form": True, "fetch_site": "same-origin"}, TOKEN),
        ("strict", {"method": "GET", "fetch_site": "cross-site"}, PASS),
        ("headers", {"fetch_site": "same-origin"}, PASS),
        ("headers", {}, VETO),
        ("headers", {"origin": "null"}, VETO),
        ("headers", {"fetch_site": "none"}, VETO),
        ("headers", {"fetch_site": "cross-site"}, VETO),
        ("headers", {"authorization": "Bearer"}, PASS),
        ("headers", {"has_cookies": False}, PASS),
        ("headers", {"has_cookies": False, "own_form": True}, VETO),
        ("off", {"fetch_site": "cross-site"}, PASS),
        ("off", {"own_form": True}, PASS),
    ],
)
def test_a_mode_is_stricter_or_laxer(
    mode: str, evidence: dict[str, Any], expected: Verdict
) -> None:
    """``strict`` wants a token as well, ``headers`` never, ``off`` lets all pass."""
    assert verdict(mode, **evidence) is expected


def test_a_decision_has_its_reason() -> None:
    """The log can say why, without quoting more of a header than fits a line."""
    evidence = Evidence("POST", "https", "app.example", fetch_site="x" * 500)
    decision = decide(evidence, Policy())
    assert decision.verdict is VETO
    assert decision.reason == f"Sec-Fetch-Site is {'x' * 32!r}"
