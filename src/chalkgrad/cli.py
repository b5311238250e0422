"""The command line: `build`, `check`, `show`. Exit codes: 0 done, 1 findings, 2 usage or error."""

from __future__ import annotations

import os
import sys
import time
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chalkgrad.errors import ChalkgradError

if TYPE_CHECKING:
    from chalkgrad.notes.build import Built
    from chalkgrad.notes.check.finding import Report

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


def main() -> None:
    """Run the command; a person's mistake gets one line, never a traceback."""
    try:
        code = commands.main(standalone_mode=False)
    except click.exceptions.Abort:
        code = _fail("interrupted")
    except click.ClickException as error:
        error.show()
        code = 2
    except ChalkgradError as error:
        code = _fail(str(error))
    except BrokenPipeError:
        sys.stdout = None  # whoever read the output has gone; nothing is left to say
        code = 0
    except OSError as error:
        code = _fail(f"{error.filename or 'a file'}: {error.strerror or error}")
    finally:
        _close_engine()
    raise SystemExit(code or 0)


def _fail(message: str) -> int:
    click.echo(f"chalkgrad: {message}", err=True)
    return 2


def _close_engine() -> None:
    v8 = sys.modules.get("chalkgrad.v8")
    if v8 is not None:
        v8.close()


def _say_version(context: click.Context, option: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        try:
            click.echo(f"chalkgrad {version('chalkgrad')}")
        except PackageNotFoundError:
            click.echo("chalkgrad, run from its sources and not installed")
        context.exit()


@click.group(context_settings=CONTEXT)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_say_version,
    help="Say the version.",
)
def commands() -> None:
    """NumPy at the chalkboard: formula, plot, factory, code and exact derivative from one definition."""


# ----- build -----


@commands.command()
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
    from chalkgrad.notes.execute import Executor
    from chalkgrad.notes.limits import Limits

    started = time.perf_counter()
    with Executor(Limits(seconds=seconds)) as executor:
        from chalkgrad.notes.build import build as build_site

        work = partial(build_site, paths, out, executor=executor)
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
    from chalkgrad.notes.build import count

    parts = [count(built.pages, "page"), count(built.functions, "function"), count(built.cards, "card")]
    failed = f", {count(built.errors, 'error')} in {count(built.fences, 'fence')}" if built.errors else ""
    start = built.out if built.out.suffix == ".html" else built.out / "index.html"
    return f"{', '.join(parts)}{failed} in {seconds:.1f} s: {start}"


# ----- check -----


@commands.command()
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


# ----- show -----


@commands.command()
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


if __name__ == "__main__":
    main()
