"""What we say by mail, and to whom; sending it is the app's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Message:
    """A mail to one person."""

    to: str
    subject: str
    #: Plain text. It may hold a link that gives power, so it is not for logs.
    text: str = field(repr=False)


#: Sends a message. What it raises is logged and changes no answer.
Mailer = Callable[[Message], object]
