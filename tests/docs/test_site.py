"""The documentation has all there is, and what it points to is there."""

from __future__ import annotations

import os
import re
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from urllib.parse import unquote, urldefrag, urlsplit

import pytest
from click import Command, Context, Group
from flask_greet.cli import greet_cli
from flask_nameform.cli import forms_command
from flask_simpleauth.cli import auth_cli
from sphinx.util.inventory import InventoryFile

HTML = Path(os.environ.get("DOCS_HTML", "docs/_build"))
PACKAGES = ["flask_greet", "flask_nameform", "flask_simpleauth"]


class Page(HTMLParser):
    """What a page points to, and what in it can be pointed to."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors = {""}
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note links, images and ids."""
        given = dict(attrs)
        self.links += filter(None, [given.get("href"), given.get("src")])
        self.anchors.add(given.get("id") or "")


def documented() -> set[str]:
    """Name all that the index of the site has."""
    with (HTML / "objects.inv").open("rb") as file:
        inventory = InventoryFile.load(file, "", lambda base, path: path)
    return {name for kind in inventory.values() for name in kind}


def read(page: str) -> str:
    return (HTML / page).read_text(encoding="utf-8")


WTF = import_module("flask_nameform.wtf")
WTF_MODULES = [
    module.name
    for module in iter_modules(WTF.__path__, f"{WTF.__name__}.")
    if hasattr(import_module(module.name), "__all__")
]


@pytest.mark.parametrize("package", [*PACKAGES, WTF.__name__, *WTF_MODULES])
def test_each_public_name_is_documented(package: str) -> None:
    """What a package offers is in the reference, under its name or its module's."""
    found = [name for name in documented() if name.startswith(f"{package}.")]
    ends = {name.rpartition(".")[2] for name in found}

    assert set(import_module(package).__all__) <= ends


def test_each_command_is_documented() -> None:
    """What can be typed after ``flask`` is in the reference."""

    def paths(command: Command, before: str = "flask") -> list[str]:
        here = f"{before} {command.name}"
        if not isinstance(command, Group):
            return [here]
        context = Context(command)
        parts = (
            command.get_command(context, n) for n in command.list_commands(context)
        )
        return [path for part in parts if part for path in paths(part, here)]

    names = [package.removeprefix("flask_") for package in PACKAGES]
    pages = "".join(read(f"reference/{name}.html") for name in names)
    text = re.sub(r"<[^>]+>", "", pages)

    for command in (greet_cli, forms_command, auth_cli):
        for path in paths(command):
            assert path in text


@pytest.mark.parametrize("package", PACKAGES)
def test_each_key_and_template_is_documented(package: str) -> None:
    """Keys are in the reference, and in the README that people read first."""
    name = package.removeprefix("flask_")
    settings = import_module(f"{package}.settings").Settings
    readme = Path(f"packages/flask-{name}/README.md").read_text(encoding="utf-8")
    page = read(f"reference/{name}.html")
    templates = Path(str(import_module(package).__file__)).parent / "templates"

    for field in settings.__dataclass_fields__:
        key = f"{name.upper()}_{field.upper()}"
        assert f"`{key}`" in readme
        assert key in page
    for template in templates.rglob("*.*"):
        assert template.relative_to(templates).as_posix() in page


@pytest.mark.parametrize("package", PACKAGES)
def test_each_block_and_macro_is_documented(package: str) -> None:
    """The row of a template has what a replacement of it can fill or write anew."""
    name = package.removeprefix("flask_")
    rows = re.findall(r"<tr.*?</tr>", read(f"reference/{name}.html"), re.DOTALL)
    texts = [re.findall(r"<code.*?</code>", row, re.DOTALL) for row in rows]
    cells = [[re.sub(r"<[^>]+>", "", text) for text in row] for row in texts]
    listed = {row[0]: set(row[1:]) for row in cells if row}
    folder = Path(str(import_module(package).__file__)).parent / "templates"

    for template in folder.rglob("*.html"):
        source = template.read_text(encoding="utf-8")
        parts = {
            *re.findall(r"{%-? *block (\w+)", source),
            *(f"{macro}()" for macro in re.findall(r"{%-? *macro (\w+)", source)),
        }
        assert parts <= listed[template.relative_to(folder).as_posix()]


def test_each_link_leads_somewhere() -> None:
    """Pages, files and anchors that the site points to are there."""
    pages = {file.resolve(): Page(file) for file in HTML.rglob("*.html")}
    broken = []

    for file, page in pages.items():
        for link in page.links:
            if urlsplit(link).scheme or link.startswith("//"):
                continue
            path, anchor = urldefrag(
                link.partition("?")[0] if "#" not in link else link
            )
            target = (file.parent / unquote(path)).resolve() if path else file
            found = pages.get(target)
            if not target.exists() or (found and unquote(anchor) not in found.anchors):
                broken.append(f"{file.name}: {link}")

    assert pages
    assert broken == []


def test_nothing_is_fetched_from_elsewhere() -> None:
    """A page needs no other site: no font, no script, no picture."""
    for file in HTML.rglob("*.html"):
        fetched = re.findall(
            r'(?:src=|<link[^>]* href=)"(https?:[^"]+)"',
            read(str(file.relative_to(HTML))),
        )
        assert fetched == []


def test_no_page_shows_an_address_in_memory() -> None:
    """What is built twice is the same."""
    for file in HTML.rglob("*.html"):
        assert " at 0x" not in re.sub("<[^>]+>", "", read(str(file.relative_to(HTML))))


def test_each_picture_is_shown() -> None:
    """A picture that no page shows would grow old unseen."""
    taken = {file.name for file in Path("docs/images").iterdir()}
    shown = {file.name for file in (HTML / "_images").iterdir()}
    assert taken <= shown
