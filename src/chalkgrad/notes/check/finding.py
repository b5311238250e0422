"""What a check finds, as records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chalkgrad.notes.note import Cell, place

# fmt: off
RULES = {  # code: severity, what is found
    "CG101": ("error",   "fence does not parse"),
    "CG102": ("error",   "name is never defined"),
    "CG103": ("error",   "fence raises when run"),
    "CG104": ("error",   "module has no such attribute"),
    "CG105": ("warning", "name is used but never imported"),
    "CG201": ("error",   "formula and code disagree"),
    "CG202": ("note",    "formula could not be read"),
    "CG203": ("warning", "math that GitHub will not render as written"),
    "CG301": ("error",   "hand-written derivative disagrees with the exact one"),
    "CG302": ("error",   "stated result is not what the code gives"),
    "CG401": ("warning", "figure is a remote or missing image"),
    "CG501": ("warning", "comment for chalkgrad is not understood"),
    "CG502": ("note",    "text was decoded wrongly"),
}
# fmt: on


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a note: lines and columns count from 1; `end_column` is the column after the last.

    A notebook's lines are those of the note's text; `Report.place` gives the cell and the line in it.
    """

    line: int
    column: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """A point at which two things that should be equal are not."""

    at: dict[str, Any]  # argument by name
    formula: Any
    code: Any


@dataclass(frozen=True, slots=True)
class Edit:
    """A cure that needs no thought: `text` in place of what stands from one place up to another."""

    line: int
    column: int
    end_line: int
    end_column: int  # the column after the last
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, where, and what to do."""

    code: str
    spot: Spot
    message: str
    function: str | None = None
    evidence: Evidence | None = None
    also: Spot | None = None  # the other place that it is about
    cure: str = ""
    fix: Edit | None = None

    @property
    def severity(self) -> str:
        return RULES[self.code][0]


@dataclass(frozen=True, slots=True)
class Status:
    """What became of one formula."""

    line: int
    latex: str
    function: str | None
    status: str  # "agrees", "disagrees" or "not checked"
    why: str = ""


@dataclass(frozen=True, slots=True)
class Derivative:
    """What became of one hand-written derivative."""

    line: int
    function: str
    of: str
    status: str  # "agrees", "disagrees" or "not checked"
    why: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What became of one stated result."""

    line: int
    text: str
    status: str  # "agrees", "disagrees" or "not checked"
    why: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """All about one note."""

    path: str
    lines: tuple[str, ...]  # of the note, for excerpts
    findings: tuple[Finding, ...]
    formulas: tuple[Status, ...] = ()
    functions: int = 0
    stated: tuple[Said, ...] = ()
    cells: tuple[Cell, ...] = ()  # of a notebook
    derivatives: tuple[Derivative, ...] = ()

    def place(self, line: int) -> tuple[int | None, int]:
        """The cell of a notebook that a line is in, and the line there; otherwise none and the line."""
        return place(self.cells, line)

    def count(self, severity: str) -> int:
        return sum(f.severity == severity for f in self.findings)
