"""Where and why a formula could not be read."""

from __future__ import annotations

from chalkgrad.errors import LatexError


class Unreadable(LatexError):
    """A `LatexError` that knows its place: `span` is (start, end) in the source."""

    def __init__(self, message: str, span: tuple[int, int] = (0, 0)) -> None:
        super().__init__(message)
        self.span = span


def unreadable(what: str, why: str, span: tuple[int, int]) -> Unreadable:
    """The error for `what` (as written) at `span`; columns count from 1."""
    return Unreadable(
        f"'{what}' at column {span[0] + 1}: {why}" if what else f"column {span[0] + 1}: {why}", span
    )
