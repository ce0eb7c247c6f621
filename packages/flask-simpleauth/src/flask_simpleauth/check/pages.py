"""What stands in a page: fields, links, and where its forms go."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

#: What an attribute without a value is read as.
_PRESENT = ""


@dataclass
class Page:
    """A page as a program can read it; what scripts do to it is not seen."""

    #: The attributes of each field.
    fields: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    links: list[str] = field(default_factory=list[str])
    #: Where the forms are sent to.
    actions: list[str] = field(default_factory=list[str])

    def named(self, *names: str) -> list[dict[str, str]]:
        """Return the fields with one of these names."""
        return [each for each in self.fields if each.get("name") in names]


def read_page(html: str) -> Page:
    """Return what stands in this HTML."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.page


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or _PRESENT for name, value in attrs}
        if tag in ("input", "textarea", "select"):
            self.page.fields.append(attributes)
        elif tag == "a":
            self.page.links.append(attributes.get("href", ""))
        elif tag == "form":
            self.page.actions.append(attributes.get("action", ""))
