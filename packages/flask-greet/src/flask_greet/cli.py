"""``flask greet``: greetings in a terminal."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

greet_cli = AppGroup("greet", help="Greet people.")


@greet_cli.command("say")
@click.argument("name", required=False)
def say(name: str | None) -> None:
    """Print the greeting for NAME, or for somebody unknown."""
    greet = current_app.extensions["greet"].extension
    click.echo(greet.greet(name or ""))
