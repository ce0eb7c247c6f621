"""The commands that tell how accounts are protected in this app."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from textwrap import indent, wrap
from typing import TYPE_CHECKING, Any

import click
from flask import current_app

from ..state import current_state
from .group import auth_cli, plain_errors

if TYPE_CHECKING:
    from ..check import Report, RowResult

_COLOURS = {"pass": "green", "fail": "red", "n/a": "blue", "accepted": "yellow"}


@auth_cli.command("check")
@click.option(
    "--accept",
    multiple=True,
    metavar="NUMBER",
    help="A row that you know is not met, such as 6.3.3; may be repeated.",
)
@click.option(
    "--policy",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The document that 'flask auth policy' began.",
)
@click.option("--row", multiple=True, metavar="NUMBER", help="Look at this row alone.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def check(
    accept: tuple[str, ...], policy: Path | None, row: tuple[str, ...], as_json: bool
) -> None:
    """Look at OWASP ASVS 5.0 for accounts and sessions in this app.

    Levels 1 and 2 of V6 and V7, and 3.3.1, 3.3.3, 3.5.1, 3.7.2; 6.3.8 of level 3 is
    told and does not count. Made-up accounts in memory try what the app does; its own
    are left alone. Its pages without parameters are opened (GET). The exit code is 1 if
    a row is not met that is not accepted.
    """
    # Imported here: only this needs it.
    from ..check import ROWS, check_app
    from ..check.rows import report_of

    known = {each.number for each in ROWS}
    if unknown := sorted({*accept, *row} - known):
        raise click.UsageError(f"There is no row {', '.join(unknown)}.")

    with plain_errors():
        current_state().secret_keys()
    app: Any = current_app
    chosen = [each for each in ROWS if not row or each.number in row]
    text = None if policy is None else policy.read_text("utf-8")
    results = check_app(
        app._get_current_object(), accept=accept, document=text, rows=chosen
    )
    report = report_of(_with_progress(results, len(chosen)))
    if as_json:
        click.echo(json.dumps(report.as_json(), indent=2, ensure_ascii=False))
    else:
        _print(report)
    raise SystemExit(1 if report.failures else 0)


@auth_cli.command("policy")
def policy() -> None:
    """Print how accounts are protected in this app, as ASVS 6.1 and 7.1 ask for it."""
    from ..check.policy import write_policy

    click.echo(write_policy(current_state(), current_app.name), nl=False)


def _with_progress(results: Iterable[RowResult], length: int) -> list[RowResult]:
    with click.progressbar(
        results, length, label="Looking", file=sys.stderr, show_eta=False
    ) as steps:
        return list(steps)


def _print(report: Report) -> None:
    for result in report.results:
        _print_row(result)
    counted = report.as_json()
    accepted = sum(r.is_accepted for r in report.results) - len(report.accepted_in_vain)
    click.echo(
        f"Levels 1 and 2: {counted['pass']} met, {counted['fail']} not met"
        f" ({accepted} accepted), {counted['n/a']} do not apply."
    )
    if report.accepted_in_vain:
        numbers = ", ".join(report.accepted_in_vain)
        click.echo(f"Accepted, and not failing: {numbers}.")


def _print_row(result: RowResult) -> None:
    row, finding = result.row, result.finding
    word = "accepted" if result.is_accepted and finding.cure else finding.verdict.value
    click.echo(
        click.style(f"{word:9}", fg=_COLOURS[word])
        + f"{row.number:7}L{row.level}  {row.title}"
    )
    for line in filter(None, (finding.seen, finding.cure and f"Cure: {finding.cure}")):
        # What is to be copied, such as '__Host-session', stays in one piece.
        wrapped = wrap(line, 68, break_on_hyphens=False, break_long_words=False)
        click.echo(indent("\n".join(wrapped), " " * 20))
