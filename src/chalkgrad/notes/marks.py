"""Code as it stands on the page: weight and grey, and a wavy line under what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable

from chalkgrad.render.prose import highlight

Spot = tuple[int, int, int]  # line of the file, first column, column after the last; column 0: not known


def marked(source: str, first: int, spots: Iterable[Spot]) -> str:
    """Highlighted code that begins on line `first`, with a wavy line under each spot that is in it."""
    lines = highlight(source).split("\n")
    for line, column, end in spots:
        if first <= line < first + len(lines) and column:
            lines[line - first] = underline(lines[line - first], column - 1, (end or column + 1) - 1)
    return "\n".join(lines)


def underline(line: str, start: int, end: int) -> str:
    """Put a wavy line under columns [start, end) of a line of highlighted code.

    >>> underline('<span class="k">a</span> &lt;b', 0, 3)
    '<span class="k"><span class="wavy">a</span></span><span class="wavy"> &lt;</span>b'
    """
    done, column, open_ = [], 0, False
    for piece in [*re.findall(r"<[^>]*>|&[^;]+;|[^<&]", line), ""]:
        wavy = start <= column < end and piece[:1] not in ("<", "")
        if wavy != open_:
            done.append('<span class="wavy">' if wavy else "</span>")
            open_ = wavy
        done.append(piece)
        column += not piece.startswith("<")
    return "".join(done)
