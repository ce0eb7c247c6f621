"""What a proxy in front of the app tells of a request, and what it hides.

A header that any client can send is believed only after the developer said so, with
Werkzeug's ``ProxyFix``.
"""

from __future__ import annotations

from flask import request

from .state import current_state
from .throttling import is_internal, network_of

_CURE = (
    "Wrap the app: app.wsgi_app = ProxyFix(app.wsgi_app), from"
    " werkzeug.middleware.proxy_fix"
)


def client_network() -> str | None:
    """Return what tries are counted by, ``None`` if a proxy hides the client."""
    if _is_behind_undeclared("X-Forwarded-For"):
        current_state().warn_once(
            "Requests come through a proxy that is not declared, so tries to sign in"
            f" are not counted by address. {_CURE}"
        )
        return None
    if _is_told_of_too_many():
        current_state().warn_once(
            "ProxyFix expects more proxies than there are, so tries to sign in are not"
            " counted by address. Set its x_for to how many have written into"
            " X-Forwarded-For."
        )
        return None
    return network_of(request.remote_addr)


def warn_of_hidden_https() -> None:
    """Say in the log, once, that the browser speaks https and the app does not know.

    The cookie lacks ``Secure`` then, and the name that no other site can plant.
    """
    is_https = request.headers.get("X-Forwarded-Proto", "").strip().lower() == "https"
    if not is_https or request.is_secure:
        return
    if _is_behind_undeclared("X-Forwarded-Proto"):
        current_state().warn_once(
            "A proxy that is not declared hides https, so cookies are not marked"
            f" Secure. {_CURE}"
        )


def _is_told_of_too_many() -> bool:
    """Tell whether ``ProxyFix`` has left the proxy's own address as everybody's."""
    before = request.environ.get("werkzeug.proxy_fix.orig", {}).get("REMOTE_ADDR")
    return (
        "X-Forwarded-For" in request.headers
        and before == request.remote_addr
        and is_internal(before)
    )


def _is_behind_undeclared(header: str) -> bool:
    return (
        header in request.headers
        and "werkzeug.proxy_fix.orig" not in request.environ
        and is_internal(request.remote_addr)
    )
