"""`chalkgrad build`: notes become pages."""

from __future__ import annotations

import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from chalkgrad.notes.build import Built


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--out",
    default="site",
    show_default=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder to write: new, empty or made by an earlier build. A name that ends in .html: one file.",
)
@click.option(
    "--seconds",
    default=30.0,
    show_default=True,
    type=click.FloatRange(min=0, min_open=True),
    help="Time for the code of one note.",
)
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
def build(paths: tuple[Path, ...], out: Path, seconds: float, quiet: bool) -> None:
    """Make a site of notes: Markdown files, or folders of them. Without PATHS, of the book."""
    from chalkgrad.notes.build import build as build_site
    from chalkgrad.notes.limits import Limits

    started = time.perf_counter()
    work = partial(build_site, paths, out, Limits(seconds=seconds))
    built = work() if quiet or not sys.stderr.isatty() else _with_bar(lambda bar: work(progress=bar))
    if not quiet:
        for message in built.messages:
            click.echo(message)
        click.echo(_summary(built, time.perf_counter() - started))


def _with_bar(work: Any) -> Built:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(bar_width=32), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=None)
        return work(lambda what, done, total: bar.update(task, description=what, completed=done, total=total))


def _summary(built: Built, seconds: float) -> str:
    from chalkgrad.notes.built import count, found_of

    parts = [count(built.pages, "page"), count(built.functions, "function"), count(built.cards, "card")]
    start = built.out if built.out.suffix == ".html" else built.out / "index.html"
    return f"{', '.join([*parts, *found_of(built)])} in {seconds:.1f} s: {start}"
