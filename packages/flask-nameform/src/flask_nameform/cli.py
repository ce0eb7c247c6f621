"""``flask forms``: the named forms of an app in a terminal."""

from __future__ import annotations

import inspect
import os
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from .guards import guards_of, guards_of_all
from .registry import current_state
from .showing import ENDPOINT

_HEAD = ("Form", "Class", "Address", "Runs first", "Handler")


@click.command("forms")
@with_appcontext
def forms_command() -> None:
    """List the named forms, and what runs before their handlers.

    Where nothing does there is a "-": anyone may send that form.
    """
    names = sorted(current_state().registry)
    rows = [_HEAD, *map(_row, names)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]

    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())

    app: Any = current_app
    always = guards_of_all(app)

    if names and always:
        click.echo(f"\nBefore each of them: {', '.join(always)}")


def _row(full_name: str) -> tuple[str, ...]:
    definition = current_state().registry.require(full_name)
    form_class = definition.form_class.__qualname__.rpartition(".<locals>.")[2]

    if definition.handler is None:
        return full_name, form_class, "GET of its page", "-", "-"

    app: Any = current_app
    prefix, _, name = full_name.rpartition(".")
    endpoint = f"{prefix}.{ENDPOINT}" if prefix else ENDPOINT
    rule = next(app.url_map.iter_rules(endpoint)).rule
    address = rule.replace("<name>", name)
    guards = ", ".join(guards_of(app, full_name, definition)) or "-"
    handler = getattr(inspect.unwrap(definition.handler), "__name__", "")
    place = definition.place.removeprefix(os.getcwd() + os.sep)
    return full_name, form_class, address, guards, f"{handler} {place}".lstrip()
