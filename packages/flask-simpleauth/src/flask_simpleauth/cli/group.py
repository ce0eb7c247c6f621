"""The group of commands, and how they say what goes wrong."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import click
from flask.cli import AppGroup

from ..errors import AuthError

auth_cli = AppGroup("auth", help="Look after accounts.")


@contextmanager
def plain_errors() -> Generator[None, None, None]:
    """Say what went wrong in a sentence instead of a traceback."""
    try:
        yield
    except (AuthError, RuntimeError) as error:
        raise click.ClickException(str(error)) from error
