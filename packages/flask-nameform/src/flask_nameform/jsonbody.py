"""A JSON body under the names that fields have in HTML.

``{"rows": [{"text": "a"}]}`` becomes ``rows-0-text=a``, which is what WTForms reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, cast

from flask import request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

# As many as Flask takes in a form by default.
_MOST_VALUES = 1000
# No field has a longer name. It bounds how deep we look, too.
_LONGEST_NAME = 200


class UnreadableError(BadRequest):
    """The body of the request is not what a form could be in. Status 400."""


def json_object() -> dict[str, Any]:
    """Return the body of the current request, which says that it is JSON.

    :raises UnreadableError: if it is broken, or no object.
    """
    try:
        body: object = request.get_json()
    except (BadRequest, RecursionError) as error:
        raise UnreadableError("The body is no JSON that can be read.") from error

    if not isinstance(body, dict):
        raise UnreadableError("The JSON of a form is an object: fields by name.")

    return cast("dict[str, Any]", body)


def flatten(body: Mapping[str, Any]) -> MultiDict[str, str]:
    """Return the values in a body by the names of their fields.

    A list is both what a field with several values gets, and what a list of fields
    does; each field finds its own. ``null`` is an input left empty.

    :raises UnreadableError: if there are too many values.
    """
    found = (leaf for name, value in body.items() for leaf in _leaves(name, value))
    leaves = list(islice(found, _MOST_VALUES + 1))

    if len(leaves) > _MOST_VALUES:
        raise UnreadableError(f"The JSON has more than {_MOST_VALUES} values in it.")

    return MultiDict(leaves)


def _leaves(name: str, value: object) -> Iterator[tuple[str, str]]:
    if len(name) > _LONGEST_NAME:
        return

    if isinstance(value, dict):
        for key, item in cast("dict[str, object]", value).items():
            yield from _leaves(f"{name}-{key}", item)
    elif isinstance(value, list):
        yield from _leaves_of_list(name, cast("list[object]", value))
    else:
        yield name, _text(value)


def _leaves_of_list(name: str, items: list[object]) -> Iterator[tuple[str, str]]:
    for index, item in enumerate(items):
        # So that a row with nothing in it is a row.
        is_row = isinstance(item, dict | list)
        yield (f"{name}-{index}", "") if is_row else (name, _text(item))
        yield from _leaves(f"{name}-{index}", item)


def _text(value: object) -> str:
    """Return a value as a browser would write it into a form."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"

    # JSON can hold half a character, and hardly anything else can.
    return str(value).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
