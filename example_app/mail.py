"""How mails leave: by the server in ``MAIL_URL``, or into the log while developing."""

from __future__ import annotations

from typing import cast
from urllib.parse import parse_qs, unquote, urlsplit

from flask import Flask
from flask_simpleauth.mail import Mailer
from flask_simpleauth.mailers import console_mailer, smtp_mailer


def make_mailer(app: Flask) -> Mailer | None:
    """Return what sends mails, as ``MAIL_URL`` says:
    ``smtp://user:password@mail.example.org:587?from=book@example.org``.

    Without one, accounts work at once and unconfirmed, and a lost password is a matter
    for ``flask auth reset-link``.

    :raises RuntimeError: if that is no such URL.
    """
    url = cast("str | None", app.config["MAIL_URL"])

    if not url:
        return console_mailer if app.debug else None

    parts = urlsplit(url)
    sender = parse_qs(parts.query).get("from", [""])[0]

    if parts.scheme != "smtp" or not parts.hostname or not sender:
        raise RuntimeError("MAIL_URL must be smtp://host:port?from=you@example.org")

    return smtp_mailer(
        sender,
        parts.hostname,
        parts.port or 25,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password or ""),
    )
