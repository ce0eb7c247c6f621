"""What a store promises of tokens."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from ...store import Token
from .base import NOW, StoreCase
from .crowd import at_once


def a_token(user_id: Any, letter: str = "a", **changes: Any) -> Token:
    """Return a session of a minute."""
    digest = letter * 64
    data = {"remember": True, "odd": ["ä", None, 1.5]}
    token = Token(digest, "session", user_id, NOW, NOW + 60, NOW, "Firefox", data)
    return replace(token, **changes)


class TokenTests(StoreCase):
    """Promises of :class:`~flask_simpleauth.store.TokenStore`."""

    def test_token_comes_back(self, store: Any, keys: tuple[Any, Any]) -> None:
        """A token is got by digest and kind, as it was put."""
        put = a_token(keys[0])
        store.tokens.put(put)

        token = store.tokens.get(put.digest, "session")
        assert token == put
        assert type(token.user_id) is type(keys[0])
        assert store.tokens.get(put.digest, "reset") is None
        assert store.tokens.get("b" * 64, "session") is None

    def test_owner(self, store: Any, keys: tuple[Any, Any]) -> None:
        """The user that comes with a token, or is found by its key, is its owner."""
        store.tokens.put(a_token(keys[1]))

        token = store.tokens.get("a" * 64, "session")
        owner = token.user or store.users.get(token.user_id)
        assert store.users.attributes.read(owner, "email") == "eve@example.org"

    def test_owner_with_roles(self, store: Any, keys: tuple[Any, Any]) -> None:
        """The token of a user with several roles is one token, and brings them all."""
        users = store.users
        if users.attributes.roles is None:
            pytest.skip("This user class has no roles.")
        user = users.get(keys[0])
        users.save(user, {"roles": {"admin"}})
        roles = users.attributes.role_names_with(user, "editor")
        users.save(user, {"roles": roles})
        store.tokens.put(a_token(keys[0]))

        token = store.tokens.get("a" * 64, "session")
        owner = token.user or users.get(token.user_id)
        assert users.attributes.role_names(owner) == roles

    def test_token_without_owner(self, store: Any, keys: tuple[Any, Any]) -> None:
        """A token may outlive its user, and then is nobody's."""
        store.tokens.put(a_token(keys[0]))
        store.users.delete(store.users.get(keys[0]))

        token = store.tokens.get("a" * 64, "session")
        assert token is None or (token.user or store.users.get(token.user_id)) is None

    def test_token_of_nobody(self, store: Any, keys: tuple[Any, Any]) -> None:
        """A token of nobody is kept, listed and revoked as such, an invitation say."""
        invitation = a_token(None, kind="invite")
        store.tokens.put(invitation)
        store.tokens.put(a_token(keys[0], "b", kind="invite"))

        assert store.tokens.get("a" * 64, "invite") == invitation
        assert store.tokens.list_for(None, "invite") == [invitation]
        assert store.tokens.revoke(None, "invite") == 1
        assert store.tokens.get("b" * 64, "invite") is not None

    def test_large_token(self, store: Any, keys: tuple[Any, Any]) -> None:
        """Long labels, much data, and instants beyond 32 bits are kept whole."""
        large = a_token(
            keys[0],
            label="🦊" * 255,
            data={"scopes": ["posts.edit ❤"] * 2000, "": {"deep": [[[]]]}, "a.$b": ""},
            expires_at=2**53 - 1,
            seen_at=2**33,
        )
        store.tokens.put(large)
        assert store.tokens.get("a" * 64, "session") == large
        assert store.tokens.list_for(keys[0], "session") == [large]

    def test_touch(self, store: Any, keys: tuple[Any, Any]) -> None:
        """Touching notes the last use and nothing else; it brings no token back."""
        store.tokens.put(a_token(keys[0]))
        store.tokens.touch("a" * 64, NOW + 5)
        store.tokens.touch("b" * 64, NOW + 5)

        touched = a_token(keys[0], seen_at=NOW + 5)
        assert store.tokens.get("a" * 64, "session") == touched
        assert store.tokens.list_for(keys[0], "session") == [touched]
        store.tokens.revoke(keys[0])
        store.tokens.touch("a" * 64, NOW + 6)
        assert store.tokens.get("a" * 64, "session") is None

    def test_consume(self, store: Any, keys: tuple[Any, Any]) -> None:
        """A token is consumed once, and only as what it is."""
        store.tokens.put(a_token(keys[0]))

        assert store.tokens.consume("a" * 64, "reset", NOW) is None
        assert store.tokens.consume("b" * 64, "session", NOW) is None
        assert store.tokens.consume("a" * 64, "session", NOW + 59) == a_token(keys[0])
        assert store.tokens.consume("a" * 64, "session", NOW + 59) is None
        assert store.tokens.get("a" * 64, "session") is None
        assert store.tokens.list_for(keys[0], "session") == []

    def test_consume_expired(self, store: Any, keys: tuple[Any, Any]) -> None:
        """From the second on at which it expires, a token is not to be consumed."""
        store.tokens.put(a_token(keys[0]))
        assert store.tokens.consume("a" * 64, "session", NOW + 60) is None
        assert store.tokens.consume("a" * 64, "session", NOW + 10**6) is None

    def test_consume_at_once(self, store: Any, keys: tuple[Any, Any]) -> None:
        """Of many that consume a token at once, one gets it."""
        for letter in "abc":
            token = a_token(keys[0], letter)
            store.tokens.put(token)
            consume = partial(store.tokens.consume, token.digest, "session", NOW)
            outcomes: list[Any] = at_once(consume)
            assert [outcome for outcome in outcomes if outcome is not None] == [token]

    def test_list_for(self, store: Any, keys: tuple[Any, Any]) -> None:
        """A user's tokens of a kind are listed, the newest first, and nobody else's."""
        ada, eve = keys
        store.tokens.put(a_token(ada, "a", created_at=NOW + 1))
        store.tokens.put(a_token(ada, "b", created_at=NOW + 2))
        store.tokens.put(a_token(ada, "c", created_at=NOW))
        store.tokens.put(a_token(ada, "d", kind="reset"))
        store.tokens.put(a_token(eve, "e"))

        listed = store.tokens.list_for(ada, "session")
        assert "".join(token.digest[0] for token in listed) == "bac"

    @pytest.mark.parametrize(
        ("arguments", "left"),
        [
            ({}, "e"),
            ({"kind": "session"}, "ce"),
            ({"kind": "session", "only": "a" * 64}, "bce"),
            ({"kind": "session", "keep": "a" * 64}, "ace"),
            ({"kind": "session", "keep": "e" * 64}, "ce"),
            ({"kind": "reset", "only": "a" * 64}, "abce"),
            ({"keep": "c" * 64}, "ce"),
            ({"only": "e" * 64}, "abce"),
        ],
    )
    def test_revoke(
        self, store: Any, keys: tuple[Any, Any], arguments: dict[str, str], left: str
    ) -> None:
        """Revoking removes what was named of one user, keeps the rest, and counts."""
        kinds = {"a": "session", "b": "session", "c": "reset", "e": "session"}
        for letter, kind in kinds.items():
            owner = keys[1] if letter == "e" else keys[0]
            store.tokens.put(a_token(owner, letter, kind=kind))

        assert store.tokens.revoke(keys[0], **arguments) == 4 - len(left)
        there = [
            letter
            for letter, kind in kinds.items()
            if store.tokens.get(letter * 64, kind) is not None
        ]
        assert there == list(left)

    def test_purge(self, store: Any, keys: tuple[Any, Any]) -> None:
        """Expired tokens go in steps of a given size at most; others stay."""
        for letter in "012":
            store.tokens.put(a_token(keys[0], letter, expires_at=NOW))
        store.tokens.put(a_token(keys[0], "a", expires_at=NOW + 1))

        steps = [0, 0, 0] if self.expires_by_itself else [2, 1, 0]
        assert [store.tokens.purge(NOW, 2) for _ in range(3)] == steps
        assert store.tokens.get("a" * 64, "session") is not None
