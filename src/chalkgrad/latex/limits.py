"""Limits, by extrapolation: the polynomial through values at shrinking distances, at distance zero."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from chalkgrad.latex.problem import unreadable

STEPS = 0.1 * 0.5 ** np.arange(7)  # (7,)
TOLERANCE = 1e-6


def limit(f: Callable[[float], Any], target: float, side: str, span: tuple[int, int]) -> Any:
    """The limit of f at `target`, from both sides or from one.

    Raises:
        LatexError: the target is infinite, or the values do not settle.
    """
    if not np.isfinite(target):
        raise unreadable("\\lim", "limits at infinity are not read", span)
    signs = {"+": (1,), "-": (-1,), "": (1, -1)}[side]
    found = [_settled([np.asarray(f(target + sign * h)) for h in STEPS], span) for sign in signs]
    if not np.allclose(found[0], found[-1], rtol=TOLERANCE, atol=TOLERANCE):
        raise unreadable("\\lim", "the limits from the left and from the right differ", span)
    return sum(found) / len(found)


def _settled(values: list[Any], span: tuple[int, int]) -> Any:
    """Neville's scheme at distance 0."""
    last = values[-1]
    for k in range(1, len(values)):
        ratio = 2.0**k
        values = [(ratio * near - far) / (ratio - 1) for far, near in pairwise(values)]
        change, last = np.abs(values[-1] - last), values[-1]
    if not np.all(change <= TOLERANCE * (1 + np.abs(last))):
        raise unreadable("\\lim", "the values do not settle", span)
    return last
