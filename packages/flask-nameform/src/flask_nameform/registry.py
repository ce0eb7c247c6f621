"""Which name means which form: looked up live, per app."""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable, Iterator
from difflib import get_close_matches
from typing import Any, Literal, NamedTuple

from flask import current_app, request
from werkzeug.wrappers import Response

from .config import LiveSettings
from .form import Form
from .layout import Layout
from .plan import Plan, Plans
from .settings import KEY, Settings
from .untouched import Untouched

#: What a handler returns: ``None`` for the page the form was on, a URL to go to, or a
#: response. An async one returns it when awaited.
Result = str | Response | Awaitable[str | Response | None] | None

_NAME = re.compile(r"[A-Za-z0-9_-]+")


class Definition(NamedTuple):
    """A named form: its class, and the function that takes what was sent."""

    form_class: type[Form]
    #: ``None`` for a form that is sent by GET, to the page it is on.
    handler: Callable[..., Result] | None
    #: What a page calls the form.
    title: str
    #: Makes the object that the form edits of the arguments it is shown with.
    load: Callable[..., Any] | None = None

    @property
    def place(self) -> str:
        """Where the handler was written: file and line."""
        target: Any = self.handler or self.form_class
        code = getattr(inspect.unwrap(target), "__code__", None)

        if code is None:
            return repr(target)

        return f"{code.co_filename}:{code.co_firstlineno}"


class Definitions:
    """The forms of one :class:`~flask_nameform.Forms`, by name."""

    def __init__(self) -> None:
        self._by_name: dict[str, Definition] = {}

    def add(self, name: str, definition: Definition) -> None:
        """Add a form.

        :raises RuntimeError: if the name is taken or cannot be a name, if the class is
            no :class:`~flask_nameform.Form`, or if ``load`` is a coroutine function.
        """
        if not _NAME.fullmatch(name):
            raise RuntimeError(
                f"{name!r} cannot be the name of a form: use letters, digits, '-' and"
                " '_'. The name of a blueprint is put before it by itself."
            )
        if not _is_form_class(definition.form_class):
            raise RuntimeError(
                f"{definition.form_class!r} cannot be the form {name!r}: it has to be a"
                " subclass of flask_nameform.Form."
            )
        if inspect.iscoroutinefunction(definition.load):
            raise RuntimeError(
                f"'load' of the form {name!r} is a coroutine function, and templates"
                " cannot wait for it. Make it 'def'; the handler may be 'async def'."
            )
        if name in self._by_name:
            raise _taken(name, self._by_name[name], definition)

        self._by_name[name] = definition

    def get(self, name: str) -> Definition | None:
        """Return the form of that name, if there is one."""
        return self._by_name.get(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)


def _is_form_class(given: object) -> bool:
    return isinstance(given, type) and issubclass(given, Form)


class Registry:
    """The forms of one app. A prefix is the dotted name of a blueprint, or nothing."""

    def __init__(self) -> None:
        self._attached: list[tuple[str, Definitions]] = []

    def attach(self, prefix: str, definitions: Definitions) -> None:
        """Attach a collection; forms added to it later are found too.

        :raises RuntimeError: if it is attached there already, or if a name is taken.
        """
        if any((p, d) == (prefix, definitions) for p, d in self._attached):
            raise RuntimeError(
                "These 'Forms' are attached to this app already. Import and use them."
            )

        self._attached.append((prefix, definitions))

        for name in definitions:
            self.find(_join(prefix, name))

    def find(self, full_name: str) -> Definition | None:
        """Return the form of that name, if there is one.

        :raises RuntimeError: if two collections have a form of that name.
        """
        prefix, _, name = full_name.rpartition(".")
        found = [
            definition
            for attached_as, definitions in self._attached
            if attached_as == prefix and (definition := definitions.get(name))
        ]

        if len(found) > 1:
            raise _taken(full_name, *found[:2])

        return found[0] if found else None

    def __iter__(self) -> Iterator[str]:
        return (_join(prefix, name) for prefix, d in self._attached for name in d)

    def require(self, full_name: str) -> Definition:
        """Return the form of that name.

        :raises RuntimeError: if there is none; the message has the names close to it.
        """
        definition = self.find(full_name)

        if definition is None:
            names = sorted(self)
            near = get_close_matches(full_name, names, cutoff=0.5) or names
            raise RuntimeError(
                f"There is no form named {full_name!r}."
                f" Did you mean {' or '.join(map(repr, near[:5]))}?"
                if near
                else f"There is no form named {full_name!r}, nor any other. Is the"
                " module with its handler imported?"
            )

        return definition


class State:
    """What belongs to one app; each ``Forms`` may serve several."""

    def __init__(self, settings: LiveSettings[Settings]) -> None:
        self.settings = settings
        self.registry = Registry()
        self.layout = Layout("NAMEFORM_BASE_TEMPLATE")
        self.plans: Plans[Plan] = Plans()
        #: ``False`` for a form that has to be made each time.
        self.untouched: Plans[Untouched | Literal[False]] = Plans()


def current_state() -> State:
    """Return what belongs to the current app.

    :raises RuntimeError: if no ``Forms`` are attached to it.
    """
    state: State | None = current_app.extensions.get(KEY)

    if state is None:
        raise RuntimeError(
            "No 'Forms' are attached to this app. Did you forget"
            " 'forms.init_app(app)', or to register the blueprint they belong to?"
        )

    return state


def full_name_of(name: str) -> str:
    """Resolve a name relative to the blueprint of this request, as ``url_for`` does."""
    if not name.startswith("."):
        return name

    return name[1:] if request.blueprint is None else request.blueprint + name


def _join(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix else name


def _taken(name: str, first: Definition, second: Definition) -> RuntimeError:
    return RuntimeError(
        f"Two forms are named {name!r}: one at {first.place}, one at {second.place}."
        " Give one of them another name."
    )
