"""``Greet``: the extension object, and how it is wired into an app."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from flask import (
    Blueprint,
    Flask,
    Response,
    after_this_request,
    current_app,
    has_request_context,
    session,
)

from .cli import greet_cli
from .config import LiveSettings
from .greeting import Greeting
from .layout import Layout
from .settings import Settings
from .signals import greeted

_KEY = "greet"

NameLoader = TypeVar("NameLoader", bound=Callable[[], object])


@dataclass(frozen=True)
class _State:
    """What belongs to one app; the extension object itself may serve several."""

    extension: Greet
    settings: LiveSettings[Settings]
    layout: Layout = field(default_factory=lambda: Layout("GREET_BASE_TEMPLATE"))

    def current_settings(self) -> Settings:
        return self.settings.get(serving=has_request_context())


class Greet:
    """Greets the visitor by name.

    .. code-block:: python

        greet = Greet()          # here, so that blueprints can import it
        greet.init_app(app)      # in the application factory

    In templates ``{{ greet() }}`` greets the visitor and ``{{ name|greet }}`` a name.
    """

    def __init__(self, app: Flask | None = None) -> None:
        # Never self.app: an extension object may serve many apps, and each view finds
        # the one it runs in through current_app.
        self._load_name: Callable[[], object] | None = None

        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Attach to an app: read its configuration, add the template helpers.

        :raises RuntimeError: if the app has a ``Greet`` already, or for a configuration
            key that is misspelt or has a value of the wrong type.
        """
        if _KEY in app.extensions:
            raise RuntimeError(
                "A 'Greet' is already initialised on this app. Import and use that one."
            )

        settings = LiveSettings(Settings, "GREET_", app.config)
        app.extensions[_KEY] = _State(self, settings)
        app.add_template_global(self.greet, "greet")
        app.add_template_filter(self._greet_filter, "greet")
        app.register_blueprint(self._blueprint(settings.get(serving=False)))
        app.cli.add_command(greet_cli)

    def name_loader(self, loader: NameLoader) -> NameLoader:
        """Register the function that knows the visitor's name.

        It takes nothing and returns a name, or ``None`` for an unknown visitor. Without
        one, the name is looked for in the session under ``GREET_SESSION_KEY``.
        """
        self._load_name = loader
        return loader

    def greet(self, name: object = None) -> Greeting:
        """Return the greeting for ``name``, or for the visitor of this request.

        Greeting the visitor marks the response as theirs alone (``Vary: Cookie``,
        ``Cache-Control: private``), since no other visitor may be served it.

        :raises RuntimeError: if no name is given and no request is being handled.
        """
        settings = self._state().current_settings()

        if name is not None:
            return Greeting.to(name, settings.name_limit)

        greeting = Greeting.to(self._visitor(settings), settings.name_limit)
        after_this_request(_mark_private)
        greeted.send(
            current_app._get_current_object(),  # type: ignore[attr-defined] # a proxy
            greeting=greeting,
        )
        return greeting

    def _visitor(self, settings: Settings) -> object:
        if not has_request_context():
            raise RuntimeError(
                "There is no visitor to greet outside a request."
                " Give a name: greet.greet('Ada')."
            )
        if self._load_name is not None:
            return self._load_name()
        return session.get(settings.session_key)

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
        """Carry our templates, and the two pages if they are wanted."""
        blueprint = Blueprint(_KEY, __name__, template_folder="templates")

        if settings.pages:
            blueprint.add_url_rule("/", "hello", self._hello_page)
            blueprint.add_url_rule("/user/<name>", "user", self._user_page)

        return blueprint

    def _hello_page(self) -> str:
        return self._render("greet/hello.html", self.greet())

    def _user_page(self, name: str) -> str:
        return self._render("greet/user.html", self.greet(name))

    def _render(self, template: str, greeting: Greeting) -> str:
        state = self._state()
        base = state.current_settings().base_template
        return state.layout.render(template, base, greeting=greeting)


def _mark_private(response: Response) -> Response:
    response.vary.add("Cookie")
    if not response.cache_control:
        response.cache_control.private = True
    return response
