"""``Greet``: the extension object, and how it is wired into an app."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from importlib import import_module
from typing import TypeVar

from flask import Blueprint, Flask, current_app, has_request_context, request, session

from .cli import greet_cli
from .config import LiveSettings
from .greeting import Greeting
from .language import find_language
from .layout import Layout
from .settings import Settings
from .signals import greeted
from .visit import depend_on
from .zone import find_zone

_KEY = "greet"

Clock = Callable[[tzinfo], datetime]
Loader = TypeVar("Loader", bound=Callable[[], object])


@dataclass(frozen=True)
class _State:
    """What belongs to one app; the extension object itself may serve several."""

    extension: Greet
    settings: LiveSettings[Settings]
    layout: Layout = field(default_factory=lambda: Layout("GREET_BASE_TEMPLATE"))

    def current_settings(self) -> Settings:
        return self.settings.get(serving=has_request_context())


class Greet:
    """Greets the visitor by language, hour and name.

    .. code-block:: python

        greet = Greet()          # here, so that blueprints can import it
        greet.init_app(app)      # in the application factory

    In templates ``{{ greet() }}`` greets the visitor and ``{{ name|greet }}`` a name.

    :param clock: returns the time in the zone it is given.
    """

    def __init__(self, app: Flask | None = None, clock: Clock = datetime.now) -> None:
        # Never self.app: an extension object may serve many apps, and each view finds
        # the one it runs in through current_app.
        self._clock = clock
        self._loaders: dict[str, Callable[[], object]] = {}

        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Attach to an app: read its configuration, add the template helpers.

        :raises RuntimeError: if the app has a ``Greet`` already, or for a configuration
            key that is misspelt or has a value of the wrong type.
        """
        if _KEY in app.extensions:
            raise RuntimeError("A 'Greet' is already initialised on this app. Use it.")

        settings = LiveSettings(Settings, "GREET_", app.config)
        app.extensions[_KEY] = _State(self, settings)
        app.add_template_global(self.greet, "greet")
        app.add_template_filter(self._greet_filter, "greet")
        app.register_blueprint(self._blueprint(settings.get(serving=False)))
        app.cli.add_command(greet_cli)

    def name_loader(self, loader: Loader) -> Loader:
        """Register the function that knows the visitor's name.

        It takes nothing and returns a name, or ``None`` for an unknown visitor. Without
        one, the name is looked for in the session under ``GREET_SESSION_KEY``.
        """
        self._loaders["name"] = loader
        return loader

    def locale_loader(self, loader: Loader) -> Loader:
        """Register the function that knows the visitor's language.

        It takes nothing and returns a language tag, or ``None`` if it does not know;
        then Flask-Babel is asked, if the app has it, and then ``Accept-Language``.
        """
        self._loaders["locale"] = loader
        return loader

    def timezone_loader(self, loader: Loader) -> Loader:
        """Register the function that knows the visitor's time zone.

        It takes nothing and returns the name of a zone (IANA), or ``None`` if it does
        not know; then the cookie decides, and then ``GREET_TIMEZONE``.
        """
        self._loaders["timezone"] = loader
        return loader

    def greet(
        self, name: object = None, *, locale: object = None, now: datetime | None = None
    ) -> Greeting:
        """Return the greeting for ``name``, or for the visitor of this request.

        What is not given is found out about the visitor. A response that depends on it
        is marked so (``Vary``, ``Cache-Control: private``), since no other visitor may
        be served it.

        :param locale: the language; one that is not spoken means the default.
        :param now: the time where the greeted person is.
        :raises RuntimeError: if no name is given and no request is being handled.
        """
        settings = self._state().current_settings()

        if (name is None or now is None) and has_request_context():
            depend_on("Cookie")

        greeting = Greeting.to(
            self._name(settings) if name is None else name,
            settings.name_limit,
            self._language(settings, locale),
            self._hour(settings) if now is None else now.hour,
        )

        if name is None:
            # current_app is a proxy, which a signal would not take for the app.
            greeted.send(current_app._get_current_object(), greeting=greeting)  # type: ignore[attr-defined] # of the proxy

        return greeting

    def _name(self, settings: Settings) -> object:
        if not has_request_context():
            raise RuntimeError("No request, no visitor. Name one: greet.greet('Ada').")

        loaded = "name" in self._loaders
        return self._loaders["name"]() if loaded else session.get(settings.session_key)

    def _language(self, settings: Settings, locale: object = None) -> str:
        # With one language there is nothing to choose, and nothing to look at.
        ask = locale is None and len(settings.languages) > 1 and has_request_context()
        asked = self._asked_languages() if ask else [locale]
        found = (find_language(str(tag), settings.languages) for tag in asked)
        return next(filter(None, found), settings.default_language)

    def _asked_languages(self) -> Iterator[object]:
        """Ask whoever may know the visitor's language, each only if it is needed."""
        if "locale" in self._loaders:
            depend_on("Cookie")
            yield self._loaders["locale"]()
        if "babel" in current_app.extensions:
            depend_on("Cookie", "Accept-Language")  # what its selector looks at
            yield import_module("flask_babel").get_locale()

        depend_on("Accept-Language")
        yield request.environ.get("HTTP_ACCEPT_LANGUAGE", "")

    def _hour(self, settings: Settings) -> int | None:
        zone = next(filter(None, map(find_zone, self._asked_zones(settings))), None)
        return None if zone is None else self._clock(zone).hour

    def _asked_zones(self, settings: Settings) -> Iterator[object]:
        if has_request_context():
            yield self._loaders.get("timezone", lambda: None)()
            yield request.cookies.get(settings.timezone_cookie)

        yield settings.timezone

    def _greet_filter(self, name: object) -> Greeting:
        # A filter greets what it is given; an unknown name is no reason to ask who
        # the visitor is.
        return self.greet("" if name is None else name)

    def _state(self) -> _State:
        state: _State | None = current_app.extensions.get(_KEY)

        if state is None or state.extension is not self:
            raise RuntimeError(
                "This app is not initialised with this 'Greet'."
                " Did you forget 'greet.init_app(app)', or make two instances?"
            )

        return state

    def _blueprint(self, settings: Settings) -> Blueprint:
        """Carry our templates and static files, and the two pages if wanted."""
        blueprint = Blueprint(_KEY, __name__, "static", "/-/greet", "templates")

        if settings.pages:
            blueprint.add_url_rule("/", "hello", self._hello_page)
            blueprint.add_url_rule("/user/<name>", "user", self._user_page)

        return blueprint

    def _hello_page(self) -> tuple[str, dict[str, str]]:
        return self._render("greet/hello.html", self.greet())

    def _user_page(self, name: str) -> tuple[str, dict[str, str]]:
        # At any time: whoever follows the link need not be whom it names.
        settings = self._state().current_settings()
        greeting = Greeting.to(name, settings.name_limit, self._language(settings))
        return self._render("greet/user.html", greeting)

    def _render(self, template: str, greeting: Greeting) -> tuple[str, dict[str, str]]:
        state = self._state()
        base = state.current_settings().base_template
        page = state.layout.render(template, base, greeting=greeting)
        return page, {"Content-Language": greeting.locale}
