"""HTML that is printed once, and filled in for each visitor.

Most of a form is the same each time it is shown. So its templates print it once, with
slots for the rest, and from then on only the slots are filled.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Hashable, Mapping
from typing import Generic, TypeVar

from markupsafe import Markup

# Nobody can put a slot into a text: they do not know what one looks like.
_NONCE = secrets.token_hex(8)
_SLOT = re.compile(f"{_NONCE}-([0-9]+);")

# Messages with input in them make ever new plans.
_MOST_PLANS = 500


def slot(number: int) -> Markup:
    """Return what stands in the HTML of a plan for something to be filled in."""
    return Markup(f"{_NONCE}-{number};")  # noqa: S704 # digits and letters


class Plan:
    """HTML with slots in it, each any number of times or not at all."""

    def __init__(self, html: str) -> None:
        self._pieces = _SLOT.split(html)
        self._slots = list(map(int, self._pieces[1::2]))

    def fill(self, contents: Mapping[int, str]) -> Markup:
        """Return the HTML, with each slot filled by what ``contents`` has for it."""
        pieces = self._pieces.copy()
        pieces[1::2] = [contents[number] for number in self._slots]
        return Markup("".join(pieces))  # noqa: S704 # made of HTML

    def fill_some(self, contents: Mapping[int, str]) -> Plan:
        """Return a plan in which the other slots are left."""
        left = {number: slot(number) for number in self._slots}
        return Plan(self.fill({**left, **contents}))


PlanT = TypeVar("PlanT")


class Plans(Generic[PlanT]):
    """The plans of one app, by all that their HTML depends on."""

    def __init__(self) -> None:
        self._plans: dict[Hashable, PlanT] = {}

    def get(self, key: Hashable) -> PlanT | None:
        """Return the plan for this key, if there is one."""
        return self._plans.get(key)

    def keep(self, key: Hashable, plan: PlanT) -> PlanT:
        """Keep a plan and return it, and the oldest no longer if there are too many."""
        if len(self._plans) >= _MOST_PLANS:
            self._plans.pop(next(iter(self._plans)), None)

        self._plans[key] = plan
        return plan
