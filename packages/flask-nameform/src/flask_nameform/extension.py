"""``Forms``: the extension object, and how it is wired into an app."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast, overload

from flask import Blueprint, Flask, current_app
from flask.blueprints import BlueprintSetupState

from .dispatch import submit, take
from .form import Form
from .pages import mark_page, posted_here
from .query import bind_query
from .registry import (
    Definition,
    Definitions,
    Result,
    current_state,
    full_name_of,
)
from .showing import ENDPOINT
from .wiring import state_of

_RULE = "/-/forms/<name>"

SomeForm = TypeVar("SomeForm", bound=Form)
LoadedT = TypeVar("LoadedT")
ResultT = TypeVar("ResultT", bound=Result)
HandlerT = TypeVar("HandlerT")
ViewT = TypeVar("ViewT", bound=Callable[..., Any])


class Forms:
    """Forms that any page can show by name.

    .. code-block:: python

        forms = Forms()          # here, so that other modules can import it

        @forms.handler("name", NameForm)
        def save_name(form):
            session["name"] = form.name.data

        forms.init_app(app)      # in the application factory

    In templates ``{{ show_form("name") }}`` shows the form. An app may have any number
    of ``Forms``, and each may serve any number of apps.

    :param app: the app to attach to, for a program without a factory.
    :param blueprint: the blueprint they belong to. They are attached where that is
        registered, its name stands before theirs, and its guards run for them.
    """

    def __init__(
        self, app: Flask | None = None, *, blueprint: Blueprint | None = None
    ) -> None:
        self._definitions = Definitions()
        self._blueprint = blueprint

        if blueprint is not None:
            blueprint.record(self._attach_with_blueprint)
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Attach to an app.

        The first ``Forms`` of an app read its configuration, add the template helpers,
        and protect all its views from other sites (see :mod:`flask_nameform.csrf`).

        :raises RuntimeError: if they are attached to it already or belong to a
            blueprint, if a name is taken, or for a configuration key that is misspelt
            or has a wrong value.
        """
        if self._blueprint is not None:
            raise RuntimeError(
                f"These 'Forms' belong to the blueprint {self._blueprint.name!r} and"
                " are attached where it is registered. Leave 'init_app' out."
            )

        state_of(app).registry.attach("", self._definitions)

        if app.view_functions.get(ENDPOINT) is not submit:
            app.add_url_rule(_RULE, ENDPOINT, submit, methods=["POST"])

    @overload
    def handler(
        self, name: str, form_class: type[SomeForm], *, title: str | None = None
    ) -> Callable[[Callable[[SomeForm], ResultT]], Callable[[SomeForm], ResultT]]: ...

    @overload
    def handler(
        self,
        name: str,
        form_class: type[SomeForm],
        *,
        load: Callable[..., LoadedT],
        title: str | None = None,
    ) -> Callable[
        [Callable[[SomeForm, LoadedT], ResultT]], Callable[[SomeForm, LoadedT], ResultT]
    ]: ...

    def handler(
        self,
        name: str,
        form_class: type[Form],
        *,
        load: Callable[..., Any] | None = None,
        title: str | None = None,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Register the function that takes what was sent in a form; a decorator.

        It gets the form when that is valid. It returns ``None`` to go back to the page
        the form was on, a URL to go there, or a response. To have the form shown again
        it adds to ``form.<field>.errors`` or ``form.form_errors``, or raises
        :class:`wtforms.ValidationError` or :class:`~flask_nameform.FormError`.

        Like a view, **anyone may send to it**: guards of the page that shows the form
        do not guard the handler. Guard the blueprint, or put the decorator that guards
        a view between this one and the function.

        :param load: for a form that edits something: a function that gets the arguments
            of ``show_form("name", post_id=7)`` and returns what to edit. That fills the
            form, and is the second argument of the handler. It runs when the form is
            shown and when it is sent, each time in the visitor's own request, so here
            is where to check permission: ``abort(403)``, or 404.
        :param title: what the form is called where it needs a name: to screen readers,
            and on a page of its own. By default made from ``name``.
        :raises RuntimeError: if the name is taken; the message has both places.
        """

        def register(handler: Callable[..., Any]) -> Callable[..., Any]:
            self._register(name, form_class, _called(handler, name), load, title)
            return handler

        return register

    @overload
    def add(
        self,
        name: str,
        form_class: type[SomeForm],
        *,
        handler: Callable[[SomeForm], Result],
        title: str | None = None,
    ) -> None: ...

    @overload
    def add(
        self,
        name: str,
        form_class: type[SomeForm],
        *,
        handler: Callable[[SomeForm, LoadedT], Result],
        load: Callable[..., LoadedT],
        title: str | None = None,
    ) -> None: ...

    def add(
        self,
        name: str,
        form_class: type[Form],
        *,
        handler: Callable[..., Result],
        load: Callable[..., Any] | None = None,
        title: str | None = None,
    ) -> None:
        """Register a form and its handler; :meth:`handler` without the decorator."""
        self._register(name, form_class, _called(handler, name), load, title)

    def add_query(
        self, name: str, form_class: type[Form], *, title: str | None = None
    ) -> None:
        """Register a form that only asks, such as a search box.

        It is sent by GET to the page it is on. :meth:`query` gives it to the view.
        """
        self._register(name, form_class, None, None, title)

    def query(self, name: str, form_class: type[SomeForm]) -> SomeForm:
        """Return a form of :meth:`add_query`, bound if this URL submits it.

        .. code-block:: python

            form = forms.query("search", SearchForm)

            if form.validate_on_submit():
                ...

        :param name: as in ``show_form``.
        :raises RuntimeError: if no form of that name asks by that class.
        """
        full_name = full_name_of(name)
        definition = current_state().registry.require(full_name)

        if definition.handler or definition.form_class is not form_class:
            raise RuntimeError(
                f"The form {full_name!r} was not registered by"
                f" 'forms.add_query({name!r}, {form_class.__name__})'."
                f" It is at {definition.place}."
            )

        return cast("SomeForm", bind_query(full_name, definition))

    def page(self, view: ViewT) -> ViewT:
        """Let a view take the posts of the named forms that it shows; a decorator.

        .. code-block:: python

            @app.route("/<lang>/", methods=["GET", "POST"])
            @login_required
            @forms.page
            def index(lang):
                return render_template("index.html")

        These forms are then sent to the page's own URL, so whatever runs before the
        view, such as the guards above this decorator or a URL preprocessor, runs for
        the handlers too. Other posts reach the view. A form of another blueprint is
        still sent to its own address, where that blueprint's guards are.
        """

        @wraps(view)
        def page(*args: Any, **kwargs: Any) -> Any:
            name = posted_here()

            if name is not None:
                return take(name)

            return current_app.ensure_sync(view)(*args, **kwargs)

        mark_page(page, view)
        return cast("ViewT", page)

    def _register(
        self,
        name: str,
        form_class: type[Form],
        handler: Callable[..., Result] | None,
        load: Callable[..., Any] | None,
        title: str | None,
    ) -> None:
        title = title or name.replace("_", " ").replace("-", " ").capitalize()
        self._definitions.add(name, Definition(form_class, handler, title, load))

    def _attach_with_blueprint(self, setup: BlueprintSetupState) -> None:
        prefix = f"{setup.name_prefix}.{setup.name}".lstrip(".")
        app: Any = setup.app  # a Flask, whatever Flask's types say
        state_of(app).registry.attach(prefix, self._definitions)

        if f"{prefix}.{ENDPOINT}" not in app.view_functions:
            rule = _rule_of_its_own(app, prefix, setup.url_prefix or "")
            setup.add_url_rule(rule, ENDPOINT, submit, methods=["POST"])


def _rule_of_its_own(app: Flask, blueprint: str, url_prefix: str) -> str:
    """Return where the forms of a blueprint are sent, below its prefix.

    Never where those of others are, whose guards are not these.
    """
    folder = url_prefix.rstrip("/")
    rules = {str(rule) for rule in app.url_map.iter_rules()}
    is_free = folder and folder + _RULE not in rules
    return _RULE if is_free else _RULE.replace("<", f"{blueprint}/<")


def _called(handler: HandlerT, name: str) -> HandlerT:
    # Without one, a form would be one that asks, and what is typed be in the URL.
    if not callable(handler):
        raise RuntimeError(
            f"The handler of the form {name!r} is {handler!r}, which cannot be called."
            " Did a decorator forget to return its function?"
        )

    return handler
