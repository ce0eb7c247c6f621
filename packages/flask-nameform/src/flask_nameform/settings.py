"""The ``NAMEFORM_*`` keys."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from flask import current_app, has_request_context

from .config import LiveSettings

#: The extension's key in ``app.extensions``; everything per app is kept there.
KEY = "nameform"
# That of an app without any attached: they are checked once, which takes its time.
_ALONE = "nameform_settings"

_ORIGIN = r"[a-z][a-z0-9+.-]*://([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[0-9]+)?"
_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, eq=False, repr=False)
class Settings:
    """What may differ from one deployment of an app to the next."""

    #: ``"default"``: the browser's headers decide, and a token where there are none.
    #: ``"strict"``: the headers and a token. ``"headers"``: no token at all, so a
    #: request without proof is refused. ``"off"``: nothing is checked.
    csrf: Literal["default", "strict", "headers", "off"] = "default"
    #: Other sites that may post to this one: ``scheme://host[:port]`` as a browser
    #: writes it in the ``Origin`` header.
    trusted_origins: tuple[str, ...] = ()
    #: The template our pages extend; it needs a block named ``page_content``.
    base_template: str = "nameform/base.html"
    #: How forms look: ``"plain"``, or with the classes of Bootstrap 5, whose CSS the
    #: site brings along.
    theme: Literal["plain", "bootstrap5"] = "plain"
    #: Which fields say what they are: those that are required, or the others.
    mark: Literal["required", "optional"] = "required"
    #: Leave it to the server to say what is wrong, all of it at once, each at its
    #: field, instead of to the browser.
    novalidate: bool = False
    #: The HTTP status of a form that goes back to htmx because it was not accepted.
    #: htmx 2 shows nothing but 200, unless it is told to.
    fragment_status: Literal[422, 200] = 422
    #: The languages of the site, as tags (BCP 47), the default first. Of several the
    #: browser's is taken. Flask-Babel, if the app has it, decides instead.
    locales: tuple[str, ...] = ("en",)

    def __post_init__(self) -> None:
        for origin in self.trusted_origins:
            _check_origin(origin)

        if not self.locales or not all(map(_TAG.fullmatch, self.locales)):
            raise RuntimeError(
                "NAMEFORM_LOCALES has to list the languages of the site as tags, such"
                " as ['en', 'de', 'pt-BR']."
            )


def read_settings(config: dict[str, object]) -> LiveSettings[Settings]:
    """Return the settings that ``config`` holds under the prefix ``NAMEFORM_``."""
    return LiveSettings(Settings, "NAMEFORM_", config)


def current_settings() -> Settings:
    """Return the settings of the current app, with forms attached to it or not."""
    extensions = current_app.extensions
    state = extensions.get(KEY)

    if state is None:
        if _ALONE not in extensions:
            extensions[_ALONE] = read_settings(current_app.config)
        settings: LiveSettings[Settings] = extensions[_ALONE]
    else:
        settings = state.settings

    return settings.get(serving=has_request_context())


def signing_keys(what: str) -> list[Any]:
    """Return the app's secret keys, oldest first, as itsdangerous wants them.

    :param what: what they sign, for the message.
    :raises RuntimeError: if the app has no ``SECRET_KEY``.
    """
    secret_key = current_app.secret_key

    if not secret_key:
        raise RuntimeError(
            f"{what} are signed, and this app has no SECRET_KEY. Set"
            " app.config['SECRET_KEY'] to the output of"
            " python -c 'import secrets; print(secrets.token_hex())'"
        )

    config = cast("Mapping[str, Any]", current_app.config)
    return [*(config.get("SECRET_KEY_FALLBACKS") or ()), secret_key]


def _check_origin(origin: str) -> None:
    """Refuse what no browser would send, since it would silently never match."""
    if not re.fullmatch(_ORIGIN, origin) or _has_default_port(origin):
        raise RuntimeError(
            f"NAMEFORM_TRUSTED_ORIGINS holds {origin!r}, which no browser sends as an"
            " origin. Write 'scheme://host' or 'scheme://host:port' in lower case,"
            " without a default port, a path, a wildcard or a slash at the end."
        )


def _has_default_port(origin: str) -> bool:
    scheme, _, host = origin.partition("://")
    return (scheme, host.rpartition(":")[2]) in (("http", "80"), ("https", "443"))
