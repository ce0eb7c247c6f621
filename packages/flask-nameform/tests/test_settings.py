from __future__ import annotations

import pytest
from flask import Flask
from flask_nameform import Forms
from flask_nameform.settings import Settings, current_settings


@pytest.mark.parametrize(
    "origin",
    ["https://a.example", "http://a.example:8080", "https://[::1]:5000", "app://shop"],
)
def test_an_origin_is_scheme_host_and_port(origin: str) -> None:
    """Whatever a browser can send as an origin is accepted."""
    assert Settings(trusted_origins=(origin,)).trusted_origins == (origin,)


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "null",
        "a.example",
        "//a.example",
        "https://",
        "https://a.example/",
        "https://a.example/path",
        "https://a.example?x=1",
        "https://A.example",
        "https://me@a.example",
        "https://a.example:443",
        "http://a.example:80",
        "https://*.a.example ",
    ],
)
def test_what_never_matches_is_refused_at_start(origin: str) -> None:
    """An origin that no browser sends is a mistake, and the message shows the key."""
    app = Flask(__name__)
    app.config["NAMEFORM_TRUSTED_ORIGINS"] = [origin]

    with pytest.raises(RuntimeError, match="NAMEFORM_TRUSTED_ORIGINS holds"):
        Forms(app)


def test_a_mode_is_checked_at_start() -> None:
    """A mode that does not exist is refused with those that do."""
    app = Flask(__name__)
    app.config["NAMEFORM_CSRF"] = "on"

    with pytest.raises(RuntimeError, match="NAMEFORM_CSRF must be 'default' or"):
        Forms(app)


def test_a_misspelt_key_is_refused() -> None:
    """A key that is nearly one of ours fails at start with the right spelling."""
    app = Flask(__name__)
    app.config["NAMEFORM_CRSF"] = "off"

    with pytest.raises(RuntimeError, match="Did you mean NAMEFORM_CSRF"):
        Forms(app)


def test_settings_hold_without_forms_attached() -> None:
    """A form on its own follows the same keys."""
    app = Flask(__name__)
    app.config["NAMEFORM_CSRF"] = "off"

    with app.app_context():
        assert current_settings().csrf == "off"


def test_two_apps_have_their_own_settings(forms: Forms) -> None:
    """One ``Forms`` on two apps follows the configuration of each."""
    modes = {}

    for mode in ("strict", "headers"):
        app = Flask(__name__)
        app.config["NAMEFORM_CSRF"] = mode
        forms.init_app(app)
        with app.app_context():
            modes[mode] = current_settings().csrf

    assert modes == {"strict": "strict", "headers": "headers"}
