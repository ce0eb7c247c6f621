"""What the check says of a good app, by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_simpleauth.check import ROWS, Verdict
from flask_simpleauth.check.policy import write_policy
from flask_simpleauth.testing import Mailbox

if TYPE_CHECKING:
    from tests.security.check.conftest import Judge, MakeApp

#: The rows of V6 and V7 at the levels 1 and 2, from the standard itself (5.0.0).
LEVELS = {
    1: "6.1.1 6.2.1 6.2.2 6.2.3 6.2.4 6.2.5 6.2.6 6.2.7 6.2.8 6.3.1 6.3.2 6.4.1 6.4.2"
    " 7.2.1 7.2.2 7.2.3 7.2.4 7.4.1 7.4.2 3.3.1 3.5.1",
    2: "6.1.2 6.1.3 6.2.9 6.2.10 6.2.11 6.2.12 6.3.3 6.3.4 6.4.3 6.4.4 6.5.1 6.5.2"
    " 6.5.3 6.5.4 6.5.5 6.6.1 6.6.2 6.6.3 6.8.1 6.8.2 6.8.3 6.8.4 7.1.1 7.1.2 7.1.3"
    " 7.3.1 7.3.2 7.4.3 7.4.4 7.4.5 7.5.1 7.5.2 7.6.1 7.6.2 3.3.3 3.7.2",
    3: "6.3.8",
}

#: What no set-up meets: a second factor is asked for.
NOT_MET = {"6.3.3", "6.4.4"}

#: What is about things that are not there.
FEDERATED = {"6.8.1", "6.8.2", "6.8.3", "6.8.4", "7.1.3", "7.6.1"}
NOT_APPLICABLE = {"6.6.1", "6.6.3", *FEDERATED}

PRODUCTION = {
    "SIMPLEAUTH_ORIGIN": "https://guests.example",
    "SESSION_COOKIE_SECURE": True,
    "SESSION_COOKIE_NAME": "__Host-session",
}


def test_every_row_is_there() -> None:
    """Each row of the levels 1 and 2 is looked at once, with the level it has."""
    assert [row.number for row in ROWS if row.number[0] in "67"] == sorted(
        (n for level in LEVELS.values() for n in level.split() if n[0] in "67"),
        key=lambda number: [int(part) for part in number.split(".")],
    )
    assert {
        level: {r.number for r in ROWS if r.level == level} for level in LEVELS
    } == {level: set(numbers.split()) for level, numbers in LEVELS.items()}


def test_good_app(make_app: MakeApp, mails: Mailbox, verdict: Judge) -> None:
    """In production, with mail, a document and stolen passwords known, all is met."""
    app = make_app(config=PRODUCTION, mailer=mails, breached="password123456".__eq__)
    document = write_policy(app.extensions["simpleauth"], app.name)
    found = {row.number: verdict(app, row.number, document=document) for row in ROWS}
    assert {number for number, said in found.items() if said == "fail"} == NOT_MET
    assert {n for n, said in found.items() if said == "n/a"} == NOT_APPLICABLE


def test_first_steps(make_app: MakeApp, verdict: Judge) -> None:
    """With nothing set up, on one's own machine, it lacks what only a site can have."""
    app = make_app()
    failing = {row.number for row in ROWS if verdict(app, row.number) == "fail"}
    assert failing == {
        *NOT_MET,
        "3.3.1",  # https
        "3.3.3",
        "6.1.1",  # a document
        "6.1.2",
        "6.1.3",
        "7.1.1",
        "7.1.2",
        "6.2.12",  # stolen passwords
        "6.3.8",  # mail
    }


def test_words_for_scripts() -> None:
    """The words are those that scripts compare with."""
    assert [verdict.value for verdict in Verdict] == ["pass", "fail", "n/a"]
