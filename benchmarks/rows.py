"""What is measured, of which apps, and what is promised: the rows of the table.

A promise is a ratio to the first app of the group, Flask by hand. It holds if it is
kept within 0.02, which is what a measurement is good for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .databases import Databases
from .peers import CHEAP_HASH, Subject

OURS = "the three packages"


@dataclass(frozen=True)
class Row:
    """One kind of work."""

    work: str
    label: str
    #: The highest ratio, by the label of an app.
    promised: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Group:
    """Rows that the same apps are compared in."""

    title: str
    subjects: Sequence[Subject]
    rows: Sequence[Row]
    #: Whether the apps wait for a server.
    waits: bool = False


def accounts(at: Databases, *method: str) -> list[Subject]:
    """Return the apps with accounts.

    :param method: how they hash passwords, if not as they do by default.
    """
    modules = {
        "Flask by hand": "by_hand",
        OURS: "ours",
        "Flask-Login": "login",
        "Flask-Security": "security",
        "Django": "django_site",
    }
    kind = "_cheap" if method else ""
    return [
        Subject(
            label,
            module,
            "accounts",
            (at(module + kind), *method),
            lacks=("api",) if label == "Django" else (),
        )
        for label, module in modules.items()
    ]


def on_sqlite(at: Databases) -> Group:
    """Return the rows of apps with accounts in SQLite."""
    rows = [
        Row("public", "public page", {OURS: 1.05}),
        Row("signed in", "signed-in page", {OURS: 0.90}),
        Row("api", "call with an API token"),
        Row("sign in", "sign-in, all but hashing"),
        Row("json sign in", "sign-in as JSON, all but hashing"),
    ]
    return Group("Accounts, on SQLite", accounts(at, CHEAP_HASH), rows)


def on_postgresql(at: Databases) -> Group:
    """Return the rows of apps with accounts in PostgreSQL."""
    rows = [
        Row("signed in", "signed-in page", {OURS: 1.00}),
        Row("api", "call with an API token"),
        Row("sign in", "sign-in, all but hashing"),
    ]
    return Group("Accounts, on PostgreSQL", accounts(at, CHEAP_HASH), rows, waits=True)


def hashing(at: Databases) -> Group:
    """Return the row in which passwords are hashed as each app does it by default."""
    rows = [Row("sign in", "sign-in")]
    return Group("Accounts, with hashing", accounts(at), rows)


def forms() -> Group:
    """Return the rows of apps with a form."""
    named, new, known = "Flask-NameForm, named", "new visitor", "with a session"
    subjects = [
        Subject("Flask by hand", "by_hand", "form"),
        Subject("by hand, with a token", "by_hand", "form_with_token"),
        Subject(named, "ours", "form"),
        Subject("Flask-NameForm, in a view", "ours", "form_in_a_view"),
        Subject("Flask-WTF, Bootstrap-Flask", "wtf", "form"),
        Subject("Django", "django_site", "form"),
    ]
    rows = [
        Row("shown", f"form shown, {new}", {named: 1.25}),
        Row("shown, known", f"form shown, {known}", {named: 1.55}),
        Row("posted", f"form posted, {new}", {named: 1.10}),
        Row("posted, known", f"form posted, {known}", {named: 1.25}),
        Row("refused", f"form with an error, {new}"),
        Row("refused, known", f"form with an error, {known}"),
    ]
    return Group("Forms", subjects, rows)


def greetings() -> Group:
    """Return the row of a page that greets."""
    subjects = [
        Subject("Flask by hand", "by_hand", "greeting"),
        Subject("Flask-Greet", "ours", "greeting"),
    ]
    rows = [Row("greeted", "greeted page", {"Flask-Greet": 1.15})]
    return Group("Greeting", subjects, rows)
