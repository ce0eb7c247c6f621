"""Fields for files, and what may be in them.

.. code-block:: python

    class PhotoForm(Form):
        photo = FileField(
            "Photo", [FileRequired(), FileAllowed(["jpg", "png"]), FileSize(2_000_000)]
        )
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from io import SEEK_END
from typing import Any, Protocol

import wtforms
from werkzeug.datastructures import FileStorage
from wtforms import Field
from wtforms.form import BaseForm
from wtforms.validators import DataRequired, StopValidation

from .content import ContentTypes
from .i18n import texts
from .naming import REQUIRED

__all__ = [
    "FileAllowed",
    "FileField",
    "FileRequired",
    "FileSize",
    "MultipleFileField",
]


class UploadSet(Protocol):
    """What Flask-Uploads and its kin have: it says which files it takes."""

    def file_allowed(self, storage: FileStorage, basename: str) -> bool:
        """Return whether the file may be stored under this name."""
        ...


class FileField(wtforms.FileField):
    """One file: ``data`` is a :class:`~werkzeug.datastructures.FileStorage`.

    Without one ``data`` is what the form was made with, ``None`` for most. Of the name
    of a file its path and what cannot be printed are left out (RFC 7578, 4.2). It is
    still the visitor's: store the file under a name of your own.
    """

    data: Any

    def process_formdata(self, valuelist: list[Any]) -> None:
        files = list(_named(valuelist))[:1]
        self.raw_data = files
        self.data = files[0] if files else self.data


class MultipleFileField(wtforms.MultipleFileField):
    """Any number of files: ``data`` is a list of what :class:`FileField` has one of."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.raw_data = list(_named(valuelist))
        self.data = self.raw_data or self.data or []


class FileRequired(DataRequired):
    """Asks for a file to be chosen.

    :param message: what to say instead of "Choose a file for “Photo”."
    """

    def __call__(self, form: BaseForm, field: Field) -> None:
        if not any(_files_of(field)):
            raise StopValidation(self.message or field.gettext(REQUIRED))


class FileAllowed:
    """Takes files of some types only; browsers offer no others (``accept``).

    The type is what the name of a file ends with, and that is the visitor's word. With
    ``content_types`` the first bytes have to say so too, which tells a renamed file,
    and not one made to deceive: serve uploads as downloads, or from another origin.

    :param upload_set: extensions such as ``["jpg", "png"]``, or an upload set of
        Flask-Uploads.
    :param message: what to say to any other file.
    :param content_types: patterns such as ``["image/*", "application/pdf"]``. They need
        puremagic, which ``pip install 'Flask-NameForm[files]'`` brings along.
    :raises RuntimeError: if that is not installed, or for what cannot be checked.
    """

    def __init__(
        self,
        upload_set: Iterable[str] | UploadSet,
        message: str | None = None,
        *,
        content_types: Iterable[str] = (),
    ) -> None:
        self.message = message
        self.upload_set = upload_set
        self.field_flags: dict[str, Any] = {}
        self._suffixes: tuple[str, ...] = ()
        self._content_types = ContentTypes(tuple(content_types))

        if isinstance(upload_set, str):
            raise RuntimeError(
                f"FileAllowed({upload_set!r}) allows files by single letters."
                f" Give a list: FileAllowed([{upload_set!r}])."
            )
        if isinstance(upload_set, Iterable):
            self._suffixes = tuple(f".{x.lstrip('.').lower()}" for x in upload_set)
            self.field_flags = {"accept": ",".join(self._suffixes)}

    def __call__(self, form: BaseForm, field: Field) -> None:
        for file in _files_of(field):
            if not self._allows_name(file):
                raise StopValidation(self.message or self._why_not(file))
            if not self._content_types.allow(file.stream):
                raise StopValidation(
                    self.message
                    or texts.gettext(
                        "“%(name)s” is not what its name says.", name=_shown(file)
                    )
                )

    def _allows_name(self, file: FileStorage) -> bool:
        name = (file.filename or "").lower()

        if isinstance(self.upload_set, Iterable):
            return name.endswith(self._suffixes)

        return self.upload_set.file_allowed(file, name)

    def _why_not(self, file: FileStorage) -> str:
        if not self._suffixes:
            return texts.gettext(
                "“%(name)s” is not a file of a type allowed here.", name=_shown(file)
            )

        return texts.gettext(
            "“%(name)s” is not a file of these types: %(types)s.",
            name=_shown(file),
            types=", ".join(suffix[1:] for suffix in self._suffixes),
        )


class FileSize:
    """Takes files that are neither too big nor too small.

    A body bigger than Flask's ``MAX_CONTENT_LENGTH`` is refused before that, with 413
    and without the form: set that key to something more than the biggest file.

    :param max_size: in bytes, inclusive.
    :param min_size: in bytes, inclusive; 1 refuses empty files.
    :param message: what to say instead of the size.
    """

    def __init__(
        self, max_size: int, min_size: int = 0, message: str | None = None
    ) -> None:
        self.max_size = max_size
        self.min_size = min_size
        self.message = message

    def __call__(self, form: BaseForm, field: Field) -> None:
        for file in _files_of(field):
            size = _size_of(file)

            if not self.min_size <= size <= self.max_size:
                raise StopValidation(self.message or self._why_not(file, size))

    def _why_not(self, file: FileStorage, size: int) -> str:
        name = _shown(file)

        if size > self.max_size:
            limit = _in_units(self.max_size)
            return texts.gettext(
                "“%(name)s” is larger than %(size)s.", name=name, size=limit
            )
        if size:
            limit = _in_units(self.min_size)
            return texts.gettext(
                "“%(name)s” is smaller than %(size)s.", name=name, size=limit
            )

        return texts.gettext("“%(name)s” is empty.", name=name)


def _named(values: Iterable[Any]) -> Iterator[FileStorage]:
    """Yield the files that somebody chose; a browser posts a part for no file too."""
    for value in values:
        if isinstance(value, FileStorage):
            value.filename = _clean(value.filename or "")
            if value.filename:
                yield value


def _clean(name: str) -> str:
    last = re.split(r"[/\\]", name)[-1]
    return "".join(filter(str.isprintable, last)).strip(" .")


def _files_of(field: Field) -> Iterator[FileStorage]:
    data: list[Any] | FileStorage | None = field.data
    values = data if isinstance(data, list) else [data]
    return (value for value in values if isinstance(value, FileStorage) and value)


def _size_of(file: FileStorage) -> int:
    if not file.seekable():
        raise TypeError(
            f"FileSize needs to seek in a file, and a {type(file.stream).__name__} is"
            " not seekable."
        )

    size: int = file.seek(0, SEEK_END)
    file.seek(0)
    return size


def _shown(file: FileStorage) -> str:
    name = file.filename or ""
    return name if len(name) <= 60 else f"{name[:40]}…{name[-15:]}"


def _in_units(size: int) -> str:
    """Write a size as whoever chose it thought of it: of 1000 bytes a step, or 1024."""
    return min(_in_steps(size, 1000), _in_steps(size, 1024), key=len)


def _in_steps(size: float, step: int) -> str:
    units = iter((texts.gettext("bytes"), "KB", "MB", "GB", "TB"))
    unit = next(units)

    while size >= step and unit != "TB":
        size, unit = size / step, next(units)

    return f"{size:.1f}".removesuffix(".0") + f" {unit}"
