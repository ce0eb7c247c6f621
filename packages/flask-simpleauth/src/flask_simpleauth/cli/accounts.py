"""The commands for one account, and for what has expired."""

from __future__ import annotations

from collections.abc import Collection, Generator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any

import click
from flask import current_app

from .. import deletion, ending, flows, invitations, joining, recovery
from ..identity import normalise_either
from ..origin import current_site
from ..services import Services
from ..standing import may_sign_in
from ..state import current_state
from ..store import Attributes
from ..takeout import export_account
from ..tokens import NEVER
from .group import auth_cli, plain_errors

# Rows removed in one transaction, so that sign-ins need not wait for the whole.
_PURGE_STEP = 1000


@auth_cli.command("create-user")
@click.argument("email")
@click.option("--name", default="", help="How the site should address them.")
@click.option("--role", multiple=True, help="A role to give them; may be repeated.")
@click.option("--username", default="", help="Another name to sign in with.")
@click.option("--confirmed", is_flag=True, help="The address is known to be theirs.")
@click.password_option(help="Asked for if it is not given.")
def create_user(
    email: str,
    name: str,
    role: tuple[str, ...],
    username: str,
    confirmed: bool,
    password: str,
) -> None:
    """Make an account for EMAIL."""
    services = current_state().services()
    with plain_errors():
        _check_places(services.attributes, role, username)
        user = flows.create_user(
            services,
            email,
            password,
            name=name,
            username=username,
            confirmed=confirmed,
        )
        for each in role:
            flows.grant(services, user, each)
    _report(services, user)


@auth_cli.command("grant")
@click.argument("email")
@click.argument("role")
def grant(email: str, role: str) -> None:
    """Give the account of EMAIL a ROLE, which is made if it is new."""
    with _account(email) as (services, user):
        flows.grant(services, user, role)
    _report(services, user)


@auth_cli.command("revoke-role")
@click.argument("email")
@click.argument("role")
def revoke_role(email: str, role: str) -> None:
    """Take a ROLE from the account of EMAIL."""
    with _account(email) as (services, user):
        flows.revoke_role(services, user, role)
    _report(services, user)


@auth_cli.command("passwd")
@click.argument("email")
@click.password_option(help="Asked for if it is not given.")
def passwd(email: str, password: str) -> None:
    """Give the account of EMAIL a new password, and end its sessions."""
    with _account(email) as (services, user):
        flows.set_password(services, user, password)
    click.echo("The password is changed, and all sessions have ended.")


@auth_cli.command("reset-link")
@click.argument("email")
def reset_link(email: str) -> None:
    """Print a link with which the owner of EMAIL can set a new password, once."""
    with _account(email) as (services, user):
        if not may_sign_in(services, user):
            raise RuntimeError("This user is deactivated, so a link would be no use.")
        key = recovery.start_reset(services, user)
    click.echo(current_site().url("simpleauth.reset_page", key=key))


@auth_cli.command("invite")
@click.argument("email")
@click.option("--role", help="A role the account will have.")
@click.option("--withdraw", is_flag=True, help="End the invitation instead.")
def invite(email: str, role: str | None, withdraw: bool) -> None:
    """Print a link with which the owner of EMAIL can sign up, once.

    It is sent to them too if the site sends mail.
    """
    with plain_errors():
        if not withdraw:
            click.echo(joining.invite(email, role))
            return
        ended = invitations.withdraw(current_state().services(), email)
    click.echo(f"{ended} ended.")


@auth_cli.command("sessions")
@click.argument("email")
def sessions(email: str) -> None:
    """List where the account of EMAIL is signed in."""
    with _account(email) as (services, user):
        tokens = services.sessions.list_for(services.attributes.read(user, "id"))
    for token in tokens:
        used = datetime.fromtimestamp(token.seen_at, timezone.utc)
        click.echo(f"{used:%Y-%m-%d %H:%M} UTC  {token.label or 'A program'}")
    click.echo(f"{len(tokens)} running.")


@auth_cli.command("sign-out")
@click.argument("email")
def sign_out(email: str) -> None:
    """End all sessions of the account of EMAIL."""
    with _account(email) as (services, user):
        ended = ending.end_sessions(services, user)
    click.echo(f"{ended} ended.")


