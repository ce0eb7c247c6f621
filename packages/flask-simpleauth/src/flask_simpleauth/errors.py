"""What can go wrong for a person, with the words and the HTTP status to answer with."""

from __future__ import annotations


def gettext_noop(text: str) -> str:
    """Mark a text for the catalogs where it is not said yet."""
    return text


def ngettext_noop(singular: str, plural: str) -> tuple[str, str]:
    """Mark a text that has a number in it."""
    return singular, plural


class AuthError(Exception):
    """Root of the errors a person causes or has to wait for.

    ``str(error)`` may be shown to them: it never holds a secret, nor tells whether an
    account exists unless the flow that raised it says so anyway. It is in English; the
    parts it is made of let :func:`flask_simpleauth.texts.say` say it in any language.

    :param message: the text, with ``%(name)s`` for the value of that name.
    :param plural: the text for any other ``number`` than one.
    """

    #: The HTTP status code to answer with.
    status = 422

    def __init__(
        self,
        message: str,
        plural: str | None = None,
        number: int = 1,
        **values: object,
    ) -> None:
        text = message if plural is None or number == 1 else plural
        super().__init__(text % values if values else text)
        self.message = message
        self.plural = plural
        self.number = number
        self.values = values


class BadCredentials(AuthError):
    """The address and the password do not belong together."""

    def __init__(self) -> None:
        super().__init__(
            gettext_noop("That e-mail address and password do not match an account.")
        )


class InvalidIdentity(AuthError):
    """This is no e-mail address."""

    def __init__(self) -> None:
        super().__init__(
            gettext_noop("Enter an e-mail address, like name@example.org.")
        )


class InvalidUsername(AuthError):
    """This cannot be a user name."""

    def __init__(self) -> None:
        super().__init__(
            gettext_noop("Use up to 64 characters, without spaces and without @.")
        )


class Taken(AuthError):
    """An account with this identity exists already."""

    def __init__(
        self, message: str = gettext_noop("That e-mail address has an account already.")
    ) -> None:
        super().__init__(message)


class UsernameTaken(Taken):
    """An account with this user name exists already."""

    def __init__(self) -> None:
        super().__init__(gettext_noop("That user name is taken. Choose another one."))


class WeakPassword(AuthError):
    """The new password is refused; the message says what a good one needs."""


class LinkIsDead(AuthError):
    """A link that works once was used already, is too old, or never was one."""

    status = 410

    def __init__(self) -> None:
        super().__init__(
            gettext_noop("This link does not work any more. Ask for a new one.")
        )


class InUse(AuthError):
    """Other rows of the site's database point at the account."""

    status = 409

    def __init__(self) -> None:
        super().__init__(
            gettext_noop(
                "This account cannot be deleted, because other things on this site"
                " belong to it. Ask whoever runs the site."
            )
        )


class KeptByHand(AuthError):
    """Accounts are listed by whoever runs the site, and nothing else changes them."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            gettext_noop(
                "Accounts are kept by whoever runs this site. Ask them to change this."
            )
        )


class TryLater(AuthError):
    """Come back after ``retry_after`` seconds, HTTP's ``Retry-After``."""

    def __init__(
        self,
        retry_after: int,
        message: str,
        plural: str | None = None,
        number: int = 1,
        **values: object,
    ) -> None:
        super().__init__(message, plural, number, **values)
        self.retry_after = retry_after


class Throttled(TryLater):
    """Too many tries from one address or for one account (RFC 6585, section 4)."""

    status = 429

    def __init__(self, retry_after: int, *, by_account: bool = False) -> None:
        seconds, minutes = retry_after, max(1, round(retry_after / 60))
        in_seconds = ngettext_noop(
            "Too many tries. Wait %(seconds)s second.",
            "Too many tries. Wait %(seconds)s seconds.",
        )
        in_minutes = ngettext_noop(
            "Too many tries. Wait %(minutes)s minute.",
            "Too many tries. Wait %(minutes)s minutes.",
        )
        if seconds < 60:
            super().__init__(retry_after, *in_seconds, seconds, seconds=seconds)
        else:
            super().__init__(retry_after, *in_minutes, minutes, minutes=minutes)
        #: Whether the account is what was tried too often, by whomever.
        self.by_account = by_account


class Busy(TryLater):
    """All places for hashing are taken, and waiting for one took too long."""

    status = 503

    def __init__(self, retry_after: int) -> None:
        super().__init__(
            retry_after, gettext_noop("The site is busy. Try again in a moment.")
        )
