"""The commands for users who come from another system."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from .. import newcomers, normalising
from ..errors import Taken
from ..exports import Export, Row, UnreadableExport
from ..newcomers import SHAPES, Columns, Refused
from ..services import Services
from ..state import current_state
from ..store import Conflict, ListsAddresses
from .group import auth_cli, in_plain_words, plain_errors


@dataclass
class _Arrival:
    """Takes users in, row by row, and counts what became of them."""

    services: Services[Any]
    columns: Columns
    dry_run: bool
    taken_in: int = 0
    without_password: int = 0
    there: int = 0
    refused: list[str] = field(default_factory=list[str])
    #: Where each address and each user name came first.
    _seen: dict[str, str] = field(default_factory=dict[str, str])

    def take(self, row: Row) -> None:
        """Take in the user of a row, unless they are there or it will not do."""
        try:
            newcomer = newcomers.read_row(row, self.columns)
            self._refuse_second("address", newcomer.email, row)
            self._refuse_second("user name", newcomer.username, row)
            newcomers.check(self.services, newcomer)
            if not self.dry_run:
                newcomers.take_in(self.services, newcomer)
        except Taken:
            self.there += 1
        except Refused as error:
            self.refused.append(f"{row.where}: {error}.")
        except Conflict as error:
            self.refused.append(f"{row.where}: {in_plain_words(error)}")
        else:
            self.taken_in += 1
            self.without_password += not newcomer.password_hash

    def _refuse_second(self, what: str, value: str, row: Row) -> None:
        # Which is which, the @ tells.
        first = self._seen.setdefault(value, row.where) if value else row.where
        if first != row.where:
            raise Refused(f"it has the same {what} as {first}")


@auth_cli.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--from",
    "shape",
    type=click.Choice(list(SHAPES)),
    default="plain",
    show_default=True,
    help="Whose table it is.",
)
@click.option(
    "--map",
    "mapped",
    multiple=True,
    metavar="FIELD=COLUMN",
    help="Where a field is, if it is somewhere else; A+B for two columns, nothing to"
    " leave it out. May be repeated.",
)
@click.option("--dry-run", is_flag=True, help="Only tell what would happen.")
def import_(file: Path, shape: str, mapped: tuple[str, ...], dry_run: bool) -> None:
    """Take in the users in FILE: CSV with a header, or a JSON array.

    The fields are email, username, name, password_hash, active, confirmed and roles.
    Who has an account already is left as they are, so the command may be run again.
    """
    services = current_state().services()
    columns = {**SHAPES[shape], **_columns(mapped)}
    if services.attributes.username is None:
        del columns["username"]
    try:
        export = Export(file)
    except UnreadableExport as error:
        raise click.ClickException(str(error)) from error
    _check_columns(export, columns)

    arrival = _Arrival(services, columns, dry_run)
    label = "Looking" if dry_run else "Importing"
    with plain_errors(), click.progressbar(export, label=label) as rows:
        for row in rows:
            arrival.take(row)
    _report(arrival)


def _columns(mapped: tuple[str, ...]) -> Columns:
    columns: dict[str, tuple[str, ...]] = {}
    for text in mapped:
        name, equals, column = text.partition("=")
        if not equals or name not in SHAPES["plain"]:
            raise click.BadParameter(
                f"{text!r} is not like FIELD=COLUMN with one of the fields"
                f" {', '.join(SHAPES['plain'])}.",
                param_hint="--map",
            )
        columns[name] = tuple(filter(None, column.split("+")))
    return columns


def _check_columns(export: Export, columns: Mapping[str, tuple[str, ...]]) -> None:
    """Refuse a file that is of another shape altogether."""
    there = export.columns()
    if len(export) > 0 and there.isdisjoint(columns["email"]):
        raise click.ClickException(
            f"No row has an address in {'+'.join(columns['email']) or 'any column'}."
            f" The columns are {', '.join(sorted(filter(None, there)))}. Say which it"
            " is: --map email=COLUMN"
        )


def _report(arrival: _Arrival) -> None:
    for line in arrival.refused:
        click.echo(line, err=True)
    would_be = "would be " if arrival.dry_run else ""
    click.echo(
        f"{arrival.taken_in} {would_be}taken in, {arrival.there} there already,"
        f" {len(arrival.refused)} refused."
    )
    if arrival.without_password:
        click.echo(f"{arrival.without_password} without a password need a reset link.")
    if arrival.refused:
        raise SystemExit(1)


@auth_cli.command("normalise")
@click.option("--dry-run", is_flag=True, help="Only tell what would happen.")
def normalise(dry_run: bool) -> None:
    """Give addresses that were stored by others the one form that is looked up.

    What would then be the same address twice is listed and left to you.
    """
    services = current_state().services()
    users: object = services.users
    if not isinstance(users, ListsAddresses):
        raise click.ClickException("This store cannot list its users.")

    findings, changed = normalising.examine(users.addresses()), 0
    label = "Looking" if dry_run else "Changing"
    with plain_errors(), click.progressbar(findings.changes, label=label) as changes:
        for user_id, address in changes:
            if not dry_run:
                normalising.change(services, user_id, address)
            changed += 1

    for stored in findings.unreadable:
        click.echo(f"{stored!r} is no address.", err=True)
    for same in findings.collisions:
        click.echo(f"One address: {', '.join(map(repr, same))}.", err=True)
    click.echo(
        f"{changed} {'would be ' if dry_run else ''}changed,"
        f" {len(findings.collisions)} collide, {len(findings.unreadable)} are none."
    )
    if findings.collisions or findings.unreadable:
        raise SystemExit(1)
