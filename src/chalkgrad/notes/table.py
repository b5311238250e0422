"""A walk for the terminal: values go down the left column, gradients come up the right, slopes between."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from chalkgrad.errors import ChalkgradError
from chalkgrad.grad import derivative
from chalkgrad.render.formula import formula
from chalkgrad.render.walk import walk

INDENT = "    "
WIDEST = 44  # of the first column

# The 256-colour codes that read well on black and on white; hue is for quantities, as on the page.
BLUE, ORANGE, GREY, BOLD, PLAIN = "38;5;32", "38;5;166", "38;5;244", "1", "0"


def table(f: Callable, arrays: tuple, point: str, color: bool = False) -> str:
    """The formula of f and of its slope, and its walk at a point.

    Args:
        f: the function.
        arrays: its arguments.
        point: the arguments in words.
        color: whether to use escape sequences.
    """
    found = walk(f, *arrays)
    lines = ["", *_formulas(f, arrays), "", *_rows(found.rows(), color), ""]
    lines += [_paint(f"at {point}", GREY, color), *([found.why] if found.why else []), ""]
    return "\n".join(INDENT + line if line else line for line in lines)


def _formulas(f: Callable, arrays: tuple) -> Iterator[str]:
    """`sigmoid(x)  = …` and `sigmoid'(x) = …`, the signs of equality under each other."""
    found = [_formula(f, arrays)]
    if len(arrays) == 1 and np.ndim(arrays[0]) == 0:
        found.append(_formula(derivative(f), arrays))
    wide = max(len(left) for left, _ in found)
    for left, right in found:
        first, *more = right.split("\n")
        yield f"{left:{wide}} = {first}" if left else first
        yield from more


def _formula(f: Callable, arrays: tuple) -> tuple[str, str]:
    try:
        left, equals, right = str(formula(f, *arrays)).partition(" = ")
        return (left, right) if equals and "\n" not in left else ("", left + equals + right)
    except ChalkgradError as error:
        return "", f"(no formula: {error})"


def _rows(rows: list[tuple[str, str, str, tuple[str, ...]]], color: bool) -> Iterator[str]:
    slopes = [f"× {slope}" for row in rows for slope in row[3] if slope]
    first = min(WIDEST, max(len(row[0]) for row in rows))
    widths = [max(map(len, ["value ↓", *(row[1] for row in rows)])), max(map(len, ["slope", *slopes]))]
    widths.append(max(map(len, ["gradient ↑", *(row[2] for row in rows)])))

    def line(name: str, value: str, slope: str, gradient: str, weight: str = "") -> str:
        cells = (
            _paint(f"{value:>{widths[0]}}", BLUE + weight, color),
            _paint(f"{slope:>{widths[1]}}", ORANGE, color),
            _paint(f"{gradient:>{widths[2]}}", ORANGE + weight, color),
        )
        return f"{_cut(name, first):{first}}  {'  '.join(cells)}".rstrip()

    yield line("", "value ↓", "slope", "gradient ↑")
    for name, value, gradient, local in rows:
        yield from (line("", "", f"× {slope}", "") for slope in local if slope)
        yield line(name, value, "", gradient, weight=f";{BOLD}")


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _paint(text: str, code: str, color: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[{PLAIN}m" if color and text.strip() else text
