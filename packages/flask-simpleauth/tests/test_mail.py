from __future__ import annotations

import pytest
from flask_simpleauth import Message


def test_as_email() -> None:
    """The standard library's message has both parts, plain text first."""
    message = Message("ada@example.org", "Hello", "Hé,\n\na link\n", "<p>Hé</p>")
    mail = message.as_email("The site <site@example.org>")
    assert mail["From"] == "The site <site@example.org>"
    assert (mail["To"], mail["Subject"]) == ("ada@example.org", "Hello")
    parts = [
        (part.get_content_type(), part.get_content()) for part in mail.iter_parts()
    ]
    assert parts == [
        ("text/plain", "Hé,\n\na link\n"),
        ("text/html", "<p>Hé</p>\n"),
    ]


def test_as_plain_email() -> None:
    """A message without HTML is one of plain text."""
    mail = Message("ada@example.org", "Hello", "text").as_email("site@example.org")
    assert mail.get_content_type() == "text/plain"


@pytest.mark.parametrize("to", ["a@b.org, eve@b.org", "a@b.org\nBcc: eve@b.org", "eve"])
def test_one_recipient(to: str) -> None:
    """A message is to one address, or to nobody."""
    with pytest.raises(ValueError, match=r".+"):
        Message(to, "Hello", "text").as_email("site@example.org")


def test_repr() -> None:
    """A message in a log line does not give its link away."""
    assert "secret" not in repr(Message("a@b.org", "Subject", "secret", "secret"))
