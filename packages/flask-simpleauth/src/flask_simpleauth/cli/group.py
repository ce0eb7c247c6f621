"""The group of commands, and how they say what goes wrong."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module

import click
from flask.cli import AppGroup

from ..errors import AuthError
from ..store import Conflict, StoreUnavailable

# Each of these modules adds commands to the group.
_COMMANDS = ("accounts", "checking", "moving")


class _Commands(AppGroup):
    """A group that loads its commands when one is asked for: few processes need any."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        self._load()
        return super().list_commands(ctx)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        self._load()
        return super().get_command(ctx, cmd_name)

    def _load(self) -> None:
        for name in _COMMANDS:
            import_module(f"{__package__}.{name}")


auth_cli = _Commands("auth", help="Look after accounts.")


@contextmanager
def plain_errors() -> Generator[None, None, None]:
    """Say what went wrong in a sentence instead of a traceback."""
    try:
        yield
    except (AuthError, RuntimeError) as error:
        raise click.ClickException(str(error)) from error
    except Conflict as error:
        raise click.ClickException(in_plain_words(error)) from error
    except StoreUnavailable as error:
        raise click.ClickException("The store is unavailable.") from error


def in_plain_words(error: Conflict) -> str:
    """Say which constraint of the app's own database is broken."""
    # After the first line PostgreSQL prints the row, with the hash that is in it.
    reason = str(error).partition("\n")[0]
    return f"Your database refuses it: {reason}."
