from __future__ import annotations

import pytest
from flask_simpleauth.known_devices import KnownDevice

KEYS = [b"key"]


def test_knows() -> None:
    """A device knows who has signed in on it, and nobody else."""
    device = KnownDevice.new().knowing(["ada@example.org", "ada"])
    assert device.knows("ada@example.org")
    assert device.knows("ada")
    assert not device.knows("eve@example.org")


def test_round_trip() -> None:
    """The cookie says what was written into it."""
    device = KnownDevice.new().knowing(["ada@example.org"])
    assert KnownDevice.read(device.write(KEYS), KEYS) == device
    assert KnownDevice.read(device.write(KEYS), [b"older", b"key"]) == device


@pytest.mark.parametrize(
    "text",
    ["", "x", "x.y", KnownDevice.new().write([b"another key"]), "x" * 100_000],
    ids=["empty", "text", "dotted", "of another key", "long"],
)
def test_forged(text: str) -> None:
    """What we have not signed is no device."""
    assert KnownDevice.read(text, KEYS) is None


def test_oldest_is_forgotten() -> None:
    """A machine in a library knows the last few, so that its cookie stays small."""
    device = KnownDevice.new()
    for number in range(30):
        device = device.knowing([str(number)])
    assert [n for n in range(30) if device.knows(str(n))] == list(range(22, 30))
    assert len(device.write(KEYS)) < 400

    again = device.knowing(["22"]).knowing(["new"])
    assert again.knows("22")
    assert not again.knows("23")


def test_tells_no_address() -> None:
    """No address stands in the cookie."""
    assert (
        b"ada" not in KnownDevice("x").knowing(["ada@example.org"]).write(KEYS).encode()
    )


def test_renewed() -> None:
    """A renewed device has another id, and knows the same people."""
    device = KnownDevice.new().knowing(["ada@example.org"])
    assert device.renewed().id != device.id
    assert device.renewed().accounts == device.accounts
