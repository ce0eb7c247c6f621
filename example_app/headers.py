"""Headers that every answer has, and the proxies in front of it."""

from __future__ import annotations

from typing import cast

from flask import Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix

# Everything comes from here: no inline script, no inline style, no frame.
_POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none';"
    " object-src 'none'"
)


def init_app(app: Flask) -> None:
    """Add the headers, and believe as many proxies as the configuration says."""
    app.after_request(_harden)
    proxies = cast(int, app.config["PROXIES"])

    if proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign] # as Flask documents it
            app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies
        )


def _harden(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", _POLICY)
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers["X-Content-Type-Options"] = "nosniff"

    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if response.mimetype == "text/html":
        response.vary.add("Accept-Language")  # which Flask-Babel does not say

    return response
