"""Where the site is, for links that leave it."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import urlsplit

from flask import current_app, has_request_context, request

from .state import current_state


class Site(NamedTuple):
    """Where the site is: known while there is a request, needed when there is none."""

    #: What an address begins with: ``"https://example.org"``; ``None`` if not known.
    origin: str | None
    #: The path below which the app is.
    root: str

    @property
    def host(self) -> str:
        """What a person would call the site: ``"example.org"``."""
        return urlsplit(self.origin or "").netloc

    def url(self, endpoint: str, **values: Any) -> str:
        """Return the address of a page, its path alone if the origin is not known."""
        adapter = current_app.url_map.bind("", script_name=self.root)
        return (self.origin or "") + adapter.build(endpoint, values)


def current_site() -> Site:
    """Return where the site is; not what just anybody wrote as the host."""
    origin = current_state().settings().origin
    if not has_request_context():
        config: dict[str, Any] = dict(current_app.config)
        return Site(origin, config["APPLICATION_ROOT"])

    # Only what comes from this machine itself is believed.
    if origin is None and is_own_machine(urlsplit(request.host_url).hostname):
        origin = request.host_url.rstrip("/")
    return Site(origin, request.script_root)


def is_own_machine(host: str | None) -> bool:
    """Tell whether this host is the machine itself, which nobody can pretend to be."""
    return host in ("localhost", "127.0.0.1", "::1")
