"""What running a note gave, as records."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Failure:
    """An error that a fence raised."""

    type: str
    message: str
    statement: int  # the line that its statement begins on, from 1, in the file
    line: int  # the line itself, which may be in a function that is defined elsewhere in the note
    column: int = 0  # from 1; 0: not known
    end_column: int = 0
    inside: str = ""  # the function it was raised in
    hint: str = ""

    def __str__(self) -> str:
        hint = f"; {self.hint}" if self.hint else ""
        return f"{self.type}: {self.message}{hint}" if self.message else f"{self.type}{hint}"


@dataclass(frozen=True, slots=True)
class Out:
    """Something that a fence put out."""

    kind: str  # "out", "err", "value" or "figure"
    line: int  # of the statement
    text: str = ""
    svg: str = ""
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Ran:
    """One fence that was run."""

    fence: int
    outs: tuple[Out, ...] = ()
    errors: tuple[Failure, ...] = ()
    lost: int = 0  # characters of output beyond the limit


@dataclass(frozen=True, slots=True)
class Shown:
    """One function of the notes: the data of its views, or why there are none."""

    fence: int
    name: str
    line: int
    end: int
    chain: bool = False  # not a function but a list of them
    page: bool = False  # what the notes themselves show, with `cg.show(…)`
    data: dict[str, Any] | None = None
    spark: list[Any] | None = None  # values and slopes, for the index
    example: str = ""
    why: str = ""
    error: Failure | None = None  # what it raised, if that is why

    @property
    def spot(self) -> tuple[int, int, int] | None:
        """Where in the file it went wrong: line, first column, column after the last."""
        return (self.error.line, self.error.column, self.error.end_column) if self.error else None


@dataclass(frozen=True, slots=True)
class Samples:
    """What one function of the notes is worth at sampled points, or why that is not known."""

    fence: int
    name: str
    line: int
    end: int
    parameters: list[Any] = field(default_factory=list)  # the names of those that must be given
    settings: dict[str, Any] = field(default_factory=dict)  # defaults that are numbers
    points: list[Any] = field(default_factory=list)  # {"at": {name: numbers}, "value": numbers, "smooth"}
    varied: list[Any] = field(default_factory=list)  # the same with a setting too at other values
    latex: str = ""  # the right side of its formula
    why: str = ""


@dataclass(frozen=True, slots=True)
class Derived:
    """A hand-written derivative, judged against the slopes of its function."""

    fence: int
    line: int  # of its definition
    function: str
    of: str
    status: str  # "agrees", "disagrees" or "not checked"
    why: str = ""
    reading: str = ""  # what it was taken for
    part: str = ""  # which of several gradients differs
    at: dict[str, Any] = field(default_factory=dict)  # numbers by name
    given: list[Any] = field(default_factory=list)  # [its value there]
    wanted: list[Any] = field(default_factory=list)  # [what it should be]
    returned: int = 0  # the line of the return that gave it
    cure: str = ""


@dataclass(frozen=True, slots=True)
class Worth:
    """What a statement or an expression is worth, of which the text states a result."""

    id: int
    type: str
    text: str = ""
    shape: list[Any] | None = None
    why: str = ""  # why there is no text


@dataclass(frozen=True, slots=True)
class Execution:
    """What running one note gave."""

    fences: dict[int, Ran] = field(default_factory=dict)
    functions: tuple[Shown, ...] = ()
    stopped: str = ""  # why it did not run to its end; empty: it did
    show: dict[str, Any] | None = None
    samples: tuple[Samples, ...] = ()
    worth: dict[int, Worth] = field(default_factory=dict)  # by the number that it was asked for with
    touched: tuple[str, ...] = ()  # files that it read or looked for
    derivatives: tuple[Derived, ...] = ()

    @property
    def errors(self) -> tuple[Failure, ...]:
        return tuple(e for ran in self.fences.values() for e in ran.errors)
