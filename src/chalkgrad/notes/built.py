"""What a build wrote, counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from chalkgrad.errors import NotesError


@dataclass(frozen=True, slots=True)
class Tally:
    """The counts of one page, or of all of them."""

    fences: int = 0
    errors: int = 0  # that the check found
    warnings: int = 0
    functions: int = 0
    chains: int = 0
    cards: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


@dataclass(frozen=True, slots=True)
class Built:
    """What a build wrote."""

    out: Path
    pages: int
    fences: int
    errors: int
    functions: int  # chains among them
    cards: int
    messages: tuple[str, ...] = ()  # what went wrong, one line each, with file and line
    unchanged: int = 0  # pages that were left as they were
    touched: tuple[str, ...] = ()  # files that the pages were made from, beside the notes
    unread: int = 0  # notes of which there is no page but one that says why
    warnings: int = 0


class UncleanError(NotesError):
    """A strict build found something: nothing was written."""

    def __init__(self, built: Built):
        super().__init__(f"{', '.join(found_of(built))}; {built.out} was not written")
        self.built = built


def clean(built: Built, strict: bool) -> Built:
    """What was built, if that may be.

    Raises:
        UncleanError: it is strict, and something was found.
    """
    if strict and (built.errors or built.warnings or built.unread):
        raise UncleanError(built)
    return built


def facts_of(tallies: Sequence[Tally]) -> list[str]:
    """The counts on a page's bar."""
    total = sum(tallies, Tally())
    files = [count(len(tallies), "file")] if len(tallies) > 1 else []
    first = count(total.functions, "function") + (f", {count(total.chains, 'chain')}" if total.chains else "")
    found = ", ".join(found_of(total))
    return [*files, first, *([found] if found else [])]


def found_of(tally: Tally | Built) -> list[str]:
    """What the check found, in numbers.

    >>> found_of(Tally(errors=1, warnings=2))
    ['1 error', '2 warnings']
    """
    kinds = ((tally.errors, "error"), (tally.warnings, "warning"))
    return [count(number, noun) for number, noun in kinds if number]


def count(number: int, noun: str) -> str:
    """
    >>> count(1, "error"), count(2, "error")
    ('1 error', '2 errors')
    """
    return f"{number} {noun}{'' if number == 1 else 's'}"
