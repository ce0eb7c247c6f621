"""What the whole site has: configuration, languages, headers, error pages, commands."""

from __future__ import annotations

import logging
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask import Flask, abort
from flask_greet import LANGUAGES
from flask_simpleauth.mailers import console_mailer
from flask_simpleauth.testing import AuthClient
from sqlalchemy import func, select, text

from example_app import config, create_app
from example_app.extensions import db
from example_app.mail import make_mailer
from example_app.models import Entry, User

CREATE_ADA = "auth create-user ada@example.org --password correct-horse-battery"


def test_secret_key_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key made at the first start is used again, and is nobody else's to read."""
    monkeypatch.delenv("SECRET_KEY", raising=False)
    first = config.defaults(str(tmp_path / "instance"))["SECRET_KEY"]
    second = config.defaults(str(tmp_path / "instance"))["SECRET_KEY"]

    assert first == second
    assert len(first) == 64
    mode = (tmp_path / "instance" / "secret_key").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What differs by deployment is given by the environment."""
    monkeypatch.setenv("SECRET_KEY", "given")
    monkeypatch.setenv("DATABASE_URL", "sqlite://")
    monkeypatch.setenv("ORIGIN", "https://book.example.org")
    settings = config.defaults(str(tmp_path))

    assert settings["SECRET_KEY"] == "given"
    assert settings["SQLALCHEMY_DATABASE_URI"] == "sqlite://"
    assert settings["SIMPLEAUTH_ORIGIN"] == "https://book.example.org"
    assert settings["SESSION_COOKIE_SECURE"] is True


def test_empty_variable_is_not_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line of a ``.env`` file that is left empty says nothing."""
    names = ("DATABASE_URL", "MAIL_URL", "ORIGIN", "PROXIES", "REDIS_URL", "SECRET_KEY")
    for name in names:
        monkeypatch.delenv(name, raising=False)
    without = config.defaults(str(tmp_path))
    for name in names:
        monkeypatch.setenv(name, "")
    assert config.defaults(str(tmp_path)) == without


@pytest.mark.parametrize("tag", ["en", "de"])
def test_languages(client: AuthClient, tag: str) -> None:
    """The site, its forms and the extensions' pages speak the browser's language."""
    words = {"en": ("Welcome", "Sign up"), "de": ("Willkommen", "Registrieren")}[tag]
    response = client.get("/", headers={"Accept-Language": f"{tag}-AT"})
    assert f'<html lang="{tag}">' in response.text
    assert words[0] in response.text
    assert words[1] in response.text
    assert {"Accept-Language", "Cookie"} <= set(response.vary)


def test_switching(client: AuthClient) -> None:
    """A visitor may choose another language than the browser's, on any page."""
    page = "/auth/login"
    response = client.submit_form("language", page=page, language="Deutsch")
    assert response.headers["Location"] == page
    page = client.get("/", headers={"Accept-Language": "en"}).text
    assert '<html lang="de">' in page
    assert '<option selected value="Deutsch">' in page
    assert ">Hallo</h1>" in page


def test_german_is_complete() -> None:
    """There is no text that only the English site has."""
    folder = Path(config.__file__).parent / "translations" / "de" / "LC_MESSAGES"
    with (folder / "messages.po").open("rb") as file:
        untranslated = [message.id for message in read_po(file) if not message.string]
    assert untranslated == []


def test_greetings(client: AuthClient) -> None:
    """A page greets in each language that Flask-Greet has, and says which it is."""
    client.submit_form("name", name="Grace")
    page = client.get("/greetings").text
    assert page.count("<bdi>Grace</bdi>") == len(LANGUAGES)
    assert '<span dir="rtl">' in page
    assert "日本語" in page


def test_another_language(client: AuthClient) -> None:
    """Who reads none of the site's languages gets English."""
    page = client.get("/", headers={"Accept-Language": "sw"}).text
    assert '<html lang="en">' in page


def test_headers(client: AuthClient) -> None:
    """No answer allows foreign scripts or frames; over https, nothing else is used."""
    for path in ("/", "/nothing", "/static/style.css"):
        response = client.get(path)
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "Strict-Transport-Security" not in response.headers
    secure = client.get("/", base_url="https://localhost")
    assert "Strict-Transport-Security" in secure.headers


def test_proxies(app: Flask, tmp_path: Path) -> None:
    """A proxy is believed if the configuration says that there is one."""
    behind = create_app(
        {
            "PROXIES": 1,
            "SECRET_KEY": "for tests",
            "SQLALCHEMY_DATABASE_URI": f"sqlite:///{tmp_path}/other.sqlite3",
        }
    )
    for site, told in ((app, False), (behind, True)):
        response = site.test_client().get("/", headers={"X-Forwarded-Proto": "https"})
        assert ("Strict-Transport-Security" in response.headers) is told
    with behind.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("code", [400, 403, 404, 418, 429])
def test_error_pages(app: Flask, client: AuthClient, code: int) -> None:
    """People see errors in the site's layout."""
    app.add_url_rule("/fail", "fail", lambda: abort(code))
    response = client.get("/fail", headers={"Accept": "text/html"})
    assert response.status_code == code
    assert 'id="content"' in response.text
    assert f"({code})" in response.text


