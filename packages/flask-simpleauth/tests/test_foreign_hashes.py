"""The hashes were made by Django 6.1, Flask-Security 5.9 and libpass 1.9."""

from __future__ import annotations

import logging
import sys

import pytest
from flask import Flask
from flask_simpleauth import BadCredentials, SimpleAuth
from flask_simpleauth.foreign_hashes import ForeignHashes
from flask_simpleauth.passwords import Passwords
from flask_simpleauth.stores.memory import MemoryStore

PASSWORD = "correct horse battery"

# It has a ligature and an accent of its own, so that its normal forms differ.
UNICODE = "Straße \ufb01 cafe\u0301 🔑"

SALT = "the salt of a site"

DJANGO = [
    (
        PASSWORD,
        "pbkdf2_sha256$1000$QSRqzP4MdLQ2$elJhiZy8iyR61fFzj9QScBPbv/ZaBx4U/wesnorMjh4=",
    ),
    (
        UNICODE,
        "pbkdf2_sha256$1000$QSRqzP4MdLQ2$2qJo89XuGVKL/voNgEJkPiufQDgLSOmP+7Q2hnYXpAE=",
    ),
    (PASSWORD, "pbkdf2_sha1$1000$QSRqzP4MdLQ2$4fM9OX8ev80Wk+rNT/KFaYohGfM="),
    (
        PASSWORD,
        "scrypt$256$QSRqzP4MdLQ2$8$5$MRolF6bgF6SOd93N7UOreUR3HWT9zkiYf2mKiHKimI0jZueN"
        "QCN1s9qEub7IWqM2JwQovZel1UaLbkk3Co1d0g==",
    ),
    (
        PASSWORD,  # Django's own parameters, to see that there is memory for them
        "scrypt$16384$QSRqzP4MdLQ2$8$5$NqWnD4Mp7+aYk6LsiNQ6/Mj+bV9xA3gTmUT4Bpz4SAAk4gf"
        "PWwH0p5bIAbEsRg46nQD1LE2og56uE0JcS8zHcA==",
    ),
]

DJANGO_ARGON2 = [
    (
        PASSWORD,
        "argon2$argon2id$v=19$m=1024,t=2,p=1$UVNScXpQNE1kTFEyUVNScXpQNE0$2wHq1zyNvM7Fz"
        "v1fgkfxkAf4iO4AvSAV5QumD9i82+8",
    ),
    (
        UNICODE,
        "argon2$argon2id$v=19$m=1024,t=2,p=1$UVNScXpQNE1kTFEyUVNScXpQNE0$BVaZvDdOm85j/"
        "MxQoskWbRgrBeRj/78zs2WZ4+dsXn8",
    ),
]

DJANGO_BCRYPT = [
    (
        PASSWORD,
        "bcrypt_sha256$$2b$04$bz0YWdERu4BClInJw1MwpOInB1IJUH6aE4XLaWiMF878r2y4hRi3q",
    ),
    (
        UNICODE,
        "bcrypt_sha256$$2b$04$AvZXBWSnuBaZ8iZLKKUIR.bnTjcAsjx3VLqI.xfYmUQAYUghP9wFG",
    ),
    (PASSWORD, "bcrypt$$2b$04$jVvuovL95FrE9BjCwzfuTOpW8tWgqrhOHzOn5b7QrZOARkpyDLB2."),
]

FLASK_SECURITY = [
    (
        PASSWORD,
        "$pbkdf2-sha512$1000$vfe.txbiPOf833vPuTemtA$rN/TGay.niE9zfZkmHezli7XkaGxGLhQ9X"
        "GSWEV7wWvrm8qCElf4OuZayq3J8BlroDo5P3t4H0QJagga2cMhBw",
    ),
    (
        UNICODE,
        "$pbkdf2-sha512$1000$MGYsxZhzzrl37h3DeO99Tw$F3MQH9.kySaQ0hCbFmPnEog0lHQlJs9h.z"
        "epruuQTmhL7HSgyv0pq.LT.FbmJGE9.Jvvt9oWBIq/QkGrYhjeDg",
    ),
    (
        PASSWORD,
        "$pbkdf2-sha256$1000$Sumd854TAqD03nuv1dr7fw$PW4Nkd3ccCw6pVFZ4.STxNjlbO660mcJdm"
        "kD8TSXXT8",
    ),
]

