from __future__ import annotations

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from flask_simpleauth import Busy
from flask_simpleauth.passwords import MAX_LENGTH, Passwords
from flask_simpleauth.testing.stores.crowd import at_once, in_processes

CHEAP = "scrypt:256:8:1"


def test_round_trip() -> None:
    """A password verifies against its own hash and no other does."""
    passwords = Passwords(CHEAP)
    stored = passwords.hash("correct horse")

    assert passwords.verify(stored, "correct horse")
    assert not passwords.verify(stored, "correct horsf")


@pytest.mark.parametrize("stored", [None, "", "nonsense", "md5$salt$abc"])
def test_without_a_usable_hash(stored: str | None) -> None:
    """Nothing verifies where there is no usable hash, not even an empty password."""
    for password in ("", "None", "nonsense"):
        assert not Passwords(CHEAP).verify(stored, password)


def test_normal_form() -> None:
    """One text typed on two keyboards is one password, and all of it counts."""
    passwords = Passwords(CHEAP)
    stored = passwords.hash("caf\u00e9 " + "x" * 900)

    assert passwords.verify(stored, "cafe\u0301 " + "x" * 900)
    assert not passwords.verify(stored, "cafe\u0301 " + "x" * 899)


def test_lone_surrogate() -> None:
    """Text that cannot be encoded is a wrong password, no error."""
    passwords = Passwords(CHEAP)

    assert not passwords.verify(passwords.hash("correct horse"), "\ud800")


def test_needs_rehash() -> None:
    """A hash made by another method than today's is to be renewed."""
    stored = Passwords(CHEAP).hash("correct horse")

    assert stored.startswith("scrypt:256:8:1$")
    assert not Passwords(CHEAP).needs_rehash(stored)
    assert Passwords("scrypt:512:8:1").needs_rehash(stored)


def test_longest_hash_fits_its_column() -> None:
    """What is stored is within the 200 characters a column is asked to have."""
    assert len(Passwords(CHEAP).hash("x" * MAX_LENGTH)) <= 200


def test_bounded_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who finds no place to hash in time is told to come back."""
    scrypt, begun, go_on = hashlib.scrypt, threading.Event(), threading.Event()

    def hold(*args: Any, **options: Any) -> bytes:
        if not begun.is_set():
            begun.set()
            go_on.wait()
        return scrypt(*args, **options)

    def insist() -> str:
        while True:
            with suppress(Busy):
                return passwords.hash("correct horse")

    monkeypatch.setattr(hashlib, "scrypt", hold)
    passwords = Passwords(CHEAP, places=1, patience=0.01)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(insist)
        begun.wait()
        others: list[Any] = at_once(lambda: passwords.hash("correct horse"))
        go_on.set()

    assert [type(other) for other in others] == [Busy] * 20
    assert others[0].retry_after >= 1
    assert Passwords(CHEAP).verify(first.result(), "correct horse")


def test_few_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many threads ask, two hash, which is where the memory for it stays."""
    scrypt, hashing = hashlib.scrypt, set[int]()

    def note(*args: Any, **options: Any) -> bytes:
        hashing.add(threading.get_ident())
        return scrypt(*args, **options)

    monkeypatch.setattr(hashlib, "scrypt", note)
    passwords = Passwords(CHEAP, places=2)
    stored = passwords.hash("correct horse")

    assert at_once(lambda: passwords.verify(stored, "correct horse")) == [True] * 20
    assert len(hashing) <= 2


def test_forked() -> None:
    """A worker that is forked after the first hash hashes for itself."""
    passwords = Passwords(CHEAP)
    stored = passwords.hash("correct horse")

    assert in_processes(lambda: passwords.verify(stored, "correct horse")) == [True] * 4
