"""Views for some only."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial, wraps
from itertools import chain
from typing import Any, NamedTuple, TypeVar, cast

from flask import Flask, Request, Response, current_app, request
from flask.views import View
from flask_nameform.registry import current_state as nameform_state

from .permissions import permissions_of, role_names
from .refusals import ask_password, challenge, forbid
from .state import KEY
from .visit import current_visit

F = TypeVar("F", bound=Callable[..., Any])

#: On a function that a guard was put around: the guard.
_GUARD = "__simpleauth_guard__"
#: On a view that everybody may see: the view itself.
_PUBLIC = "__simpleauth_public__"


class Requirement(NamedTuple):
    """What a visitor must be."""

    role: str | None = None
    permission: str | None = None
    #: How long ago, at most, they must have shown their password.
    fresh: timedelta | None = None

    def refusal(self) -> Response | None:
        """Return the answer for a visitor who is not, ``None`` for one who is."""
        user = current_visit().user
        if user is None:
            return challenge()
        if not self._is_met_by(user):
            return forbid()
        return None if self._is_fresh() else ask_password()

    def _is_fresh(self) -> bool:
        if self.fresh is None:
            return True
        age = current_visit().seconds_since_password()
        return age is not None and age <= self.fresh.total_seconds()

    def refusal_unless_public(self) -> Response | None:
        """Return the same for a request that may be to a view for everybody."""
        return None if _is_open(request) else self.refusal()

    def _is_met_by(self, user: object) -> bool:
        if self.role is not None and self.role not in role_names(user):
            return False
        if self.permission is None:
            # A token limited to some permissions is not good for everything else.
            return not current_visit().scopes
        if self.permission not in permissions_of(user):
            return False
        current_visit().admit()
        return True


#: For what somebody who finds the browser open must not be able to do.
JUST_SHOWN = Requirement(fresh=timedelta(minutes=10))


def open_to_all(view: F) -> F:
    """Mark a view, function or class, that a protected app shows to everybody."""
    # The mark is the view itself, so that no copy or subclass inherits it unasked.
    setattr(view, _PUBLIC, view)
    return view


def _is_open(asked: Request) -> bool:
    """Tell whether nobody has to sign in for this: it is public, ours, or nothing."""
    endpoint = asked.endpoint
    if endpoint is None or KEY in asked.blueprints or _is_static(endpoint):
        return True

    layers = list(_layers(current_app.view_functions[endpoint]))
    classes = [layer.view_class for layer in layers if hasattr(layer, "view_class")]
    return any(getattr(v, _PUBLIC, None) is v for v in [*layers, *classes])


def _is_static(endpoint: str) -> bool:
    # Not by the name alone, which a view may have where there is no static folder.
    prefix, _, name = endpoint.rpartition(".")
    owner = current_app.blueprints[prefix] if prefix else current_app
    return name == "static" and owner.has_static_folder


def guard(view: F, requirement: Requirement) -> F:
    """Put the requirement before a view: a function, a coroutine, or a class."""
    given: Any = view  # what F is bound to says nothing of classes

    if _is_class_view(view):
        _guard_class(given, requirement)
        return view

    wrapper = login_required(given, requirement)
    setattr(given, _GUARD, wrapper)
    return cast(F, wrapper)


def _is_class_view(view: object) -> bool:
    return isinstance(view, type) and issubclass(view, View)


def _guard_class(view: type[View], requirement: Requirement) -> None:
    guard_it = partial(login_required, requirement=requirement)
    view.decorators = [*view.decorators, guard_it]


def login_required(view: Callable[..., Any], requirement: Requirement) -> Any:
    # Its name is what 'flask forms' shows of it.
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        refusal = requirement.refusal()
        return view(*args, **kwargs) if refusal is None else refusal

    @wraps(view)
    async def guarded_coroutine(*args: Any, **kwargs: Any) -> Any:
        refusal = requirement.refusal()
        return await view(*args, **kwargs) if refusal is None else refusal

    return guarded_coroutine if inspect.iscoroutinefunction(view) else guarded


def check_order(app: Flask) -> None:
    """Refuse a guard above the decorator that registers its function: no one asks it.

    :raises RuntimeError: naming the function and its line.
    """
    for what, registered in _registered(app):
        layers = list(_layers(registered))
        for layer in layers:
            outer = getattr(layer, _GUARD, None)
            if outer is not None and outer not in layers:
                code = inspect.unwrap(layer).__code__
                raise RuntimeError(
                    f"The {what} is not protected: its 'login_required' stands above"
                    " the decorator that registers it, which took the bare function."
                    " Put that decorator on top."
                    f" ({code.co_filename}:{code.co_firstlineno})"
                )


def _registered(app: Flask) -> Iterator[tuple[str, Any]]:
    """Yield what a request may lead to, with what it is called."""
    for endpoint, view in app.view_functions.items():
        yield f"view {endpoint!r}", view

    for function in chain.from_iterable(app.before_request_funcs.values()):
        yield "'before_request' function", function

    forms = nameform_state().registry
    for name in forms:
        yield f"form {name!r}", forms.require(name).handler


def _layers(view: Any) -> Iterator[Any]:
    """Yield the function and what it was wrapped around."""
    while view is not None:
        yield view
        view = getattr(view, "__wrapped__", None)
