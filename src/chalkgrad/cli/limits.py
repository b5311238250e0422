"""The options of commands that run notes: how much time and memory the code of one note may take."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from chalkgrad.notes.limits import Limits

UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30}


class Memory(click.ParamType):
    """Bytes, as people write them.

    >>> Memory().convert("1.5GiB", None, None), Memory().convert("512M", None, None)
    (1610612736, 536870912)
    """

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMG]?)(?:i?B)?\s*", str(value), re.IGNORECASE)
        size = int(float(match[1]) * UNITS[match[2].upper()]) if match else 0
        if size < 64 * 2**20:
            self.fail(f"{value!r} is no size of 64 MiB or more; write 2G or 512M", param, ctx)
        return size


def limited(command: Callable) -> Callable:
    """Add `--timeout` (or `--seconds`) and `--memory` to a command, as `timeout` and `memory`."""
    timeout = click.option(
        "--timeout",
        "--seconds",
        "timeout",
        type=click.FloatRange(min=0, min_open=True),
        metavar="SECONDS",
        help="Time for the code of one note.  [default: 30]",
    )
    memory = click.option(
        "--memory", type=Memory(), help="Memory for the code of one note: 2G, 512M.  [default: 4G]"
    )
    return timeout(memory(command))


def limits_of(paths: Sequence[Path], timeout: float | None, memory: int | None) -> Limits:
    """The limits that the options ask for, and where they say nothing the nearest `[tool.chalkgrad]`.

    Raises:
        UsageError: what stands there is no time or no size.
    """
    from dataclasses import replace

    from chalkgrad.notes.limits import DEFAULT

    table = {} if timeout and memory else _config(paths[0] if paths else Path())
    timeout = timeout or table.get("timeout", DEFAULT.seconds)
    if isinstance(timeout, bool) or not isinstance(timeout, int | float) or timeout <= 0:
        raise click.UsageError(f"[tool.chalkgrad] timeout is {timeout!r}; write timeout = 60")
    if memory is None and "memory" in table:
        memory = Memory().convert(table["memory"], None, None)
    return replace(DEFAULT, seconds=float(timeout), memory=memory or DEFAULT.memory)


def _config(path: Path) -> dict[str, Any]:
    """The nearest `[tool.chalkgrad]` beside or above a path; what is wrong with it the checks say."""
    import tomllib

    place = path.absolute()
    for folder in (place, *place.parents):
        file = folder / "pyproject.toml"
        try:
            table = tomllib.loads(file.read_text("utf-8")).get("tool", {}).get("chalkgrad")
        except (OSError, ValueError, AttributeError):
            continue
        if isinstance(table, dict):
            return table
    return {}