FLASK_SECURITY_ARGON2 = [
    (
        PASSWORD,
        "$argon2id$v=19$m=1024,t=1,p=1$ZEwpJYQwhnBubQ1BqFXKeQ$diS008SBlZhmryVw9lgM8fMN"
        "iTNOdBPoHbVhwI5W/Og",
    ),
    (
        UNICODE,
        "$argon2id$v=19$m=1024,t=1,p=1$pHSu1ZrTunfunTPm/L+XMg$3bEg7fCq5o+rkgmcOiFE3wdP"
        "n76uNdBAemp2RWZTz9c",
    ),
    (
        PASSWORD * 5,
        "$argon2id$v=19$m=1024,t=1,p=1$0dp77/2/917rvddai1GqVQ$5nqUqvUlAMoOJtbF/TI/N9qX"
        "Y5ZXGagXX+bwcCnRrRU",
    ),
]

FLASK_SECURITY_BCRYPT = [
    (PASSWORD, "$2b$04$.WZt5dVokoip/V/iXL7FEeBaCYuSv.IncWoizn.9y7s.ZKgtfhL8u"),
    (UNICODE, "$2b$04$YP0ms/W1HjwmBW3fCkp9G.XhKqFZ6sm6yv6cmULI4TdZNw4fs6nNi"),
    (PASSWORD * 5, "$2b$04$jHTP3/SOQ2X6rV/IeVdFRu5ouvFtyAvOZFcDvaT/BACWu3rq0Vx7e"),
]

PASSLIB = [
    (
        PASSWORD,
        "$pbkdf2-sha512$1000$5rwXwhgjZEwpZSylFAJg7A$U8DB17pU1fYZeZbkrNLCDC.r.5c/qNok4s"
        "5.5ESoCSMkoAU03boAwmtUC4rQWJU2NEZck23iOQ98WJY5vIRToQ",
    ),
    (PASSWORD, "$pbkdf2$1000$tPb.H0OoFaK0NkbI.d97Tw$zEogxHhtKyl89VTSjJJ1pE0JEmU"),
]

PASSLIB_ARGON2 = [
    (
        PASSWORD,
        "$argon2id$v=19$m=1024,t=1,p=1$qjWGMCYkpFQqhdBaCwEg5A$cigLhaHM5/IqBVWaiD+6KRah"
        "fZUjOYzhWvkNaJZ8/CI",
    )
]

PASSLIB_BCRYPT = [
    (PASSWORD, "$2b$04$iZo1dwAbjVwRCIex8tEsGeJSN7OuIW2S4srNE0qdXdRjRcb5vr6xC")
]

BROKEN = [
    "pbkdf2_sha256$many$salt$abcd",
    "pbkdf2_sha256$1000$salt$",
    "pbkdf2_sha256$1000$salt$a",
    "pbkdf2_sha256$99999999999999999999$salt$abcd",
    "pbkdf2_sha256$1000",
    "scrypt$3$salt$8$5$abcd",
    "scrypt:3:8:5$salt$abcd",
    "pbkdf2:sha256:99999999999$salt$abcd",
    "$pbkdf2-sha512$1000$salt",
    "$pbkdf2-nonsense$1000$salt$abcd",
]

UNKNOWN = ["", "nonsense", "md5$salt$abc", "!FQi0HNC9sufHeI4pD4ZZ7QIz3", "$6$a$b", "$"]


def salted(vectors: list[tuple[str, str]]) -> list[tuple[str, str, str | None]]:
    return [(password, stored, SALT) for password, stored in vectors]


def plain(vectors: list[tuple[str, str]]) -> list[tuple[str, str, str | None]]:
    return [(password, stored, None) for password, stored in vectors]


def check(password: str, stored: str, salt: str | None) -> None:
    """See that the password is right, and that nothing else is."""
    hashes = ForeignHashes(salt)
    assert hashes.verify(stored, password) is True
    for wrong in (password[1:] + "x", "", f"\0{password}", "\ud800"):
        assert hashes.verify(stored, wrong) is False


@pytest.mark.parametrize(
    ("password", "stored", "salt"),
    [*plain(DJANGO), *salted(DJANGO), *salted(FLASK_SECURITY), *plain(PASSLIB)],
)
def test_hash(password: str, stored: str, salt: str | None) -> None:
    """A hash that others made verifies with its password and no other."""
    check(password, stored, salt)


@pytest.mark.parametrize(
    ("password", "stored", "salt"),
    [
        *plain(DJANGO_ARGON2),
        *salted(DJANGO_ARGON2),
        *salted(FLASK_SECURITY_ARGON2),
        *plain(PASSLIB_ARGON2),
    ],
)
def test_argon2(password: str, stored: str, salt: str | None) -> None:
    """So does one of argon2, where its library is installed."""
    pytest.importorskip("argon2")
    check(password, stored, salt)


