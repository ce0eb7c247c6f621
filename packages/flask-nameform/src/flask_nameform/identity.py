"""Which form a form is, among all that could be on one page."""

from __future__ import annotations

from typing import NamedTuple

from markupsafe import Markup

from . import marker
from .attributes import hidden_input


class Identity(NamedTuple):
    """What tells a form from others: on its page, and when it is posted."""

    #: The name it was registered under; of a form on its own, that of its class.
    name: str
    #: Tells copies of a named form apart.
    key: str | None = None
    #: A named form's marker. A form on its own has its name there.
    signed: str | None = None
    #: A named form is submitted if whoever makes it says so.
    submitted: bool = False
    #: A named form that ``@forms.page`` takes is sent to a view of the app.
    sent_to_view: bool = False
    #: Whether the ids of its fields begin with :attr:`scope`, or are their names.
    has_scoped_ids: bool = True

    @property
    def scope(self) -> str:
        """What the ids of its fields begin with."""
        name = self.name.replace(".", "-")
        return f"{name}-{self.key}" if self.key else name

    @property
    def has_own_address(self) -> bool:
        """Whether it is sent where named forms are, which guards itself."""
        return self.signed is not None and not self.sent_to_view

    def tag(self) -> Markup:
        """Return the hidden field that says so."""
        return hidden_input(marker.FIELD, self.signed or self.name)
