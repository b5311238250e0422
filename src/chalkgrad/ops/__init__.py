"""The operations, one row each, by family; importing this package fills the table `chalkgrad.op.OPS`."""

from __future__ import annotations

from importlib import import_module

from chalkgrad.ops import complexes, index, random
from chalkgrad.ops.elementwise import arithmetic, compare, exponential, real, rounding, trig
from chalkgrad.ops.linalg import convolution, decompositions, norms, products, solve, tensors
from chalkgrad.ops.reduce import along, cumulative, exponentials, extremes, moments, quantiles, sums
from chalkgrad.ops.select import alike, order, take, where, write
from chalkgrad.ops.shape import diagonals, join, pieces, rearrange, turn, windows


def load_special() -> None:
    """Fill in the rows of SciPy's functions; the tracer calls this when it first meets one of them."""
    import_module("chalkgrad.ops.scipys")


__all__ = [
    "alike",
    "along",
    "arithmetic",
    "compare",
    "complexes",
    "convolution",
    "cumulative",
    "decompositions",
    "diagonals",
    "exponential",
    "exponentials",
    "extremes",
    "index",
    "join",
    "load_special",
    "moments",
    "norms",
    "order",
    "pieces",
    "products",
    "quantiles",
    "random",
    "real",
    "rearrange",
    "rounding",
    "solve",
    "sums",
    "take",
    "tensors",
    "trig",
    "turn",
    "where",
    "windows",
    "write",
]
