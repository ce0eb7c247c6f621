from __future__ import annotations

import base64
import logging
import socketserver
import ssl
import threading
from collections.abc import Iterator
from email import message_from_string

import pytest
from flask import Flask
from flask_simpleauth import Message, SimpleAuth
from flask_simpleauth.mailers import console_mailer, mailman_mailer, smtp_mailer
from flask_simpleauth.testing import AuthClient

MESSAGE = Message("ada@example.org", "Hello", "Hé, a link\n", "<p>Hé</p>")


class Handler(socketserver.StreamRequestHandler):
    """As much of SMTP as one client speaks."""

    server: Server

    def handle(self) -> None:
        self.answer("220 here")
        for line in self.rfile:
            command = line.decode("latin-1").strip()
            self.server.heard.append(command)
            if command.upper() == "DATA":
                self.answer("354 go on")
                self.server.mails.append(self.read_mail())
            self.answer("221 bye" if command == "QUIT" else self.server.reply(command))

    def read_mail(self) -> str:
        lines = iter(self.rfile.readline, b".\r\n")
        return b"".join(lines).decode()

    def answer(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


class Server(socketserver.ThreadingTCPServer):
    """A mail server that encrypts nothing and takes any name with "secret"."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.heard: list[str] = []
        self.mails: list[str] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def reply(self, command: str) -> str:
        if command.upper().startswith("EHLO"):
            return "250-here\r\n250 AUTH PLAIN"
        if command.startswith("AUTH PLAIN"):
            right = base64.b64decode(command.split()[2]) == b"\0site\0secret"
            return "235 in" if right else "535 wrong"
        return "250 fine"


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_smtp(server: Server) -> None:
    """A message gets to the mail server, from and to whom it says."""
    smtp_mailer("site@example.org", "127.0.0.1", server.port)(MESSAGE)
    assert server.heard[1].upper().startswith("MAIL FROM:<SITE@EXAMPLE.ORG>")
    assert server.heard[2].upper().startswith("RCPT TO:<ADA@EXAMPLE.ORG>")
    mail = message_from_string(server.mails[0])
    assert (mail["Subject"], mail.is_multipart()) == ("Hello", True)


def test_smtp_with_a_name(server: Server) -> None:
    """The mailer signs in where it is told to; a wrong password sends nothing."""
    arguments = "site@example.org", "127.0.0.1", server.port
    smtp_mailer(*arguments, user="site", password="secret")(MESSAGE)
    with pytest.raises(OSError, match="wrong"):
        smtp_mailer(*arguments, user="site", password="wrong")(MESSAGE)
    assert len(server.mails) == 1


def test_smtp_encrypts_or_sends_nothing(server: Server) -> None:
    """A server that cannot encrypt is sent nothing that was to be encrypted."""
    arguments = "site@example.org", "127.0.0.1", server.port
    with pytest.raises(OSError, match="STARTTLS"):
        smtp_mailer(*arguments, security="starttls")(MESSAGE)
    with pytest.raises(ssl.SSLError):
        smtp_mailer(*arguments, security="tls")(MESSAGE)
    assert server.mails == []


def test_smtp_elsewhere_encrypts(server: Server) -> None:
    """To another machine, mail is encrypted without being asked for."""
    # This leads here too, by a name we do not know.
    with pytest.raises(OSError, match="STARTTLS"):
        smtp_mailer("site@example.org", "127.1", server.port)(MESSAGE)
    assert server.mails == []


def test_console(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    """In development a mail is in the app's log, elsewhere it is not."""
    with app.app_context(), caplog.at_level(logging.INFO):
        with pytest.raises(RuntimeError, match="debug"):
            console_mailer(MESSAGE)
        assert "Hé" not in caplog.text
        app.debug = True
        console_mailer(MESSAGE)
    assert "To: ada@example.org\nSubject: Hello\n\nHé, a link" in caplog.text


def test_flask_mailman(app: Flask) -> None:
    """Flask-Mailman sends both parts, from whom its keys say."""
    flask_mailman = pytest.importorskip("flask_mailman")
    app.config.update(MAIL_DEFAULT_SENDER="site@example.org", MAIL_BACKEND="locmem")
    mailman = flask_mailman.Mail(app)
    auth = SimpleAuth(app, mailer=mailman_mailer(mailman))
    with app.app_context():
        auth.create_user("ada@example.org", "correct horse battery")
    client = AuthClient(app, app.response_class)
    email = "ada@example.org"
    client.submit_form("simpleauth.forgot", page="/auth/forgot", email=email)

    (mail,) = mailman.outbox
    assert (mail.to, mail.from_email) == (["ada@example.org"], "site@example.org")
    assert "/auth/reset/" in mail.body
    (html, kind), *_ = mail.alternatives
    assert kind == "text/html"
    assert "/auth/reset/" in html
