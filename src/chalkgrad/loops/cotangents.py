"""Where in a loop's vector a gradient arrives: parts of which nobody made use have none.

The results of a loop are cut out of one vector, so the gradient of that vector is zeros with parts put in
their places. Read from its record, the parts themselves are found again, and no step need add zeros.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from chalkgrad.loops.packing import Packing
from chalkgrad.ops.index import Span
from chalkgrad.trace.box import Box

Term = tuple[int, int, Any]  # from where to where in the vector, and what


def parts_of(packing: Packing, g: Any) -> list[Any]:
    """The gradient of each array of a vector; None where none arrives."""
    edges = packing.edges()
    terms = _terms(g)
    if terms is None or not all(any(t[:2] == edge for edge in pairwise(edges)) for t in terms):
        return packing.unpack(g)
    found: list[Any] = []
    for edge, shape, dtype in zip(pairwise(edges), packing.shapes, packing.dtypes, strict=True):
        total = None
        for _, _, part in (t for t in terms if t[:2] == edge):
            whole = np.reshape(np.broadcast_to(part, (edge[1] - edge[0],)), shape)
            total = whole if total is None else total + whole
        found.append(total if total is None or total.dtype == dtype else total.astype(dtype))
    return found


def _terms(g: Any) -> list[Term] | None:
    """The parts that a gradient is the sum of, if its record says so."""
    if type(g) is not Box:
        return None
    box = g.fresh()
    op, tape = box.tape.ops[box.at], box.tape
    args = [Box(tape, a, tape.values[a]) for a in tape.args[box.at]]
    if op is None:
        return None
    if op.name == "add":
        both = [_terms(a) for a in args]
        return None if None in both else [t for one in both for t in one]  # type: ignore[union-attr]
    if op.name != "scatter":
        return None
    params = tape.params[box.at]
    spans = [_span(index, params["shape"]) for index in params["indices"]]
    return None if None in spans else [(*s, a) for s, a in zip(spans, args, strict=True)]  # type: ignore


def _span(index: tuple[Any, ...], shape: tuple[int, ...]) -> tuple[int, int] | None:
    if len(index) != 1 or len(shape) != 1 or not isinstance(index[0], Span):
        return None
    start, stop, step = slice(*index[0]).indices(shape[0])
    return (start, stop) if step == 1 and stop > start else None
