"""Text that does not show itself: passwords and keys, on their way to a digest."""

from __future__ import annotations


class Secret(str):
    """A string like any other, but for what debuggers and error collectors print.

    They take the ``repr`` of the variables of a function that failed, and of the tuples
    and dictionaries that these are in.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        """Return what tells nothing, not even how long it is."""
        return "Secret(...)"
