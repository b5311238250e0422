"""`chalkgrad check`: notes against themselves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from chalkgrad.notes.check.finding import Report


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--output-format",
    default="text",
    show_default=True,
    type=click.Choice(["text", "json", "github"]),
    help="For people, for programs, for the annotations of GitHub's workflows.",
)
@click.option(
    "--select", multiple=True, metavar="CODES", help="Only these rules: CG201, or CG1 for all of CG1xx."
)
@click.option("--ignore", multiple=True, metavar="CODES", help="Not these rules.")
@click.option("--no-run", is_flag=True, help="Read the notes and do not run their code.")
@click.option("--strict", is_flag=True, help="End with 1 on warnings too.")
@click.option(
    "--seconds",
    default=30.0,
    show_default=True,
    type=click.FloatRange(min=0, min_open=True),
    help="Time for the code of one note.",
)
def check(
    paths: tuple[Path, ...],
    output_format: str,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    no_run: bool,
    strict: bool,
    seconds: float,
) -> int:
    """Check notes: Markdown files, or folders of them. Ends with 1 if there are errors."""
    from contextlib import nullcontext

    from chalkgrad.notes.execute import Executor
    from chalkgrad.notes.limits import Limits

    with nullcontext() if no_run else Executor(Limits(seconds=seconds)) as executor:
        from chalkgrad.notes.check.run import check as check_notes

        reports = check_notes(paths, executor, select, ignore)
    _report(reports, output_format)
    wrong = ("error", "warning") if strict else ("error",)
    return int(any(report.count(severity) for report in reports for severity in wrong))


def _report(reports: tuple[Report, ...], output_format: str) -> None:
    from chalkgrad.notes.check import data

    if output_format == "json":
        click.echo(data.as_json(reports))
    elif output_format == "github":
        for line in data.as_github(reports):
            click.echo(line)
    else:
        from rich.console import Console

        from chalkgrad.notes.check.text import say

        say(Console(), reports)
