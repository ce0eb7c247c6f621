"""What the log says of a proxy that nobody has declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from flask_simpleauth.throttling import SIGN_IN
from werkzeug.middleware.proxy_fix import ProxyFix

if TYPE_CHECKING:
    from conftest import Site


def sign_in(site: Site, peer: str = "127.0.0.1", **headers: str) -> str:
    """Sign in through a proxy, and return the cookies that are set."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = site.client().post(
        "/auth/-/forms/login",
        data={"email": "ada@example.org", "password": "correct horse battery"},
        headers={"Sec-Fetch-Site": "same-origin", **headers},
        environ_base={"REMOTE_ADDR": peer},
    )
    assert answer.status_code == 303
    return " ".join(answer.headers.getlist("Set-Cookie"))


def test_hidden_https(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    """A proxy that hides https is told once, with the cure."""
    for _ in range(2):
        assert "Secure" not in sign_in(site, X_Forwarded_Proto="https")
    (message,) = caplog.messages
    assert "hides https" in message
    assert "ProxyFix(app.wsgi_app)" in message


def test_declared_proxy(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    """One that is declared tells of https, and the cookies are marked."""
    site.app.wsgi_app = ProxyFix(site.app.wsgi_app)  # type: ignore[method-assign] # Flask's way
    cookies = sign_in(site, X_Forwarded_Proto="https", X_Forwarded_For="192.0.2.1")
    assert "__Host-simpleauth=" in cookies
    assert cookies.count("Secure") == 2
    assert caplog.messages == []


@pytest.mark.parametrize(
    ("peer", "scheme"), [("127.0.0.1", "http"), ("8.8.8.8", "https")]
)
def test_nothing_is_hidden(
    site: Site, caplog: pytest.LogCaptureFixture, peer: str, scheme: str
) -> None:
    """A proxy without https, and a stranger who sends the header, are not told."""
    sign_in(site, peer, X_Forwarded_Proto=scheme)
    assert caplog.messages == []


@pytest.mark.parametrize("addresses", ["192.0.2.1", "192.0.2.1, 10.0.0.1"])
def test_too_many_declared(
    site: Site, caplog: pytest.LogCaptureFixture, addresses: str
) -> None:
    """Where fewer proxies are than declared, visitors do not share one count."""
    fits = "," in addresses
    site.app.wsgi_app = ProxyFix(site.app.wsgi_app, x_for=2)  # type: ignore[method-assign] # Flask's way
    statuses = {
        site.client()
        .post(
            "/auth/-/forms/login",
            data={"email": f"{number}@example.org", "password": "wrong"},
            headers={
                "Sec-Fetch-Site": "same-origin",
                "X-Forwarded-For": addresses,
            },
        )
        .status_code
        for number in range(SIGN_IN.by_address + 1)
    }
    assert statuses == ({422, 429} if fits else {422})
    assert len(caplog.messages) == (0 if fits else 1)
    assert all("x_for" in message for message in caplog.messages)
