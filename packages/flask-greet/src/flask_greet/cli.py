"""``flask greet``: greetings in a terminal."""

from __future__ import annotations

from datetime import datetime

import click
from flask import current_app
from flask.cli import AppGroup

from .greeting import Greeting

greet_cli = AppGroup("greet", help="Greet people.")


@greet_cli.command("say")
@click.argument("name", required=False)
@click.option("--locale", help="The language, such as cs or zh-TW.")
@click.option("--at", type=click.DateTime(["%H:%M"]), help="The time of day there.")
def say(name: str | None, locale: str | None, at: datetime | None) -> None:
    """Print the greeting for NAME, or for somebody unknown."""
    greet = current_app.extensions["greet"].extension
    click.echo(greet.greet(name or "", locale=locale, now=at))


@greet_cli.command("languages")
def languages() -> None:
    """List the languages of this app, each with its greeting."""
    for language in current_app.extensions["greet"].current_settings().languages:
        click.echo(f"{language:8} {Greeting(locale=language)}")
