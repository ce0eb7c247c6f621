"""``flask auth``: accounts from the command line."""

from __future__ import annotations

from typing import Any

import click
from flask.cli import AppGroup

from . import flows
from .errors import AuthError
from .flows import Services
from .state import current_state

auth_cli = AppGroup("auth", help="Look after accounts.")


@auth_cli.command("create-user")
@click.argument("email")
@click.option("--name", default="", help="How the site should address them.")
@click.option("--role", multiple=True, help="A role to give them; may be repeated.")
@click.password_option(help="Asked for if it is not given.")
def create_user(email: str, name: str, role: tuple[str, ...], password: str) -> None:
    """Make an account for EMAIL."""
    services = current_state().services()
    try:
        user = flows.create_user(services, email, password, name=name)
    except AuthError as error:
        raise click.ClickException(str(error)) from error

    for each in role:
        flows.grant(services, user, each)
    click.echo(f"{email} has an account{_with_roles(services, user)}.")


@auth_cli.command("grant")
@click.argument("email")
@click.argument("role")
def grant(email: str, role: str) -> None:
    """Give the account of EMAIL a ROLE, which is made if it is new."""
    services = current_state().services()
    user = _find(services, email)
    flows.grant(services, user, role)
    click.echo(f"{email} has an account{_with_roles(services, user)}.")


def _find(services: Services[Any], email: str) -> Any:
    try:
        user = services.users.find(flows.normalise(email))
    except AuthError as error:
        raise click.ClickException(str(error)) from error

    if user is None:
        raise click.ClickException(f"Nobody has an account with {email}.")
    return user


def _with_roles(services: Services[Any], user: Any) -> str:
    roles = sorted(services.attributes.role_names(user))
    return f" with the role {', '.join(roles)}" if roles else ""
