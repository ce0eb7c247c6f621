"""Directives that read the code, so that the reference cannot fall behind it.

``settings-of``, ``commands-of`` and ``templates-of`` make tables of what a package has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, fields
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import click
from docutils import nodes
from docutils.parsers.rst import Directive
from jinja2 import ChoiceLoader, Environment, PackageLoader
from jinja2 import nodes as syntax
from jinja2.meta import find_referenced_templates
from sphinx.application import Sphinx
from sphinx.pycode import ModuleAnalyzer

PACKAGES = ("flask_greet", "flask_nameform", "flask_simpleauth")
#: Of all three, since a template of one may extend another's.
TEMPLATES = Environment(  # noqa: S701 # nothing is rendered
    loader=ChoiceLoader([PackageLoader(package) for package in PACKAGES])
)


def table(head: list[str], rows: Iterable[list[list[nodes.Node]]]) -> nodes.table:
    """Return a table; a cell is a list of inline nodes."""
    body = nodes.tbody()
    for cells in rows:
        row = nodes.row()
        row += [nodes.entry("", nodes.paragraph("", "", *cell)) for cell in cells]
        body += row

    header = nodes.row()
    header += [nodes.entry("", nodes.paragraph("", name)) for name in head]
    group = nodes.tgroup("", cols=len(head))
    group += [nodes.colspec(colwidth=1) for _ in head]
    group += [nodes.thead("", header), body]
    return nodes.table("", group)


def code(text: object) -> list[nodes.Node]:
    """Return text as it is typed."""
    return [nodes.literal("", str(text))]


def prose(text: str) -> list[nodes.Node]:
    """Return text in which what stands between double backquotes is typed."""
    parts = re.split(r"``(.*?)``", " ".join(text.split()))
    return [
        nodes.literal("", part) if i % 2 else nodes.Text(part)
        for i, part in enumerate(parts)
    ]


class ReadsCode(Directive):
    """A directive whose argument is the import name of a package."""

    required_arguments = 1

    @property
    def package(self) -> str:
        return str(self.arguments[0])


class SettingsOf(ReadsCode):
    """The keys of a package, with their defaults and what the code says of them."""

    def run(self) -> list[nodes.Node]:
        name = f"{self.package}.settings"
        settings = import_module(name).Settings
        comments = ModuleAnalyzer.for_module(name).find_attr_docs()
        prefix = self.package.removeprefix("flask_").upper()
        rows = []

        for field in fields(settings):
            default = field.default if field.default is not MISSING else "?"
            said = " ".join(comments["Settings", field.name])
            key = f"{prefix}_{field.name.upper()}"
            rows.append([code(key), code(shown(default)), prose(said)])

        return [table(["key", "default", "meaning"], rows)]


def shown(default: object) -> str:
    """Write a default as one would in a configuration, or say it."""
    if isinstance(default, tuple):
        return repr(list(default)) if len(default) < 9 else "all of them"
    if isinstance(default, timedelta):
        days = default.days
        return (
            f"timedelta(days={days})"
            if days
            else f"timedelta(hours={default.seconds // 3600})"
        )
    return repr(default)


class CommandsOf(ReadsCode):
    """The commands of the click group that a package adds to ``flask``."""

    required_arguments = 2

    def run(self) -> list[nodes.Node]:
        module, _, name = self.arguments[1].partition(":")
        group = getattr(import_module(module), name)
        rows = [
            [code(f"flask {usage}"), prose(text)]
            for usage, text in sorted(commands(group))
        ]
        return [table(["command", "what it does"], rows)]


def commands(command: click.Command, path: str = "") -> Iterator[tuple[str, str]]:
    """Name each command with what it takes, and what it does."""
    path = f"{path} {command.name}".strip()

    if isinstance(command, click.Group):
        with click.Context(command) as context:
            parts = [
                command.get_command(context, n) for n in command.list_commands(context)
            ]
        for part in filter(None, parts):
            yield from commands(part, path)
        return

    with click.Context(command) as context:
        pieces = command.collect_usage_pieces(context)[1:]
    options = [f"[{p.opts[-1]}]" for p in command.params if isinstance(p, click.Option)]
    text = (command.help or "").partition("\n\n")[0].partition("\f")[0]
    yield " ".join([path, *pieces, *options]), text


class TemplatesOf(ReadsCode):
    """The templates that an app can replace, with the parts that each has."""

    def run(self) -> list[nodes.Node]:
        folder = Path(str(import_module(self.package).__file__)).parent / "templates"
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        rows = []

        for file in files:
            name = file.relative_to(folder).as_posix()
            uses, parts = dict.fromkeys(uses_of(name)), dict.fromkeys(parts_of(name))
            rows.append([code(name), spaced(parts), spaced(uses)])

        return [table(["template", "blocks and macros()", "built on"], rows)]


def spaced(names: Iterable[str]) -> list[nodes.Node]:
    """Return names as they are typed, where a line may break between two."""
    cells: list[nodes.Node] = []
    for name in names:
        cells += [*code(name), nodes.Text(" ")]
    return cells


def parts_of(name: str) -> Iterator[str]:
    """Name the blocks of a template, its own and those it inherits, and its macros."""
    tree = parse(name)
    for extends in tree.find_all(syntax.Extends):
        # The layout that a key names is another one in each site.
        if isinstance(extends.template, syntax.Const):
            yield from parts_of(extends.template.value)

    yield from (block.name for block in tree.find_all(syntax.Block))
    yield from (f"{macro.name}()" for macro in tree.find_all(syntax.Macro))


def uses_of(name: str) -> Iterator[str]:
    """Name what a template extends, includes and imports; the layout is a key."""
    layout = f"{name.partition('/')[0].upper()}_BASE_TEMPLATE"
    for used in find_referenced_templates(parse(name)):
        yield used or layout


def parse(name: str) -> syntax.Template:
    """Read a template of any of the packages."""
    return TEMPLATES.parse(TEMPLATES.loader.get_source(TEMPLATES, name)[0])


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directives."""
    app.add_directive("settings-of", SettingsOf)
    app.add_directive("commands-of", CommandsOf)
    app.add_directive("templates-of", TemplatesOf)
    return {"parallel_read_safe": True}
