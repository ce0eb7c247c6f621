from __future__ import annotations

import pytest
from flask import Flask, g, session
from flask_nameform.wtf.csrf import csrf_meta_tag, generate_csrf, validate_csrf
from itsdangerous import URLSafeTimedSerializer
from wtforms import ValidationError

MESSAGES = {
    "": "The CSRF token is missing.",
    "x": "The CSRF token is invalid.",
    "\udcff": "The CSRF token is invalid.",
    "é.x.y": "The CSRF token is invalid.",
}


@pytest.fixture
def app(bare_app: Flask) -> Flask:
    """An app with nothing of Flask-NameForm attached."""
    return bare_app


def signed(value: object, key: str = "a secret for the tests") -> str:
    """Return a token as Flask-WTF makes it."""
    return str(URLSafeTimedSerializer(key, salt="wtf-csrf-token").dumps(value))


def test_a_token_is_that_of_the_request(app: Flask) -> None:
    """It is made once, and kept where Flask-WTF keeps it."""
    with app.test_request_context():
        token = generate_csrf()
        assert generate_csrf() == token
        assert g.csrf_token == token
        assert session["csrf_token"] not in token
        validate_csrf(token)


def test_tokens_of_two_requests_differ(app: Flask) -> None:
    """A page that is compressed does not give its token away."""
    bodies = []
    for _ in range(2):
        with app.test_request_context():
            session["csrf_token"] = "the same"
            bodies.append(generate_csrf().split(".")[0])
            validate_csrf(generate_csrf())
    assert bodies[0][:16] != bodies[1][:16]


def test_a_token_of_flask_wtf_is_good(app: Flask) -> None:
    """A page from before the import lines changed can still be sent."""
    with app.test_request_context():
        session["csrf_token"] = "a" * 40
        validate_csrf(signed("a" * 40))
        with pytest.raises(ValidationError, match="do not match"):
            validate_csrf(signed("b" * 40))


@pytest.mark.parametrize("value", [5, None, [], {"a": 1}, "é", "A" * 64])
def test_what_is_signed_and_no_token(app: Flask, value: object) -> None:
    """Something else signed with the same key proves nothing."""
    with app.test_request_context():
        session["csrf_token"] = "a" * 40
        with pytest.raises(ValidationError, match="do not match"):
            validate_csrf(signed(value))


@pytest.mark.parametrize(("token", "message"), MESSAGES.items())
def test_what_is_wrong_is_said(app: Flask, token: str, message: str) -> None:
    """In Flask-WTF's words, whatever was sent."""
    with app.test_request_context():
        generate_csrf()
        with pytest.raises(ValidationError, match=message):
            validate_csrf(token)


def test_a_token_needs_its_session(app: Flask) -> None:
    """That of another visitor is worth nothing, nor is one without a session."""
    with app.test_request_context():
        token = generate_csrf()
    with app.test_request_context():
        with pytest.raises(ValidationError, match="session token is missing"):
            validate_csrf(token)
        generate_csrf()
        with pytest.raises(ValidationError, match="do not match"):
            validate_csrf(token)


def test_a_token_ends(app: Flask) -> None:
    """After the seconds that are given or configured; ``None`` is without end."""
    with app.test_request_context():
        token = generate_csrf()
        with pytest.raises(ValidationError, match="expired"):
            validate_csrf(token, time_limit=-1)
        app.config["WTF_CSRF_TIME_LIMIT"] = -1
        with pytest.raises(ValidationError, match="expired"):
            validate_csrf(token)
        app.config["WTF_CSRF_TIME_LIMIT"] = None
        validate_csrf(token)


def test_an_emptied_session_gets_a_new_token(app: Flask) -> None:
    """As when a visitor signs in: the page that follows can be sent."""
    with app.test_request_context():
        old = generate_csrf()
        session.clear()
        validate_csrf(generate_csrf())
        with pytest.raises(ValidationError, match="do not match"):
            validate_csrf(old)


def test_what_another_library_keeps_there_is_replaced(app: Flask) -> None:
    """A value in the session that is no text cannot be ours."""
    with app.test_request_context():
        session["csrf_token"] = b"bytes"
        validate_csrf(generate_csrf())


def test_keys_change(app: Flask) -> None:
    """A token made with a key of before is good while the app says so."""
    with app.test_request_context():
        token = generate_csrf()
        app.secret_key = "new"
        with pytest.raises(ValidationError, match="invalid"):
            validate_csrf(token)
        app.config["SECRET_KEY_FALLBACKS"] = ["a secret for the tests"]
        validate_csrf(token)


def test_a_key_of_its_own(app: Flask) -> None:
    """A token of another key is neither kept for others nor good for them."""
    with app.test_request_context():
        own = generate_csrf("own")
        validate_csrf(own, "own")
        with pytest.raises(ValidationError, match="invalid"):
            validate_csrf(own)
        app.config["WTF_CSRF_SECRET_KEY"] = "configured"
        validate_csrf(generate_csrf(), "configured")
        assert generate_csrf("configured") == generate_csrf()


def test_a_name_of_its_own(app: Flask) -> None:
    """Session and request keep it under the name that is given or configured."""
    with app.test_request_context():
        token = generate_csrf(token_key="other")
        assert "other" in session
        assert g.other == token
        app.config["WTF_CSRF_FIELD_NAME"] = "other"
        validate_csrf(token)


def test_no_key_at_all(app: Flask) -> None:
    """The message says which one to set."""
    app.secret_key = None
    with (
        app.test_request_context(),
        pytest.raises(RuntimeError, match=r"CSRF tokens are signed.*SECRET_KEY"),
    ):
        generate_csrf()


def test_a_meta_tag_is_for_scripts(app: Flask) -> None:
    """Its name is configured or given, and escaped."""
    with app.test_request_context():
        token = generate_csrf()
        assert csrf_meta_tag() == f'<meta name="csrf-token" content="{token}">'
        assert csrf_meta_tag("<") == f'<meta name="&lt;" content="{token}">'
        app.config["WTF_CSRF_META_NAME"] = "token"
        assert csrf_meta_tag().startswith('<meta name="token" ')