def test_broken(app: Flask, client: AuthClient) -> None:
    """A failure is shown by a page that needs nothing and does not say the cause."""

    def fail() -> str:
        raise LookupError("a detail")

    app.add_url_rule("/fail", "fail", fail)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    response = client.get("/fail")
    assert response.status_code == 500
    assert "Something broke on our side" in response.text
    assert "detail" not in response.text


def test_database_is_away(app: Flask, ada: AuthClient) -> None:
    """Without its database the site says when to come back, to members too."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
        file = Path(str(db.engine.url.database))
    file.rename(file.with_suffix(".away"))
    file.mkdir()
    for client in (ada, AuthClient(app, app.response_class)):
        response = client.get("/")
        assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
        assert "Too busy" in response.text
    file.rmdir()
    file.with_suffix(".away").rename(file)
    assert ada.get("/auth/account").status_code == 200


def test_table_is_missing(app: Flask, client: AuthClient) -> None:
    """What no waiting helps is broken, and not away."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with app.app_context():
        db.session.execute(text("DROP TABLE entry"))
        db.session.commit()
    assert client.get("/").status_code == 500


def test_errors_for_programs(client: AuthClient) -> None:
    """A program that asks for JSON alone is sent no page."""
    response = client.get("/nothing", headers={"Accept": "application/json"})
    assert response.status_code == 404
    assert 'id="content"' not in response.text


def test_health(app: Flask, client: AuthClient) -> None:
    """Whatever watches the app learns whether it reaches its database."""
    assert client.get("/health").json == {"database": "ok"}
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
        Path(str(db.engine.url.database)).unlink()
        Path(str(db.engine.url.database)).mkdir()
    assert client.get("/health").status_code == 503


@pytest.mark.parametrize("made_by", ["postgres", "postgresql"])
def test_database_url_of_hosts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made_by: str
) -> None:
    """The URL that hosts give names no driver, and gets the one that we install."""
    monkeypatch.setenv("DATABASE_URL", f"{made_by}://me@host/book")
    settings = config.defaults(str(tmp_path))
    assert settings["SQLALCHEMY_DATABASE_URI"] == "postgresql+psycopg://me@host/book"


def test_secret_key_of_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers that start at once agree on one key, and leave no draft of another."""
    monkeypatch.delenv("SECRET_KEY", raising=False)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(config.defaults, [str(tmp_path)] * 8))
    assert len({settings["SECRET_KEY"] for settings in found}) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["secret_key"]


def test_health_of_redis(app: Flask, servers: dict[str, str]) -> None:
    """The health page says which of the two servers does not answer."""
    app.config["REDIS_URL"] = "redis://127.0.0.1:1/0"
    response = app.test_client().get("/health")
    assert response.status_code == 503
    assert response.json == {"database": "ok", "redis": "out of reach"}

    app.config["REDIS_URL"] = servers["REDIS_URL"]
    response = app.test_client().get("/health")
    assert response.json == {"database": "ok", "redis": "ok"}


def test_mailers(app: Flask) -> None:
    """Mails go to the server that is named, or into a developer's log, or nowhere."""
    assert make_mailer(app) is None
    app.debug = True
    assert make_mailer(app) is console_mailer
    app.config["MAIL_URL"] = "smtp://me:p%40ss@127.0.0.1:2525?from=book@example.org"
    assert callable(make_mailer(app))


@pytest.mark.parametrize(
    "url", ["smtp://127.0.0.1", "http://a/?from=b@c", "smtp:?from=b"]
)
def test_wrong_mail_url(app: Flask, url: str) -> None:
    """A mail server that is none fails at start, with an example of one."""
    app.config["MAIL_URL"] = url
    with pytest.raises(RuntimeError, match="MAIL_URL must be smtp://host"):
        make_mailer(app)


def test_demo(app: Flask) -> None:
    """The demo fills the book, makes an admin, and can be run again."""
    runner = app.test_cli_runner()
    command = "demo --entries 12 --password correct-horse-battery"
    first = runner.invoke(args=command)
    assert "Sign in as admin@example.org" in first.output
    assert "admin@example.org is there already." in runner.invoke(args=command).output
    with app.app_context():
        assert db.session.scalar(select(func.count(Entry.id))) == 24
        assert db.session.scalar(select(func.count(User.id))) == 11


def test_one_role_per_user(app: Flask) -> None:
    """A role granted takes the place of the one that was there."""
    runner = app.test_cli_runner()
    runner.invoke(args=CREATE_ADA)
    for role in ("admin", "editor"):
        result = runner.invoke(args=f"auth grant ada@example.org {role}")
        assert f"with the role {role}." in result.output
    with app.app_context():
        assert db.session.scalars(select(User)).one().role_name == "editor"


def test_log_lines(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    """What happens to accounts is logged too, as JSON, and by this app alone."""
    app.test_cli_runner().invoke(args=CREATE_ADA)
    logged = [r for r in caplog.records if '"what": "create-account"' in r.getMessage()]
    assert [record.name for record in logged] == ["example_app.audit"]
    assert logging.getLogger("flask_simpleauth.audit").level == logging.NOTSET
