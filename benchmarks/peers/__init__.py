"""The apps that are compared: one module for each way to build them.

Each is set up as its documentation says is best, and its module says what that is. All
do the same work: the same layout and text, the same table of users with Ada in it, the
same kind of answer (303 after a form, 422 for a form with an error where that is the
app's own choice). A module has a function for each of these that it can be compared in:

``accounts``
    A public page, a page for who is signed in, signing in by form and as JSON, and a
    page for programs that show a token.
``form``
    A page with a form that asks for a name; ``form_in_a_view`` and ``form_with_token``
    are other ways to have one.
``greeting``
    A page that greets, or prints a name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

EMAIL = "ada@example.org"
NAME = "Ada Lovelace"
PASSWORD = "correct horse battery"  # noqa: S105 # of nobody
SECRET_KEY = "a-secret-of-nobody-with-32-bytes"  # noqa: S105 # of nobody

#: A method of Werkzeug's that costs nothing, to see what else there is in signing in.
CHEAP_HASH = "pbkdf2:sha256:1"


def _nothing() -> None:
    pass


@dataclass(frozen=True)
class Site:
    """An app, and how a visitor finds their way in it."""

    wsgi: WSGIApplication
    #: Makes the tables and Ada; not what an app does at each start.
    prepare: Callable[[], None] = _nothing
    #: Where the form to sign in is, and what it calls the address.
    login: str = "/login"
    identity: str = "email"
    #: Where JSON is sent to sign in.
    json_login: str = "/login"
    #: Makes the headers of a program that acts for Ada.
    token: Callable[[], Mapping[str, str]] = field(default=dict)
    #: Signs many people in, and returns the cookies of each.
    visitors: Callable[[], Sequence[Mapping[str, str]]] = field(default=tuple)


@dataclass(frozen=True)
class Subject:
    """One app to measure: how it was built, what it shows, and with what."""

    #: Its name in the table.
    label: str
    #: A module and a function that makes the site, and what that takes.
    module: str
    function: str
    arguments: tuple[object, ...] = ()
    #: What it does not offer.
    lacks: tuple[str, ...] = ()

    def does(self, work: str) -> bool:
        """Tell whether it can be compared in this work."""
        return work not in self.lacks

    def make(self) -> Site:
        """Build the app; its libraries are imported here and not before."""
        module = import_module(f"{__package__}.{self.module}")
        site: Site = getattr(module, self.function)(*self.arguments)
        return site
