"""``flask forms``: the named forms of an app in a terminal."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext

from .registry import current_state
from .showing import ENDPOINT


@click.command("forms")
@with_appcontext
def forms_command() -> None:
    """List the named forms: name, class, address, and where the handler is."""
    names = sorted(current_state().registry)
    rows = [("Form", "Class", "Address", "Handler"), *map(_row, names)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]

    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


def _row(full_name: str) -> tuple[str, str, str, str]:
    definition = current_state().registry.require(full_name)
    form_class = definition.form_class.__qualname__

    if definition.handler is None:
        return full_name, form_class, "GET of its page", "-"

    prefix, _, name = full_name.rpartition(".")
    endpoint = f"{prefix}.{ENDPOINT}" if prefix else ENDPOINT
    rule = next(current_app.url_map.iter_rules(endpoint)).rule
    address = rule.replace("<path:name>", name)
    return full_name, form_class, address, definition.place
