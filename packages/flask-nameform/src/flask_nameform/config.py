"""How an extension reads its configuration keys: typed, checked, and once.

Each package of the suite carries this same file, so that each installs alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import Field, fields
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, Generic, Literal, TypeVar, get_args, get_origin, get_type_hints

S = TypeVar("S")

#: A dataclass field carrying this is used by ``init_app`` itself (a route, say), so a
#: later change of its key could not take effect and is refused.
AT_START = {"at_start": True}


class LiveSettings(Generic[S]):
    """The settings of one app, made from the keys of its configuration.

    ``kind`` is a frozen dataclass; its field ``base_template`` is read from
    ``PREFIX_BASE_TEMPLATE``. A key that is missing or ``None`` means the default.
    Keys may still change between ``init_app`` and the first request, since Flask's
    test recipe updates the configuration of an app that a factory returned.

    :raises RuntimeError: for a value of the wrong type, and for a key that looks like
        a misspelt one of ours.
    """

    def __init__(self, kind: type[S], prefix: str, config: Mapping[str, Any]) -> None:
        self._kind = kind
        self._config = config
        self._fields: dict[str, Field[Any]] = {
            prefix + field.name.upper(): field
            for field in fields(kind)  # type: ignore[arg-type] # S is a dataclass
        }
        self._served = False
        _refuse_misspelt(config, self._fields)
        self._values = self._read()
        self._settings = self._make(self._values)

    def get(self, *, serving: bool) -> S:
        """Return the settings; ``serving`` says that a request is being answered.

        :raises RuntimeError: if a key changed after it had taken effect.
        """
        values = self._read()

        if values != self._values:
            self._refuse_late_change(values)
            self._settings = self._make(values)
            self._values = values

        if serving and not self._served:
            _refuse_misspelt(self._config, self._fields)
            self._served = True

        return self._settings

    def _read(self) -> list[Any]:
        # Asked for at each use, so it is kept to what C does.
        return list(map(self._config.get, self._fields))

    def _refuse_late_change(self, values: list[Any]) -> None:
        rows = zip(self._fields.items(), self._values, values, strict=True)

        for key, field in [row for row, old, new in rows if old != new]:
            at_start = field.metadata.get("at_start")

            if at_start or self._served:
                event = "'init_app' had used it" if at_start else "the first request"
                raise RuntimeError(f"{key} was changed after {event}. Set it before.")

    def _make(self, values: list[Any]) -> S:
        hints = _hints_of(self._kind)
        given = {}

        for (key, field), value in zip(self._fields.items(), values, strict=True):
            if value is not None:
                given[field.name] = _checked(key, value, hints[field.name])

        return self._kind(**given)


# What takes milliseconds is worked out once a process: tests start many apps.
_hints_of: Callable[[Any], dict[str, Any]] = lru_cache(get_type_hints)


def _checked(key: str, value: Any, hint: Any) -> Any:
    """Return the value as its field wants it, or say what the key takes."""
    origin = get_origin(hint)
    given = type(value).__name__

    if origin is Literal:
        valid, given = value in get_args(hint), repr(value)
        wanted = " or ".join(map(repr, get_args(hint)))
    elif origin is tuple:
        valid, wanted = _is_list_of_strings(value), "a list of strings"
        value = tuple(value) if valid else value
    else:
        # To Python a bool is an int, but True is not a number of characters.
        kinds = get_args(hint) or (hint,)
        valid = isinstance(value, hint) and (type(value) is not bool or bool in kinds)
        wanted = hint.__name__ if isinstance(hint, type) else str(hint)

    if not valid:
        raise RuntimeError(f"{key} must be {wanted}, not {given}.")

    return value


def _is_list_of_strings(value: Collection[object]) -> bool:
    # A lone string is a collection of strings too, and never what was meant.
    return isinstance(value, list | tuple | set | frozenset) and all(
        isinstance(item, str) for item in value
    )


def _refuse_misspelt(config: Mapping[str, Any], keys: Collection[str]) -> None:
    """Refuse a key one slip away from ours; an app's own key may share the prefix."""
    for key in config:
        meant = _meant_by(key, tuple(keys))

        if meant != key:
            raise RuntimeError(
                f"The configuration has {key}, which is no key of this extension."
                f" Did you mean {meant}?"
            )


@lru_cache(maxsize=1024)
def _meant_by(key: str, ours: tuple[str, ...]) -> str:
    """Return the key of ours that this one is close to, or the key itself."""
    return next(iter(get_close_matches(key, ours, n=1, cutoff=0.9)), key)
