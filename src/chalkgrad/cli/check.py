"""`chalkgrad check`: notes against themselves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from chalkgrad.cli.limits import limited, limits_of

if TYPE_CHECKING:
    from chalkgrad.notes.check.finding import Report


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--output-format",
    default="text",
    show_default=True,
    type=click.Choice(["text", "json", "github", "sarif"]),
    help="For people, for programs, for the annotations of GitHub's workflows, for code hosts.",
)
@click.option(
    "--select", multiple=True, metavar="CODES", help="Only these rules: CG201, or CG1 for all of CG1xx."
)
@click.option("--ignore", multiple=True, metavar="CODES", help="Not these rules.")
@click.option(
    "--fix", is_flag=True, help="Write missing imports and mathematics in GitHub's dialect into the notes."
)
@click.option("--no-run", is_flag=True, help="Read the notes and do not run their code.")
@click.option("--strict", is_flag=True, help="End with 1 on warnings too.")
@limited
def check(
    paths: tuple[Path, ...],
    output_format: str,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fix: bool,
    no_run: bool,
    strict: bool,
    timeout: float | None,
    memory: int | None,
) -> int:
    """Check notes and modules: Markdown, notebooks, Python; or folders of notes. Ends with 1 on errors."""
    from contextlib import nullcontext

    from chalkgrad.notes.execute import Executor

    limits = limits_of(paths, timeout, memory)
    if fix:
        _fix(paths, select, ignore, to_stderr=output_format != "text")
    with nullcontext() if no_run else Executor(limits) as executor:
        from chalkgrad.notes.check.run import check as check_notes

        reports = check_notes(paths, executor, select, ignore)
    _report(reports, output_format)
    wrong = ("error", "warning") if strict else ("error",)
    return int(any(report.count(severity) for report in reports for severity in wrong))


def _fix(paths: tuple[Path, ...], select: tuple[str, ...], ignore: tuple[str, ...], to_stderr: bool) -> None:
    """Write the cures, and say what was done."""
    from chalkgrad.notes.check.fix import fix
    from chalkgrad.notes.check.text import printable

    done = fix(paths, select, ignore)
    for line in (line for one in done for line in (*one.done, *one.left)):
        click.echo(printable(line), err=to_stderr)
    cures, notes = sum(len(one.done) for one in done), sum(bool(one.done) for one in done)
    if cures:
        told = f"{cures} cure{'s' * (cures > 1)} written into {notes} note{'s' * (notes > 1)}"
        click.echo(f"{told}\n" if not to_stderr else told, err=to_stderr)


def _report(reports: tuple[Report, ...], output_format: str) -> None:
    from chalkgrad.notes.check import data

    if output_format == "json":
        click.echo(data.as_json(reports))
    elif output_format == "sarif":
        from chalkgrad.notes.check.sarif import as_sarif

        click.echo(as_sarif(reports))
    elif output_format == "github":
        for line in data.as_github(reports):
            click.echo(line)
    else:
        from rich.console import Console

        from chalkgrad.notes.check.text import say

        say(Console(), reports)
