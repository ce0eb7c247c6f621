"""How a form looks: which templates print it, and which classes are in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, cast, get_args

#: ``stacked``: a label above its input; ``horizontal``: beside it; ``inline``: all in a
#: row.
Layout = Literal["stacked", "inline", "horizontal"]

_LAYOUTS = get_args(Layout)

#: Which fields say what they are.
Mark = Literal["required", "optional"]


@dataclass(frozen=True, eq=False, repr=False)
class Theme:
    """Templates, and the classes that they do not have in them."""

    #: Where its templates are; each is looked up in the app's own templates first.
    folder: str
    #: Of the ``form``.
    layouts: Mapping[Layout, str]
    #: By the type of the input element, ``select``, or ``row`` for the buttons of rows;
    #: those of any other under "".
    classes: Mapping[str, str] = field(default_factory=dict[str, str])
    #: Added where what was typed is right, and where it is wrong.
    valid: str = ""
    invalid: str = ""

    @property
    def form_template(self) -> str:
        """The template with the macros of a form."""
        return f"{self.folder}/quick_form.html"

    @property
    def field_template(self) -> str:
        """The template with the macros of a field."""
        return f"{self.folder}/field.html"

    def attributes_of(self, element: str, *, valid: bool = True) -> dict[str, str]:
        """Return the attributes of an input element that are about its looks."""
        classes = self.classes.get(element, self.classes.get("", ""))

        if element not in ("submit", "row"):
            classes = f"{classes} {self.valid if valid else self.invalid}".strip()

        return {"class": classes} if classes else {}


class Look(NamedTuple):
    """What a site has chosen, and what one form on it."""

    theme: Theme
    layout: Layout = "stacked"
    mark: Mark = "required"


#: By the value of ``NAMEFORM_THEME``.
THEMES = {
    "plain": Theme("nameform", {"inline": "inline", "horizontal": "horizontal"}),
    "bootstrap5": Theme(
        "nameform/bootstrap5",
        {"inline": "row row-cols-lg-auto g-3 align-items-end"},
        {
            "": "form-control",
            "checkbox": "form-check-input",
            "color": "form-control form-control-color",
            "radio": "form-check-input",
            "range": "form-range",
            # An outline would be too faint where it is dark (WCAG 2.2, 1.4.3).
            "row": "btn btn-secondary btn-sm",
            "select": "form-select",
            "submit": "btn btn-primary",
        },
        # Bootstrap's own border is too faint to see where to type (WCAG 2.2, 1.4.11).
        valid="border-secondary",
        invalid="is-invalid",
    ),
}


def checked_layout(layout: str) -> Layout:
    """Return the layout if it is one.

    :raises RuntimeError: if it is not.
    """
    if layout not in _LAYOUTS:
        known = ", ".join(map(repr, _LAYOUTS))
        raise RuntimeError(f"There is no layout {layout!r}. There are {known}.")

    return cast("Layout", layout)
