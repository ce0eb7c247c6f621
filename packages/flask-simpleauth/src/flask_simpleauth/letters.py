"""Mails about accounts: written from templates, sent when the answer is on its way."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from flask import (
    Response,
    after_this_request,
    current_app,
    has_request_context,
    render_template,
)
from flask_nameform.i18n import current_locale, use_locale

from .mail import Mailer, Message
from .origin import Site, current_site
from .state import current_state

logger = logging.getLogger(__name__)

_SUBJECT = "Subject:"


class Letters:
    """Writes and sends mails, where there may be no request any more."""

    def __init__(self, site: Site, mailer: Mailer) -> None:
        self.site = site
        self._mailer = mailer

    def send(self, to: str, name: str, **context: Any) -> None:
        """Write what ``simpleauth/mail/<name>.txt`` says, and send it.

        The HTML has the same words, set by ``simpleauth/mail/letter.html``, unless
        there is a ``simpleauth/mail/<name>.html``.

        :raises RuntimeError: if the template does not begin with its subject.
        """
        template = f"simpleauth/mail/{name}.txt"
        written = render_template(template, site=self.site.host, **context)
        head, _, text = written.strip().partition("\n\n")
        if not head.startswith(_SUBJECT):
            raise RuntimeError(
                f"The template {template} must begin with a line 'Subject: ...' and an"
                " empty one."
            )
        subject = " ".join(head.removeprefix(_SUBJECT).split())
        html = render_template(
            [f"simpleauth/mail/{name}.html", "simpleauth/mail/letter.html"],
            site=self.site.host,
            subject=subject,
            paragraphs=text.split("\n\n"),
            **context,
        )
        self._mailer(Message(to=to, subject=subject, text=text + "\n", html=html))


def deliver(write: Callable[[Letters], None]) -> None:
    """Write and send a mail after the response; outside a request, now.

    Were it done before, the time taken would tell which addresses have accounts. For
    the same reason ``write`` is where to look them up. What it raises is logged. The
    mail is in the language of the page that it comes from.
    """
    proxy: Any = current_app
    app, site, locale = proxy._get_current_object(), current_site(), current_locale()

    def work() -> None:
        with app.app_context(), use_locale(locale):
            try:
                _try(write, site)
            except Exception:
                logger.exception("A mail was not sent.")

    def arrange(response: Response) -> Response:
        response.call_on_close(work)
        return response

    if has_request_context():
        after_this_request(arrange)
    else:
        work()


def _try(write: Callable[[Letters], None], site: Site) -> None:
    mailer = current_state().mailer
    if mailer is not None and site.origin is not None:
        write(Letters(site, mailer))
        return

    why = (
        "SimpleAuth has no mailer" if mailer is None else "SIMPLEAUTH_ORIGIN is not set"
    )
    logger.error("A mail was not sent: %s.", why)
