"""`chalkgrad build`: notes become pages."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chalkgrad.cli.limits import limited, limits_of

if TYPE_CHECKING:
    from chalkgrad.notes.built import Built
    from chalkgrad.notes.limits import Limits


FOLDERS = {"site": "site", "github": "github", "notebook": "notebooks"}
NOUNS = {"site": ("page", "card"), "github": ("note", "figure"), "notebook": ("notebook", "card")}


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder to write: new, empty or made by an earlier build. A name that ends in .html: one file."
    "  [default: site, or github, or notebooks]",
)
@click.option(
    "--to",
    "target",
    default="site",
    show_default=True,
    type=click.Choice(list(FOLDERS)),
    help="Pages, copies with figures that GitHub shows, or notebooks.",
)
@click.option(
    "--in-place",
    is_flag=True,
    help="With --to github: put the figures into the notes themselves, between markers.",
)
@click.option(
    "--watch", is_flag=True, help="Serve the pages on this machine, and build again on each change."
)
@click.option("--port", type=click.IntRange(1, 65535), help="With --watch: where.  [default: a free one]")
@limited
@click.option(
    "--strict", is_flag=True, help="End with 1, and write nothing, if errors or warnings are found."
)
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
def build(
    paths: tuple[Path, ...],
    out: Path | None,
    target: str,
    in_place: bool,
    watch: bool,
    port: int | None,
    timeout: float | None,
    memory: int | None,
    strict: bool,
    quiet: bool,
) -> int:
    """Make a site of notes: Markdown files, or folders of them. Without PATHS, of the book."""
    limits = limits_of(paths, timeout, memory)
    _check(out, target, in_place, watch)
    out = out or Path(FOLDERS[target])
    if port is not None and not watch:
        raise click.UsageError("--port says where --watch serves; give both")
    if strict and watch:
        raise click.UsageError("--strict ends with the first finding, and --watch goes on; give one of them")
    if watch:
        _watch(paths, out, limits, port, quiet)
        return 0
    from chalkgrad.notes.built import UncleanError

    started = time.perf_counter()
    try:
        built = _run(_maker(target, in_place, paths, out, limits, strict), quiet)
    except UncleanError as error:
        for message in error.built.messages:
            click.echo(message)
        click.echo(f"{error}; without --strict the pages show what was found" if target == "site" else error)
        return 1
    _say(built, time.perf_counter() - started, quiet, target)
    return 1 if built.unread else 0


def _check(out: Path | None, target: str, in_place: bool, watch: bool) -> None:
    """Options that do not go together."""
    if in_place and target != "github":
        raise click.UsageError("--in-place is for --to github; give both")
    if in_place and out is not None:
        raise click.UsageError(
            "--in-place changes the notes themselves, and -o writes copies; give one of them"
        )
    if watch and target != "site":
        raise click.UsageError(f"--watch serves a site; leave it out with --to {target}")
    if out is not None and target != "site" and out.suffix == ".html":
        raise click.UsageError(f"--to {target} writes a folder: -o {out.stem}")
    if out is not None and target == "site" and (out / ".chalkgrad-copies").exists():
        raise click.UsageError(f"{out} holds copies of notes and no site; give another -o")


def _maker(
    target: str, in_place: bool, paths: tuple[Path, ...], out: Path, limits: Limits, strict: bool
) -> Callable[..., Built]:
    """What makes the target, called with `progress`."""
    if in_place:
        from chalkgrad.notes.github.build import build_in_place

        return partial(build_in_place, paths, limits, strict=strict)
    if target == "github":
        from chalkgrad.notes.github.build import build_github

        return partial(build_github, paths, out, limits, strict=strict)
    if target == "notebook":
        from chalkgrad.notes.jupyter.build import build_notebooks

        return partial(build_notebooks, paths, out, limits, strict=strict)
    from chalkgrad.notes.build import build as build_site

    return partial(build_site, paths, out, limits, strict=strict)


def _run(work: Callable[..., Built], quiet: bool) -> Built:
    return work() if quiet or not sys.stderr.isatty() else _with_bar(lambda bar: work(progress=bar))


def _say(built: Built, seconds: float, quiet: bool, target: str = "site") -> None:
    if not quiet:
        for message in built.messages:
            click.echo(message)
        click.echo(_summary(built, seconds, target))


def _watch(paths: tuple[Path, ...], out: Path, limits: Limits, port: int | None, quiet: bool) -> None:
    from chalkgrad.notes.watch import Reporter, watch

    def built(built: Built, seconds: float, changes: Sequence[str]) -> None:
        if changes and not quiet:
            click.echo(f"\n{time.strftime('%H:%M:%S')}  {_changed(changes)}")
        _say(built, seconds, quiet)

    reporter = Reporter(
        serving=lambda address: click.echo(f"{address}  until Ctrl-C"),
        built=built,
        failed=lambda why: click.echo(f"chalkgrad: {why}", err=True),
        progress=lambda work: _run(lambda progress=None: work(progress), quiet),
    )
    try:
        watch(paths, out, reporter, limits, port)
    except KeyboardInterrupt:
        click.echo("" if quiet else "\nno longer watched")


def _changed(changes: Sequence[str]) -> str:
    """
    >>> _changed(["a.md", "b.md", "c.md", "d.md"])
    'changed: a.md, b.md, c.md and 1 more'
    """
    more = f" and {len(changes) - 3} more" if len(changes) > 3 else ""
    return f"changed: {', '.join(changes[:3])}{more}"


def _with_bar(work: Any) -> Built:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(bar_width=32), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=None)
        return work(lambda what, done, total: bar.update(task, description=what, completed=done, total=total))


def _summary(built: Built, seconds: float, target: str = "site") -> str:
    from chalkgrad.notes.built import count, found_of

    page, card = NOUNS[target]
    parts = [count(built.pages, page), count(built.functions, "function"), count(built.cards, card)]
    if built.unchanged:
        parts[0] += f" ({built.unchanged} unchanged)" if built.unchanged < built.pages else " unchanged"
    is_folder = target == "site" and built.out.suffix != ".html"
    start = built.out / "index.html" if is_folder else built.out
    return f"{', '.join([*parts, *found_of(built)])} in {seconds:.1f} s: {start}"
