"""Ready-made mailers, for ``SimpleAuth(mailer=...)``.

Any callable that takes a :class:`~flask_simpleauth.Message` is one; these are short
enough to be read as examples.
"""

from __future__ import annotations

import smtplib
import ssl
from typing import Literal, Protocol

from flask import current_app

from .mail import Mailer, Message
from .origin import is_own_machine


def console_mailer(message: Message) -> None:
    """Write the message into the app's log, link and all: for development only.

    :raises RuntimeError: if the app is not in debug mode, since whoever reads a log
        could then use the links in it.
    """
    if not current_app.debug:
        raise RuntimeError(
            "console_mailer writes links that give power into the log, so it works in"
            " debug mode only: flask run --debug. Elsewhere use smtp_mailer or another."
        )
    current_app.logger.info(
        "To: %s\nSubject: %s\n\n%s", message.to, message.subject, message.text
    )


def smtp_mailer(
    sender: str,
    host: str = "localhost",
    port: int = 25,
    *,
    user: str | None = None,
    password: str = "",
    security: Literal["starttls", "tls", "none"] | None = None,
    timeout: float = 10,
) -> Mailer:
    """Return a mailer that hands messages to an SMTP server (RFC 5321).

    :param sender: who they are from, such as ``"The site <site@example.org>"``.
    :param user: the name to sign in with, if the server asks for that.
    :param security: ``"starttls"``, usual on port 587; ``"tls"`` from the first byte
        on, usual on 465; or ``"none"``. By default nothing on this machine, and
        STARTTLS to others: a server that cannot is then sent nothing.
    :param timeout: seconds to wait for the server.
    """
    security = security or ("none" if is_own_machine(host) else "starttls")

    def send(message: Message) -> None:
        with _connect(host, port, security, timeout) as server:
            if user is not None:
                server.login(user, password)
            server.send_message(message.as_email(sender), to_addrs=[message.to])

    return send


def _connect(host: str, port: int, security: str, timeout: float) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if security == "tls":
        return smtplib.SMTP_SSL(host, port, timeout=timeout, context=context)

    server = smtplib.SMTP(host, port, timeout=timeout)
    if security == "starttls":
        try:
            server.starttls(context=context)
        except Exception:
            server.close()
            raise
    return server


class Mailman(Protocol):
    """What Flask-Mailman's ``Mail`` does."""

    def send_mail(
        self,
        subject: str,
        message: str,
        *,
        recipient_list: list[str],
        html_message: str,
    ) -> object:
        """Send a mail from whom the key ``MAIL_DEFAULT_SENDER`` says."""
        ...


def mailman_mailer(mail: Mailman) -> Mailer:
    """Return a mailer that sends through Flask-Mailman, as its ``MAIL_*`` keys say.

    :param mail: the extension object, which may get its app later.
    """

    def send(message: Message) -> None:
        mail.send_mail(
            message.subject,
            message.text,
            recipient_list=[message.to],
            html_message=message.html,
        )

    return send
