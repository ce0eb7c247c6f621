"""What a file is by its first bytes, whatever it is called."""

from __future__ import annotations

from fnmatch import fnmatchcase
from importlib import import_module
from typing import IO, Any


class ContentTypes:
    """The types of content that a field takes.

    :param patterns: such as ``["image/*", "application/pdf"]``.
    :raises RuntimeError: for a type that no first bytes tell, or if puremagic, which
        knows them, is not installed.
    """

    def __init__(self, patterns: tuple[str, ...]) -> None:
        for pattern in patterns:
            if "/" not in pattern or pattern.startswith(("text/", "*/")):
                raise RuntimeError(
                    f"FileAllowed cannot check for the content type {pattern!r}. Give"
                    " what shows in the first bytes of a file, such as 'image/*'; text"
                    " does not."
                )

        self._patterns = patterns
        # It takes its time to import, so only whoever wants it does.
        self._puremagic: Any = _import_puremagic() if patterns else None

    def allow(self, stream: IO[bytes]) -> bool:
        """Return whether what can be read is of one of the types, if there are any."""
        if not self._patterns:
            return True

        stream.seek(0)

        try:
            # Never with a name: puremagic would look for a file of that name here.
            found = self._puremagic.magic_stream(stream)
        except (LookupError, ValueError):
            return False  # it knows no such thing, or there is nothing in it
        finally:
            stream.seek(0)

        types: set[str] = {match.mime_type for match in found}
        return any(fnmatchcase(t, p) for t in types for p in self._patterns)


def _import_puremagic() -> Any:
    try:
        return import_module("puremagic")
    except ImportError as error:
        raise RuntimeError(
            "FileAllowed(content_types=...) looks into files with puremagic, which is"
            " not installed. Run: pip install 'Flask-NameForm[files]'"
        ) from error
