"""What a build wrote, counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Tally:
    """The counts of one page, or of all of them."""

    fences: int = 0
    errors: int = 0
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
    unread: int = 0  # notes of which there is no page but one that says why


def facts_of(tallies: Sequence[Tally]) -> list[str]:
    """The counts on a page's bar."""
    total = sum(tallies, Tally())
    files = [count(len(tallies), "file")] if len(tallies) > 1 else []
    first = count(total.functions, "function") + (f", {count(total.chains, 'chain')}" if total.chains else "")
    return [*files, first, *([count(total.errors, "error")] if total.errors else [])]


def count(number: int, noun: str) -> str:
    """
    >>> count(1, "error"), count(2, "error")
    ('1 error', '2 errors')
    """
    return f"{number} {noun}{'' if number == 1 else 's'}"
