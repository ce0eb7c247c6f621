"""Files with users, as other systems write them: CSV with a header, or JSON."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, cast

#: The key under which a row keeps what its header has no name for.
SURPLUS = ""


class Row(NamedTuple):
    """A user as the file has them."""

    #: Where in the file: ``"line 7"``, ``"item 7"``.
    where: str
    values: Mapping[str, Any]


class UnreadableExport(Exception):
    """The file is not what it should be; the message says why."""


class Export:
    """The rows of a file, read again each time it is iterated over.

    :raises UnreadableExport: if the file cannot be read.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise UnreadableExport("This is no file, and a pipe can be read only once.")
        self._path = path
        self._items: list[Any] | None = None
        if path.suffix.lower() == ".json":
            self._items = _load(path)
        self._length = sum(1 for _ in self)

    def __len__(self) -> int:
        """Return how many rows there are."""
        return self._length

    def __iter__(self) -> Iterator[Row]:
        """Yield the rows."""
        return self._lines() if self._items is None else _rows_of(self._items)

    def columns(self) -> set[str]:
        """Return the names of what any row has."""
        return {name for row in self for name in row.values}

    def _lines(self) -> Iterator[Row]:
        try:
            # What Excel puts in front of UTF-8 is no part of the first name.
            with self._path.open(encoding="utf-8-sig", newline="") as file:
                reader = csv.DictReader(file, restkey=SURPLUS, strict=True)
                for values in reader:
                    yield Row(f"line {reader.line_num}", values)
        except (csv.Error, UnicodeDecodeError) as error:
            raise UnreadableExport(f"This is no CSV in UTF-8: {error}.") from error


def _load(path: Path) -> Any:
    try:
        data: Any = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise UnreadableExport(f"This is no JSON: {error}.") from error

    outermost: object = data
    if not isinstance(outermost, list):
        raise UnreadableExport("The JSON is no array of users.")
    return data


def _rows_of(items: list[Any]) -> Iterator[Row]:
    for number, item in enumerate(items, 1):
        values: Any = item
        if isinstance(item, dict) and "fields" in item:  # Django's dumpdata
            values = cast("dict[str, Any]", item)["fields"]
        known = cast("dict[str, Any]", values) if isinstance(values, dict) else {}
        yield Row(f"item {number}", known)
