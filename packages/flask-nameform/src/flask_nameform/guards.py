"""What runs before the handler of a form, as far as it can be known from outside.

Whether a function guards anything only its author knows. That nothing at all runs
before a handler is certain, and is what somebody who looks for holes wants to see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flask import Flask

from .registry import Definition


def guards_of(app: Flask, full_name: str, definition: Definition) -> list[str]:
    """Name what may refuse a form before its handler gets it, in the order it runs.

    These are the ``before_request`` functions of its blueprint and of those that one
    is nested in, what its ``load`` is, and the decorators of the handler.
    """
    prefix = full_name.rpartition(".")[0]
    parts = prefix.split(".") if prefix else []
    blueprints = (".".join(parts[:end]) for end in range(1, len(parts) + 1))
    before = [f for name in blueprints for f in app.before_request_funcs.get(name, [])]
    loader = [definition.load] if definition.load else []
    return [*map(_name, [*before, *loader]), *_decorators(definition.handler)]


def guards_of_all(app: Flask) -> list[str]:
    """Name the ``before_request`` functions of the app, without our own."""
    functions = app.before_request_funcs.get(None, [])
    return [_name(f) for f in functions if not _is_ours(f)]


def _decorators(handler: Callable[..., Any] | None) -> Iterator[str]:
    layer: Any = handler

    while hasattr(layer, "__wrapped__"):
        # All that functools.wraps leaves of a decorator's name is in its code, from
        # Python 3.11 on: "login_required.<locals>.wrapper".
        code = getattr(layer, "__code__", None)
        name: str = getattr(code, "co_qualname", getattr(code, "co_name", "?"))
        *makers, wrapper = name.split(".<locals>.")
        yield "@" + (".".join(makers) or wrapper)
        layer = layer.__wrapped__


def _name(function: Any) -> str:
    function = getattr(function, "func", function)  # of a partial
    qualname = getattr(function, "__qualname__", type(function).__qualname__)
    return str(qualname).rpartition(".<locals>.")[2]


def _is_ours(function: Any) -> bool:
    return str(getattr(function, "__module__", "")).startswith("flask_nameform.")
