"""`chalkgrad show`: one function, walked."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click


@click.command()
@click.argument("target", metavar="FILE:FUNCTION")
@click.option(
    "--at",
    multiple=True,
    metavar="NAME=VALUE",
    help="The point: x=2, or W=[[1,2],[3,4]]. Other parameters take what the file itself calls with.",
)
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    metavar="PAGE.html",
    help="Write a page instead of a table.",
)
def show(target: str, at: tuple[str, ...], out: Path | None) -> None:
    """Walk one function of a file, a note or Python, forward and backward at one point."""
    from chalkgrad.notes.show import page, table

    path, _, function = target.rpartition(":")
    if not path or not function:
        raise click.UsageError(f"{target}: give the file and the function, as in notes.md:sigmoid")
    point = dict(_point(entry) for entry in at)
    if out is None:
        click.echo(table(Path(path), function, point, color=_has_colour()))
    else:
        click.echo(page(Path(path), function, point, out))


def _point(entry: str) -> tuple[str, str]:
    name, equals, value = entry.partition("=")
    if not equals or not name.strip().isidentifier():
        raise click.UsageError(f"--at {entry}: give a parameter and its value, as in --at x=2")
    return name.strip(), value.strip()


def _has_colour() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ
