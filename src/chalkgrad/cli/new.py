"""`chalkgrad new`: a folder of notes to begin with."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def new(folder: Path) -> None:
    """Write a first note, and a GitHub workflow that checks notes.

    Overwrites nothing: if one of them is there, nothing is written.
    """
    from chalkgrad.notes.new import new as write
    from chalkgrad.notes.new import repository_above

    note, workflow = write(folder)
    click.echo(f"{note}: a note to copy from")
    click.echo(f"{workflow}: checks the notes at every push to GitHub")
    above = repository_above(folder)
    if above is not None:
        click.echo(f"  GitHub reads workflows at the top of a repository: move .github to {above}")
    click.echo(f"next: chalkgrad check {_quoted(folder)}")
    click.echo(f"      chalkgrad build {_quoted(folder)}")


def _quoted(folder: Path) -> str:
    import shlex

    return shlex.quote(str(folder))
