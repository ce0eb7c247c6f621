"""What is told of sessions, API tokens and exports, whichever way they are ended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import flask_simpleauth
import pytest
from flask_simpleauth import (
    api_token_created,
    api_token_revoked,
    sessions_ended,
    signals,
    user_exported,
)
from flask_simpleauth.ending import revoke_api_token
from flask_simpleauth.state import current_state

if TYPE_CHECKING:
    from conftest import Site

Told = list[tuple[str, dict[str, Any]]]


@pytest.fixture
def told(site: Site) -> Iterator[Told]:
    """What the app tells from now on."""
    heard: Told = []
    with ExitStack() as stack:
        for signal in (
            api_token_created,
            api_token_revoked,
            sessions_ended,
            user_exported,
        ):

            def note(_: object, signal: Any = signal, **values: Any) -> None:
                ada = values.pop("user")
                assert ada.email == "ada@example.org"
                heard.append((signal.name, values))

            stack.enter_context(signal.connected_to(note, site.app))
        yield heard


def test_sessions_ended_by_their_owner(site: Site, told: Told) -> None:
    """One session that is ended is told of, and so are all others, if there are any."""
    here, *_ = [site.sign_in() for _ in range(4)]
    shown = here.get("/auth/account", headers={"Accept": "application/json"}).json
    assert shown is not None
    other = next(own for own in shown["sessions"] if not own["is_this"])
    for _ in range(2):
        site.post(here, "end-session", session=other["session"])
    for _ in range(2):
        site.post(here, "other-sessions")
    assert told == [("sessions-ended", {"count": 1}), ("sessions-ended", {"count": 2})]


def test_signing_out(site: Site, told: Told) -> None:
    """Signing out, a new password and deactivating are told by their own signals."""
    site.post(site.sign_in(), "logout")
    site.sign_in()
    with site.app.app_context():
        site.auth.deactivate(site.user())
    assert told == []


def test_sessions_ended_by_others(site: Site, told: Told) -> None:
    """Who ends the sessions of a user, in code or by command, tells how many."""
    runner = site.app.test_cli_runner()
    for number in (1, 2):
        for _ in range(number):
            site.sign_in()
        if number == 1:
            runner.invoke(args=["auth", "sign-out", "ada@example.org"])
        else:
            with site.app.app_context():
                site.auth.end_sessions(site.user())
    assert told == [("sessions-ended", {"count": 1}), ("sessions-ended", {"count": 2})]


def test_api_tokens(site: Site, told: Told) -> None:
    """A token is told of with its name and scopes, but never its text."""
    with site.app.app_context():
        text = site.auth.create_api_token(
            site.user(), " back\nup", scopes=["posts.edit"]
        )
    client = site.sign_in()
    site.post(client, "create-token", name="on the page", days="90")
    tokens = client.get("/auth/tokens", headers={"Accept": "application/json"}).json
    assert tokens is not None
    for token in tokens["api_tokens"]:
        if token["name"] == "on the page":
            site.post(client, "revoke-token", token=token["token"])
    runner = site.app.test_cli_runner()
    for _ in range(2):
        runner.invoke(args=["auth", "revoke-token", "ada@example.org", "back up"])

    assert told == [
        ("api-token-created", {"name": "back up", "scopes": frozenset({"posts.edit"})}),
        ("api-token-created", {"name": "on the page", "scopes": frozenset()}),
        ("api-token-revoked", {"name": "on the page"}),
        ("api-token-revoked", {"name": "back up"}),
    ]
    assert text not in repr(told)


def test_exports(site: Site, told: Told) -> None:
    """Data that is given out is told of, on the page and on the command line."""
    assert site.post(site.sign_in(), "export").status_code == 200
    site.app.test_cli_runner().invoke(args=["auth", "export", "ada@example.org"])
    assert told == [("user-exported", {})] * 2


def test_every_signal_is_offered() -> None:
    """Each signal can be imported from the package."""
    for signal in signals.EVERY:
        offered = getattr(flask_simpleauth, signal.name.replace("-", "_"))
        assert offered is signal


def test_api_token_that_has_ended(site: Site, told: Told) -> None:
    """Of two who end a token at once one does, and that is told once."""
    with site.app.app_context():
        services, ada = current_state().services(), site.user()
        site.auth.create_api_token(ada, "backup")
        (token,) = services.api_tokens.list_for(ada.id)
        ended = [revoke_api_token(services, ada, token) for _ in range(2)]
    assert ended == [1, 0]
    assert [name for name, _ in told] == ["api-token-created", "api-token-revoked"]
