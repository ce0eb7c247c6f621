"""What a named form is about: its arguments, and the object they load.

A signature says that the app has shown these arguments, not that whoever sends them may
act on them. So they count in the session they were shown to, and ``load`` runs each
time, to look at the visitor again.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from flask.json.tag import TaggedJSONSerializer

from . import csrf
from .marker import Marker
from .registry import Definition

# Flask's own for the session: of what it knows, such as UUIDs, it keeps the type.
_serializer = TaggedJSONSerializer()


def with_arguments(
    marker: Marker, definition: Definition, arguments: Mapping[str, Any]
) -> Marker:
    """Return the marker of a form that is about these arguments.

    :raises RuntimeError: if ``load`` does not take them, or if one cannot be signed.
    """
    if not _takes(definition, arguments):
        given = ", ".join(arguments) or "no arguments"
        wanted = (
            f"'load' of the form takes {inspect.signature(definition.load)}"
            if definition.load
            else "the form was registered without 'load'"
        )
        raise RuntimeError(
            f"show_form({marker.name!r}) got {given}, and {wanted}."
            f" Its handler is at {definition.place}."
        )
    if not arguments:
        return marker

    for name, value in arguments.items():
        _check(name, value)

    packed = _serializer.dumps(dict(arguments))
    return marker._replace(arguments=packed, session=csrf.session_tag())


def is_trusted(marker: Marker, definition: Definition) -> bool:
    """Return whether the arguments of a posted marker may be loaded.

    They may not if another session got them, if somebody left them out, or if ``load``
    has changed since.
    """
    of_session = marker.arguments is None or marker.session == csrf.session_tag()
    return of_session and _takes(definition, _unpack(marker))


def load(marker: Marker, definition: Definition) -> Any:
    """Return the object that the form is about, if it is about any."""
    return definition.load(**_unpack(marker)) if definition.load else None


def _unpack(marker: Marker) -> dict[str, Any]:
    if marker.arguments is None:
        return {}

    arguments: dict[str, Any] = _serializer.loads(marker.arguments)
    return arguments


def _takes(definition: Definition, arguments: Mapping[str, Any]) -> bool:
    if definition.load is None:
        return not arguments

    try:
        inspect.signature(definition.load).bind(**arguments)
    except TypeError:
        return False

    return True


def _check(name: str, value: object) -> None:
    """Refuse what would not come back as it is."""
    try:
        returned: object = _serializer.loads(_serializer.dumps(value))
    except (TypeError, ValueError):
        returned = None

    if returned != value or type(returned) is not type(value):
        raise RuntimeError(
            f"The argument {name!r} of a form is {type(value).__name__}, which cannot"
            " be signed. Give what can be written as JSON, such as the id of an object,"
            " and get the object in 'load'."
        )