@pytest.mark.parametrize(
    ("password", "stored", "salt"),
    [
        *plain(DJANGO_BCRYPT),
        *salted(DJANGO_BCRYPT),
        *salted(FLASK_SECURITY_BCRYPT),
        *plain(PASSLIB_BCRYPT),
    ],
)
def test_bcrypt(password: str, stored: str, salt: str | None) -> None:
    """So does one of bcrypt, where its library is installed."""
    pytest.importorskip("bcrypt")
    check(password, stored, salt)


def test_bcrypt_looks_at_72_bytes() -> None:
    """A hash that was made of a long password's beginning knows no more than that."""
    pytest.importorskip("bcrypt")
    stored = "$2b$04$ZiVtIbOJlQfgOc/xH/Dvgu7ZQgiCcONX5Qg0E8dWkRxV/fKeZI55e"
    assert ForeignHashes().verify(stored, PASSWORD * 5) is True


@pytest.mark.parametrize("stored", BROKEN)
def test_broken(stored: str, caplog: pytest.LogCaptureFixture) -> None:
    """A broken hash refuses the sign-in, says so in the log, and is no error."""
    with caplog.at_level(logging.WARNING):
        assert Passwords("scrypt:256:8:1").verify(stored, PASSWORD) is False
    assert "cannot be read" in caplog.text


@pytest.mark.parametrize("stored", ["argon2$nonsense", "$argon2id$v=19$m=1,t=1$a$b"])
def test_broken_argon2(stored: str) -> None:
    """So does one of argon2."""
    pytest.importorskip("argon2")
    assert ForeignHashes().verify(stored, PASSWORD) is None


@pytest.mark.parametrize("stored", ["$2b$04$nonsense", "bcrypt_sha256$$2b$04$x", "$2b"])
def test_broken_bcrypt(stored: str) -> None:
    """So does one of bcrypt."""
    assert ForeignHashes().verify(stored, PASSWORD) is None


@pytest.mark.parametrize("stored", UNKNOWN)
def test_unknown(stored: str) -> None:
    """What is no hash we know matches nothing, itself included."""
    for password in ("", "None", stored, PASSWORD):
        assert Passwords("scrypt:256:8:1").verify(stored, password) is False


@pytest.mark.parametrize(
    ("library", "stored"),
    [("argon2", DJANGO_ARGON2[0][1]), ("bcrypt", FLASK_SECURITY_BCRYPT[0][1])],
)
def test_missing_library(
    library: str,
    stored: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Without the library the sign-in is refused, and the log says once what to do."""
    monkeypatch.setitem(sys.modules, library, None)
    passwords = Passwords("scrypt:256:8:1")
    with caplog.at_level(logging.ERROR):
        for _ in range(2):
            assert passwords.verify(stored, PASSWORD) is False
    assert len(caplog.messages) == 1
    assert f"pip install Flask-SimpleAuth[{library}]" in caplog.text


def test_libraries_are_loaded_when_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes that need no library load none."""
    for library in ("argon2", "bcrypt"):
        monkeypatch.setitem(sys.modules, library, None)
    for password, stored, salt in [*plain(DJANGO), *salted(FLASK_SECURITY)]:
        assert ForeignHashes(salt).verify(stored, password) is True


@pytest.mark.parametrize(
    ("stored", "salt"),
    [(DJANGO[0][1], None), (FLASK_SECURITY[0][1], SALT)],
    ids=["django", "flask-security"],
)
def test_moving_in(app: Flask, stored: str, salt: str | None) -> None:
    """Who comes from elsewhere signs in, and has a hash of ours from then on."""
    store = MemoryStore()
    app.config["SECURITY_PASSWORD_SALT"] = salt
    auth = SimpleAuth(app, store=store)
    store.users.create(
        {"email": "ada@example.org", "name": "Ada", "password_hash": stored}
    )
    with app.app_context():
        with pytest.raises(BadCredentials):
            auth.authenticate("ada@example.org", "wrong horse battery")
        assert auth.authenticate("ada@example.org", PASSWORD).name == "Ada"
        user = store.users.find("ada@example.org")
        assert user is not None
        assert user.password_hash.startswith("scrypt:256:8:1$")
        auth.authenticate("ada@example.org", PASSWORD)
