"""What can go wrong for a person, with the words and the HTTP status to answer with."""

from __future__ import annotations


class AuthError(Exception):
    """Root of the errors a person causes or has to wait for.

    ``str(error)`` may be shown to them: it never holds a secret, nor tells whether an
    account exists unless the flow that raised it says so anyway.
    """

    #: The HTTP status code to answer with.
    status = 422


class BadCredentials(AuthError):
    """The address and the password do not belong together."""

    def __init__(self) -> None:
        super().__init__("That e-mail address and password do not match an account.")


class InvalidIdentity(AuthError):
    """This is no e-mail address."""

    def __init__(self) -> None:
        super().__init__("Enter an e-mail address, like name@example.org.")


class Taken(AuthError):
    """An account with this identity exists already."""

    def __init__(self) -> None:
        super().__init__("That e-mail address has an account already.")


class WeakPassword(AuthError):
    """The new password is refused; the message says what a good one needs."""


class LinkIsDead(AuthError):
    """A link that works once was used already, is too old, or never was one."""

    status = 410

    def __init__(self) -> None:
        super().__init__("This link does not work any more. Ask for a new one.")


class TryLater(AuthError):
    """Come back after ``retry_after`` seconds, HTTP's ``Retry-After``."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Throttled(TryLater):
    """Too many tries from one address or for one account (RFC 6585, section 4)."""

    status = 429

    def __init__(self, retry_after: int) -> None:
        minutes = max(1, round(retry_after / 60))
        unit = "minute" if minutes == 1 else "minutes"
        super().__init__(f"Too many tries. Wait {minutes} {unit}.", retry_after)


class Busy(TryLater):
    """All places for hashing are taken, and waiting for one took too long."""

    status = 503

    def __init__(self, retry_after: int) -> None:
        super().__init__("The site is busy. Try again in a moment.", retry_after)
