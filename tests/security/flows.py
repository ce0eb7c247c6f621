"""What people do with accounts, each cut where a fault is to strike.

A flow yields the request that is to meet the fault. What follows is what must hold when
all is well again: the account has one password and one address, old or new, whoever
tries once more comes to the end, and a link is used up only if what it is for was done.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Generator
from itertools import count as numbers
from typing import Any

from flask import Flask
from flask_simpleauth import SimpleAuth
from flask_simpleauth.testing import AuthClient
from werkzeug.test import TestResponse

from .faults import Faults, FaultyMailbox, FaultyStore

PASSWORD = "correct horse battery"
NEW = "staple correct horse"

Steps = Generator[Callable[[], TestResponse], None, None]
Use = Callable[[str], TestResponse]


class World:
    """An app whose store can fail, and people who meet it, each from a network."""

    def __init__(self, app: Flask, store: Any, faults: Faults, *, is_one: bool) -> None:
        self.app = app
        self.faults = faults
        self.mails = FaultyMailbox(faults)
        self.auth: SimpleAuth[Any] = SimpleAuth(mailer=self.mails)
        self.auth.init_app(app, store=FaultyStore(store, faults))
        app.add_url_rule("/in", "in", self.auth.login_required(lambda: "in"))
        #: Whether what one flow writes is one transaction.
        self.is_one = is_one
        # A call that is refused leaves time to put a link back, in any store.
        self._keeps_links = is_one or faults.way == "refused"
        self._places = numbers(1)

    def browser(self) -> AuthClient:
        client = AuthClient(self.app, self.app.response_class)
        number = next(self._places)
        client.environ_base["REMOTE_ADDR"] = f"198.51.{number >> 8}.{number & 255}"
        return client

    def new_address(self) -> str:
        return f"{uuid.uuid4().hex}@example.org"

    def account(self) -> str:
        """Make an account, and return its address."""
        address = self.new_address()
        with self.app.app_context():
            self.auth.create_user(address, PASSWORD, name="Ada")
        return address

    def sign_in(self, address: str, password: str = PASSWORD) -> AuthClient:
        client = self.browser()
        data = {"email": address, "password": password}
        client.post("/auth/-/forms/login", json=data)
        return client

    def is_in(self, client: AuthClient) -> bool:
        return client.get("/in").status_code == 200

    def can_sign_in(self, address: str, password: str = PASSWORD) -> bool:
        return self.is_in(self.sign_in(address, password))

    def is_confirmed(self, address: str) -> bool:
        """Tell whether an address is confirmed, where that is one with the rest."""
        if not self.is_one:
            return True
        with self.app.app_context():
            services = self.app.extensions["simpleauth"].services()
            return self.auth.is_confirmed(services.users.find(address))

    def link_for(self, client: AuthClient, form: str, **data: str) -> str:
        """Ask for a link, and return its key."""
        assert post(client, form, **data).status_code == 303
        return self.mails.link().rpartition("/")[2]

    def use_again(self, use: Use, key: str, ask: Callable[[], str]) -> None:
        """Come to the end with the same link, or with another if it may be lost."""
        answer = use(key)
        if answer.status_code == 410 and not self._keeps_links:
            answer = use(ask())
        assert answer.status_code == 303


def post(client: AuthClient, form: str, **data: str) -> TestResponse:
    return client.post(f"/auth/-/forms/{form}", data=data)


def sign_up(world: World) -> Steps:
    """The link makes one account with one password, confirmed."""
    address = world.new_address()

    def ask() -> str:
        return world.link_for(world.browser(), "signup", email=address)

    def use(key: str) -> TestResponse:
        browser = world.browser()
        return post(browser, "signup", key=key, name="Ada", password=PASSWORD)

    key = ask()
    yield lambda: use(key)
    if not world.can_sign_in(address):
        world.use_again(use, key, ask)
    assert world.can_sign_in(address)
    assert world.is_confirmed(address)


def sign_in(world: World) -> Steps:
    """The next try signs in."""
    address, browser = world.account(), world.browser()

    def enter() -> TestResponse:
        return post(browser, "login", email=address, password=PASSWORD)

    yield enter
    assert enter().status_code == 303
    assert world.is_in(browser)


def forgot(world: World) -> Steps:
    """The next time a link comes, and works."""
    address = world.account()
    yield lambda: post(world.browser(), "forgot", email=address)
    key = world.link_for(world.browser(), "forgot", email=address)
    assert post(world.browser(), "reset", key=key, new=NEW).status_code == 303


def reset(world: World) -> Steps:
    """The password is old and the link good, or it is new and no session is left."""
    address = world.account()
    thief = world.sign_in(address)

    def ask() -> str:
        return world.link_for(world.browser(), "forgot", email=address)

    def use(key: str) -> TestResponse:
        return post(world.browser(), "reset", key=key, new=NEW)

    key = ask()
    yield lambda: use(key)
    if world.can_sign_in(address):
        assert not world.can_sign_in(address, NEW)
        world.use_again(use, key, ask)
    assert world.can_sign_in(address, NEW)
    assert not world.is_in(thief)
    assert world.is_confirmed(address)


def change_password(world: World) -> Steps:
    """The password is the old one, or the new one and no other session is left."""
    address = world.account()
    thief, owner = world.sign_in(address), world.sign_in(address)

    def change() -> TestResponse:
        return post(owner, "password", current=PASSWORD, new=NEW)

    yield change
    if world.can_sign_in(address):
        assert not world.can_sign_in(address, NEW)
        owner = world.sign_in(address)
        assert change().status_code == 303
    assert world.can_sign_in(address, NEW)
    assert not world.is_in(thief)


def change_address(world: World) -> Steps:
    """The address is old and the link good, or it is new and confirmed."""
    old, new = world.account(), world.new_address()
    owner = world.sign_in(old)

    def ask() -> str:
        return world.link_for(owner, "address", new=new, current=PASSWORD)

    def use(key: str) -> TestResponse:
        return post(owner, "confirm-address", key=key)

    key = ask()
    yield lambda: use(key)
    assert world.is_in(owner)
    if world.can_sign_in(old):
        world.use_again(use, key, ask)
    assert world.can_sign_in(new)
    assert not world.can_sign_in(old)
    assert world.is_confirmed(new)


def confirm(world: World) -> Steps:
    """The address is confirmed, or the link is good."""
    address = world.account()
    owner = world.sign_in(address)

    def ask() -> str:
        return world.link_for(owner, "send-confirmation")

    def use(key: str) -> TestResponse:
        return post(owner, "confirm-address", key=key)

    key = ask()
    yield lambda: use(key)
    if not world.is_confirmed(address):
        world.use_again(use, key, ask)
    assert world.is_confirmed(address)
    assert world.is_in(owner)


def delete(world: World) -> Steps:
    """The account is as it was, or it is gone with all that gave power over it."""
    address = world.account()
    owner, other = world.sign_in(address), world.sign_in(address)
    yield lambda: post(owner, "delete", sure="y")
    if world.can_sign_in(address):
        assert world.is_in(other)
        assert post(other, "delete", sure="y").status_code == 303
    assert not world.can_sign_in(address)
    assert not world.is_in(owner)
    assert not world.is_in(other)
    key = world.link_for(world.browser(), "signup", email=address)
    data = {"key": key, "name": "Ada", "password": NEW}
    assert post(world.browser(), "signup", **data).status_code == 303


FLOWS: list[Callable[[World], Steps]] = [
    sign_up,
    sign_in,
    forgot,
    reset,
    change_password,
    change_address,
    confirm,
    delete,
]
