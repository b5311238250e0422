"""The command line, a file for each verb. Exit codes: 0 done, 1 findings, 2 usage or error."""

from __future__ import annotations

import gc
import sys
from importlib.metadata import PackageNotFoundError, version

import click

from chalkgrad.cli.build import build
from chalkgrad.cli.check import check
from chalkgrad.cli.new import new
from chalkgrad.cli.show import show
from chalkgrad.errors import ChalkgradError

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


def main() -> None:
    """Run the command; a person's mistake gets one line, never a traceback."""
    gc.set_threshold(100_000, 50, 100)  # pages are made of many small things, none of them in circles
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


for verb in (build, check, new, show):
    commands.add_command(verb)
