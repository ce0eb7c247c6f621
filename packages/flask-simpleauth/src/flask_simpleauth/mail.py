"""What we say by mail, and to whom; sending it is the app's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage


@dataclass(frozen=True)
class Message:
    """A mail to one person, in plain text and as HTML.

    Both may hold a link that gives power, so neither is for logs.
    """

    #: One bare address, such as ``"ada@example.org"``.
    to: str
    #: One line.
    subject: str
    text: str = field(repr=False)
    #: The same words as a page; a mailer that sends plain text alone may leave it.
    html: str = field(default="", repr=False)

    def as_email(self, sender: str) -> EmailMessage:
        """Return it as the standard library's message, ready to be sent.

        :param sender: who it is from: ``"site@example.org"``, with a name before it
            if you like: ``"The site <site@example.org>"``.
        :raises ValueError: if the address it is to is none.
        """
        # Imported here: it takes its time, and only who sends mail needs it.
        from email.headerregistry import Address

        mail = EmailMessage()
        mail["From"], mail["Subject"] = sender, self.subject
        # Not as text: a comma in an address would make two of one.
        mail["To"] = Address(addr_spec=self.to)
        mail.set_content(self.text)
        if self.html:
            mail.add_alternative(self.html, subtype="html")
        return mail


#: Sends a message. What it raises is logged and changes no answer.
Mailer = Callable[[Message], object]