@auth_cli.command("create-token")
@click.argument("email")
@click.argument("name")
@click.option("--scope", multiple=True, help="A permission to limit it to.")
@click.option("--days", type=click.IntRange(1), help="How long it is good for.")
def create_token(
    email: str, name: str, scope: tuple[str, ...], days: int | None
) -> None:
    """Make an API token called NAME for the account of EMAIL, and print it."""
    lifetime = None if days is None else timedelta(days=days)
    with _account(email) as (services, user):
        text = flows.create_api_token(
            services, user, name, scopes=scope, lifetime=lifetime
        )
    click.echo(text)


@auth_cli.command("tokens")
@click.argument("email")
def tokens(email: str) -> None:
    """List the API tokens of the account of EMAIL."""
    with _account(email) as (services, user):
        own = services.api_tokens.list_for(services.attributes.read(user, "id"))
    for token in own:
        made, ends = _day(token.created_at), _day(token.expires_at)
        scopes = ", ".join(token.data["scopes"]) or "everything"
        until = "" if token.expires_at == NEVER else f", until {ends}"
        used = _day(token.seen_at) if token.seen_at > token.created_at else "never"
        click.echo(f"{token.label}, for {scopes}, made {made}{until}, used {used}")
    click.echo(f"{len(own)} good or expired.")


@auth_cli.command("revoke-token")
@click.argument("email")
@click.argument("name")
def revoke_token(email: str, name: str) -> None:
    """End the API token called NAME of the account of EMAIL."""
    with _account(email) as (services, user):
        ended = ending.revoke_api_tokens(services, user, name)
    click.echo(f"{ended} ended.")


@auth_cli.command("deactivate")
@click.argument("email")
@click.option("--undo", is_flag=True, help="Let them sign in again.")
def deactivate(email: str, undo: bool) -> None:
    """Keep the account of EMAIL from signing in, and end its sessions."""
    with _account(email) as (services, user):
        flows.set_active(services, user, active=undo)
    click.echo(f"{email} can sign in." if undo else f"{email} cannot sign in any more.")


@auth_cli.command("delete-user")
@click.argument("email")
@click.confirmation_option(prompt="Delete this account, once and for all?")
def delete_user(email: str) -> None:
    """Delete the account of EMAIL, and all that gives power over it."""
    with _account(email) as (services, user):
        deletion.delete_user(services, user)
    click.echo(f"The account of {email} is deleted.")


@auth_cli.command("export")
@click.argument("email")
def export(email: str) -> None:
    """Print all that is kept of the account of EMAIL, as JSON."""
    with _account(email) as (services, user):
        exported = export_account(services, user, current_state().exporters)
    click.echo(current_app.json.dumps(exported, indent=2, ensure_ascii=False))


@auth_cli.command("purge")
def purge() -> None:
    """Remove what has expired: sessions and counted tries."""
    removed = current_state().services().housekeeping.purge(_PURGE_STEP)
    with click.progressbar(removed, label="Removing", show_eta=False) as steps:
        total = sum(steps)
    click.echo(f"{total} removed.")


def _day(instant: int) -> str:
    return f"{datetime.fromtimestamp(instant, timezone.utc):%Y-%m-%d}"


def _check_places(
    attributes: Attributes, roles: Collection[str], username: str
) -> None:
    """Refuse what would be lost, before there is an account without it."""
    for each in roles:
        attributes.check_role(each)
    if username and attributes.username is None:
        raise click.UsageError(
            "Your users have no user names: the store needs"
            " attributes={'username': ...}."
        )


@contextmanager
def _account(email: str) -> Generator[tuple[Services[Any], Any], None, None]:
    """Find the account by its address or user name; say what goes wrong plainly."""
    services = current_state().services()
    with plain_errors():
        usernames = services.attributes.username is not None
        user = services.users.find(normalise_either(email, usernames=usernames))
        if user is None:
            raise click.ClickException(f"Nobody has an account with {email}.")
        yield services, user


def _report(services: Services[Any], user: Any) -> None:
    attributes = services.attributes
    roles = sorted(attributes.role_names(user))
    also = f" with the role {', '.join(roles)}" if roles else ""
    click.echo(f"{attributes.read(user, 'email')} has an account{also}.")
