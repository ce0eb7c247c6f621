"""May this request change anything? The CSRF decision, without Flask.

Headers may veto, headers may prove, otherwise a token decides. What a browser says in
``Sec-Fetch-Site`` (W3C Fetch Metadata) and ``Origin`` (RFC 6454) no page can forge, so
most requests need no token, no session and no cookie (OWASP CSRF Prevention Cheat
Sheet, "Fetch Metadata headers").
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

#: Methods that promise to change nothing (RFC 9110, 9.2.1).
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

# Credentials that a browser adds by itself, whichever page made the request.
_AMBIENT_SCHEMES = frozenset({"basic", "digest", "negotiate", "ntlm"})


class Verdict(Enum):
    """What follows for the request."""

    PASS = "pass"  # noqa: S105 # not a password
    VETO = "veto"
    #: The session's token decides.
    TOKEN = "token"  # noqa: S105 # nor is this


class Evidence(NamedTuple):
    """What a request says about where it comes from."""

    method: str
    #: ``http`` or ``https``, as the app sees it.
    scheme: str
    #: With the port, if it is not the scheme's own.
    host: str
    #: The ``Origin`` header.
    origin: str | None = None
    #: The ``Sec-Fetch-Site`` header.
    fetch_site: str | None = None
    has_cookies: bool = False
    #: The scheme of the ``Authorization`` header.
    authorization: str | None = None
    #: The view, or a blueprint it is in, is marked with ``csrf.exempt``.
    exempt: bool = False
    #: One of our form endpoints: it acts for visitors without an account too.
    own_form: bool = False

    @property
    def has_ambient_authority(self) -> bool:
        """Whether the browser may have added authority that the page does not have."""
        authorization = (self.authorization or "").lower()

        if authorization == "bearer":
            return False  # no page can add it to a request to another site

        return self.has_cookies or authorization in _AMBIENT_SCHEMES


class Policy(NamedTuple):
    """How strictly an app looks: ``NAMEFORM_CSRF``, ``NAMEFORM_TRUSTED_ORIGINS``."""

    mode: str = "default"
    trusted_origins: tuple[str, ...] = ()


class Decision(NamedTuple):
    """The verdict, and the reason for it in words for a log."""

    verdict: Verdict
    reason: str


def decide(evidence: Evidence, policy: Policy) -> Decision:
    """Decide what follows for a request; the first rule that matches wins."""
    if evidence.method in SAFE_METHODS:
        return Decision(Verdict.PASS, "a safe method")
    if evidence.exempt:
        return Decision(Verdict.PASS, "exempt")
    if policy.mode == "off":
        return Decision(Verdict.PASS, "switched off")
    if evidence.origin in policy.trusted_origins:
        return Decision(Verdict.PASS, "a trusted origin")

    said = _by_headers(evidence)

    if said.verdict is Verdict.VETO:
        return said
    if said.verdict is Verdict.PASS and policy.mode != "strict":
        return said

    return _without_proof(evidence, policy)


def _by_headers(evidence: Evidence) -> Decision:
    """Let the headers veto or prove; if they do neither, a token is needed."""
    site = (evidence.fetch_site or "").strip().lower()

    if site == "same-origin":
        return Decision(Verdict.PASS, "Sec-Fetch-Site is same-origin")
    if site not in ("", "none"):
        return Decision(Verdict.VETO, f"Sec-Fetch-Site is {site[:32]!r}")
    # Origin is "null" under "Referrer-Policy: no-referrer" as in a sandboxed frame of
    # another site, so it says nothing.
    if evidence.origin in (None, "", "null"):
        return Decision(Verdict.TOKEN, "no header says where it comes from")

    host = evidence.host.lower()
    own_origin = f"{evidence.scheme}://{host}"

    # The second is how a proxy that ends TLS looks to an app without ProxyFix. The
    # other way round would let a page on plain http in.
    if evidence.origin in (own_origin, f"https://{host.removesuffix(':443')}"):
        return Decision(Verdict.PASS, "Origin is this site")
    return Decision(Verdict.VETO, "Origin is another site")


def _without_proof(evidence: Evidence, policy: Policy) -> Decision:
    if not evidence.has_ambient_authority and not evidence.own_form:
        return Decision(Verdict.PASS, "no cookie and no credentials of a browser")
    if policy.mode == "headers":
        return Decision(Verdict.VETO, "no header says where it comes from")
    return Decision(Verdict.TOKEN, "a token is needed")
