"""What was posted, as WTForms reads it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import filterfalse
from typing import Any, TypeGuard

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import Field, FieldList, FormField
from wtforms.form import BaseForm

from .jsonbody import flatten, json_object

#: The last part of a key that says no more than that there is a row in a list.
ROW = "_row"

# WTForms makes an int of what may be the place of a row, whatever separates it from the
# name of the list. Of too many digits there is none, nor of such as "²".
_LONGEST_PLACE = 9
_TOO_LONG = re.compile(rf"[0-9]{{{_LONGEST_PLACE + 1}}}")


class Posted(MultiDict[str, Any]):
    """The text and files of a request; a file reaches file fields only.

    Somebody may post a file under the name of a text field, where no validator expects
    one, and text under the name of a file field. Each form takes what is for its own
    fields, and a form nested in it does so again.
    """

    def __init__(
        self,
        text: MultiDict[str, str],
        files: MultiDict[str, Any],
        fields: Iterable[Field] = (),
        lost: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__({key: text.getlist(key) for key in text})
        self._odd = frozenset(filterfalse(_is_sane, text))
        self._text = text
        self._files = files
        self._lost = lost

        for field in fields:
            for key in _file_keys(field, files):
                self.setlist(key, files.getlist(key))
            if is_file_field(field) and field.name not in files:
                self.poplist(field.name)
            if is_list(field) and issubclass(
                field.unbound_field.field_class, FormField
            ):
                self._mark_rows(f"{field.name}-")

    def _mark_rows(self, start: str) -> None:
        """Let a row be one of which nothing but a file was posted."""
        for key in filter(_is_sane, self._files):
            index = key.removeprefix(start).partition("-")[0]

            if key.startswith(start) and index.isdigit():
                self.setdefault(f"{start}{index}-{ROW}", "")

    def __iter__(self) -> Iterator[str]:
        # WTForms looks through the keys for rows of lists, and asks for others by name.
        return filterfalse(self._odd.__contains__, super().__iter__())

    def __bool__(self) -> bool:
        # A submitted form has been submitted even if each box in it was left empty;
        # WTForms would put defaults into an empty one.
        return True

    def for_fields(self, fields: Iterable[Field]) -> Posted:
        """Return what these fields may get."""
        if not self._files and not any(map(is_file_field, fields)):
            return self  # text for fields that take text

        return Posted(self._text, self._files, fields, self._lost)

    def renamed(self, rename: Callable[[str], str | None]) -> Posted:
        """Return it under other keys, without those that are ``None``."""
        text, files = (
            MultiDict(
                (new, value)
                for key, value in posted.items(multi=True)
                if (new := rename(key)) is not None
            )
            for posted in (self._text, self._files)
        )
        return Posted(
            text, files, lost=frozenset(filter(None, map(rename, self._lost)))
        )

    def without_files(self) -> Posted:
        """Return the text alone: a browser cannot be given a file back."""
        lost = frozenset(filter(self.had_file, self._files))
        return Posted(self._text, MultiDict(), lost=lost)

    def had_file(self, name: str) -> bool:
        """Return whether a file was posted under this name; an empty part is none."""
        return name in self._lost or any(self._files.getlist(name))


def posted_in_request() -> Posted:
    """Return what the current request carries.

    :raises werkzeug.exceptions.RequestEntityTooLarge: if the app takes no body so big.
    :raises flask_nameform.jsonbody.UnreadableError: if it is JSON that no form is.
    """
    if not request.is_json:
        return Posted(request.form, request.files)

    return Posted(flatten(json_object()), MultiDict())


def posted_text(name: str, default: str) -> str:
    """Return what was posted under a name that is none of a field."""
    source = json_object() if request.is_json else request.form
    text: object = source.get(name, default)
    return text if isinstance(text, str) else ""


def is_file_field(field: Field | type[Field]) -> bool:
    """Return whether the field, or fields of the class, take files."""
    return getattr(field.widget, "input_type", None) == "file"


def is_hidden(field: Field) -> bool:
    """Return whether the field is a hidden input."""
    return getattr(field.widget, "input_type", None) == "hidden"


def _file_keys(field: Field, files: MultiDict[str, Any]) -> Iterator[str]:
    """Yield the keys of files that are for this field."""
    if is_file_field(field):
        yield from {field.name}.intersection(files)
    elif is_list(field) and is_file_field(field.unbound_field.field_class):
        yield from (k for k in files if k.startswith(f"{field.name}-") and _is_sane(k))


def _is_sane(key: str) -> bool:
    """Return whether WTForms can read each number that is in a key."""
    if key.isascii():
        return len(key) <= _LONGEST_PLACE or not _TOO_LONG.search(key)

    is_odd = any(char.isdigit() and not char.isascii() for char in key)
    return not is_odd and not _TOO_LONG.search(key)


def walk(form: BaseForm | Iterable[Field]) -> Iterator[Field]:
    """Yield the fields of a form and all fields within them."""
    for field in form:
        yield field
        if is_list(field):
            yield from walk(field.entries)
        elif is_nested_form(field):
            yield from walk(field.form)


def is_list(field: Field) -> TypeGuard[FieldList[Field]]:
    """Return whether the field is a list of fields."""
    return isinstance(field, FieldList)


def is_nested_form(field: Field) -> TypeGuard[FormField[BaseForm]]:
    """Return whether the field is a form within a form."""
    return isinstance(field, FormField)


def own_messages(errors: Iterable[Any]) -> list[Any]:
    """Return the messages of a field, each once, without those of fields within it."""
    # WTForms 3.1 says two things of a choice that cannot be one, and we the same twice.
    own = (error for error in errors if not isinstance(error, list | tuple | dict))
    return list(dict.fromkeys(own))
