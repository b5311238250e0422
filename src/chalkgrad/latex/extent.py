"""How far an index runs when nobody has written it: as far as what it indexes."""

from __future__ import annotations

from collections.abc import Callable

from chalkgrad.latex import nodes as n
from chalkgrad.latex.problem import unreadable


def length(run: n.Run, shape: Callable[[n.Expr], tuple[int, ...]], known: frozenset[str]) -> int:
    """The length of every axis that stands under `run.index` alone.

    Args:
        run: the sum.
        shape: the shape of an expression.
        known: the indices that have a value here.

    Raises:
        LatexError: nothing is indexed, or two lengths differ.
    """
    found: set[int] = set()
    for entry in n.walk(run.body):
        if isinstance(entry, n.Entry) and _unknown(entry.base) <= known:
            found |= set(_lengths(entry, run.index, shape))
    if not found:
        raise unreadable(run.index, "nothing shows how far this index runs; write its bounds", run.span)
    if len(found) > 1:
        raise unreadable(run.index, f"it indexes axes of different lengths: {sorted(found)}", run.span)
    return found.pop()


def _unknown(expr: n.Expr) -> frozenset[str]:
    return frozenset(part.name for part in n.walk(expr) if isinstance(part, n.Local))


def _lengths(entry: n.Entry, index: str, shape: Callable[[n.Expr], tuple[int, ...]]) -> list[int]:
    places = [k for k, item in enumerate(entry.entries) if isinstance(item, n.Local) and item.name == index]
    if not places:
        return []
    if any(isinstance(item, n.Slice) and item.ellipsis for item in entry.entries):
        raise unreadable(index, "write its bounds: it stands beside dots", entry.span)
    sizes = shape(entry.base)
    if places[-1] >= len(sizes):
        raise unreadable("_", f"{len(entry.entries)} subscripts on an array of shape {sizes}", entry.span)
    return [sizes[k] for k in places]
