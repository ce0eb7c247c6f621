"""``flask auth``: accounts from the command line."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import click
from flask.cli import AppGroup

from . import flows
from .errors import AuthError
from .flows import Services
from .state import current_state

auth_cli = AppGroup("auth", help="Look after accounts.")


@contextmanager
def _plain_errors() -> Generator[None, None, None]:
    """Say what went wrong in a sentence instead of a traceback."""
    try:
        yield
    except (AuthError, RuntimeError) as error:
        raise click.ClickException(str(error)) from error


@auth_cli.command("create-user")
@click.argument("email")
@click.option("--name", default="", help="How the site should address them.")
@click.option("--role", multiple=True, help="A role to give them; may be repeated.")
@click.password_option(help="Asked for if it is not given.")
def create_user(email: str, name: str, role: tuple[str, ...], password: str) -> None:
    """Make an account for EMAIL."""
    services = current_state().services()
    with _plain_errors():
        user = flows.create_user(services, email, password, name=name)
        for each in role:
            flows.grant(services, user, each)
    _report(services, user)


@auth_cli.command("grant")
@click.argument("email")
@click.argument("role")
def grant(email: str, role: str) -> None:
    """Give the account of EMAIL a ROLE, which is made if it is new."""
    services = current_state().services()
    with _plain_errors():
        user = services.users.find(flows.normalise(email))
        if user is None:
            raise click.ClickException(f"Nobody has an account with {email}.")
        flows.grant(services, user, role)
    _report(services, user)


def _report(services: Services[Any], user: Any) -> None:
    attributes = services.attributes
    roles = sorted(attributes.role_names(user))
    also = f" with the role {', '.join(roles)}" if roles else ""
    click.echo(f"{attributes.read(user, 'email')} has an account{also}.")
