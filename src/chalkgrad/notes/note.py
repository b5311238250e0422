"""A file of notes as records: its blocks, its formulas, and how its lines are called."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Prose:
    """What stands between two fences, as written."""

    line: int  # of its first line, from 1
    text: str


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced block; `text` has the fence's own indentation taken off and ends with a newline."""

    index: int  # among the note's fences, from 0
    kind: str  # "python", "pycon" (a record of a Python prompt), "ipython" (of IPython's), "math", "other"
    info: str  # what stands behind the opening backticks
    line: int  # of the first line of `text`, from 1
    indent: int  # columns that stand before the text in the file
    text: str
    may_raise: bool = False  # its tag or its options say so
    closed: bool = True

    @property
    def runs(self) -> bool:
        return self.kind in ("python", "pycon", "ipython")


@dataclass(frozen=True, slots=True)
class Formula:
    """A span of math."""

    line: int  # from 1
    column: int  # from 1; 1 where a formula has lines of its own
    tex: str
    display: bool
    in_code: bool = False  # it stands in a docstring or a comment
    function: str | None = None  # whose docstring or comment that is: `relu`, `Dense.forward`


Block = Prose | Fence


@dataclass(frozen=True, slots=True)
class Cell:
    """A notebook's cell: its number, from 1, and the line of the note's text that its first line is."""

    number: int
    line: int


def place(cells: Sequence[Cell], line: int) -> tuple[int | None, int]:
    """The cell that a line of a note's text is in, if it is a notebook's, and the line as the person counts.

    >>> place((Cell(1, 1), Cell(2, 5)), 6), place((), 6)
    ((2, 2), (None, 6))
    """
    at = bisect_right(cells, line, key=lambda cell: cell.line) - 1
    return (cells[at].number, line - cells[at].line + 1) if at >= 0 else (None, line)


def where(cells: Sequence[Cell], line: int) -> str:
    """A line in words: `line 6`, or `cell 3, line 2`."""
    cell, line = place(cells, line)
    return f"line {line}" if cell is None else f"cell {cell}, line {line}"


def spot(cells: Sequence[Cell], line: int) -> str:
    """A line as it stands behind a file's name: `6`, or `cell 3:2`."""
    cell, line = place(cells, line)
    return str(line) if cell is None else f"cell {cell}:{line}"


@dataclass(frozen=True, slots=True)
class Note:
    """One file of notes.

    A notebook's `text` is its cells as Markdown, one below the other: all lines count in it, and `cells` says
    where each cell begins. A module's `text` is the file itself.
    """

    path: Path
    name: str  # how messages call the file
    text: str  # with "\n" for every line end
    title: str
    blocks: tuple[Block, ...]
    formulas: tuple[Formula, ...]
    kind: str = "markdown"  # "markdown", "notebook" or "module"
    page: str = ""  # the Markdown that a page shows, where it is not the text
    cells: tuple[Cell, ...] = ()
    attachments: Mapping[str, bytes] = field(default_factory=dict)  # pictures that the file itself holds
    doc: str | None = None  # a module's docstring
    encoding: str = "utf-8"  # what was not UTF-8 was read as
    fences: tuple[Fence, ...] = field(init=False, repr=False, compare=False)  # of the blocks

    def __post_init__(self) -> None:
        object.__setattr__(self, "fences", tuple(b for b in self.blocks if isinstance(b, Fence)))

    @property
    def markdown(self) -> str:
        """What a page shows, as Markdown; its fences are the note's, in the same order."""
        return self.page or self.text

    def place(self, line: int) -> tuple[int | None, int]:
        """The cell that a line of the text is in, if there are cells, and the line as the person counts."""
        return place(self.cells, line)

    def where(self, line: int) -> str:
        """A line in words: `line 6`, or `cell 3, line 2`."""
        return where(self.cells, line)

    def spot(self, line: int) -> str:
        """A line as it stands behind the file's name: `6`, or `cell 3:2`."""
        return spot(self.cells, line)
