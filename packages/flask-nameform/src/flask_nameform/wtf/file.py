"""Our fields and validators for files, with Flask-WTF's names and messages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from werkzeug.datastructures import FileStorage

from .. import files
from ..files import FileField, FileRequired

__all__ = [
    "FileAllowed",
    "FileField",
    "FileRequired",
    "FileSize",
    "MultipleFileField",
    "file_allowed",
    "file_required",
    "file_size",
]


class MultipleFileField(files.MultipleFileField):
    """Any number of files: ``data`` is a list, or ``None`` if there is no file."""

    data: Any

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        self.data = self.data or None


class FileAllowed(files.FileAllowed):
    """Takes files of some types only: a list of extensions, or an upload set."""

    def _why_not(self, file: FileStorage) -> str:
        if not isinstance(self.upload_set, Iterable):
            return "File does not have an approved extension."

        extensions = ", ".join(self.upload_set)
        return f"File does not have an approved extension: {extensions}"


class FileSize(files.FileSize):
    """Takes files between two sizes, in bytes."""

    def _why_not(self, file: FileStorage, size: int) -> str:
        return f"File must be between {self.min_size} and {self.max_size} bytes."


file_required = FileRequired
file_allowed = FileAllowed
file_size = FileSize
