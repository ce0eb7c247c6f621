"""Stand-ins that an app under test is given: a clock, a mailer, a hash."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

from ..mail import Message

#: For ``SIMPLEAUTH_PASSWORD_HASH`` in tests: a hundred times faster, and as weak.
CHEAP_HASH = "scrypt:256:8:1"


class FakeClock:
    """A clock that stands until it is turned: ``SimpleAuth(clock=FakeClock())``."""

    def __init__(self, now: float = 1_800_000_000) -> None:
        #: Seconds since 1970.
        self.now = now

    def __call__(self) -> float:
        """Return the present instant."""
        return self.now

    def advance(self, duration: timedelta | float) -> None:
        """Let time pass.

        :param duration: seconds, if it is a number.
        """
        if isinstance(duration, timedelta):
            duration = duration.total_seconds()
        self.now += duration


class Mailbox:
    """A mailer that keeps the messages: ``SimpleAuth(mailer=Mailbox())``."""

    def __init__(self) -> None:
        #: The oldest first.
        self.sent: list[Message] = []

    def __call__(self, message: Message) -> None:
        """Take a message."""
        self.sent.append(message)

    def link(self) -> str:
        """Return the path of the first link in the newest message.

        :raises LookupError: if there is no message, or no link in it.
        """
        if not self.sent:
            raise LookupError("No message was sent.")

        newest = self.sent[-1]
        found = re.search(r"https?://\S+", newest.text)
        if found is None:
            raise LookupError(f"{newest} holds no link.")
        return urlsplit(found[0]).path
