"""The operations, one row each, by family; importing this package fills the table `chalkgrad.op.OPS`."""

from __future__ import annotations

from chalkgrad.ops.elementwise import arithmetic, compare, exponential, rounding, trig
from chalkgrad.ops.linalg import products
from chalkgrad.ops.reduce import extremes, sums
from chalkgrad.ops.select import where
from chalkgrad.ops.shape import join, rearrange

__all__ = [
    "arithmetic",
    "compare",
    "exponential",
    "extremes",
    "join",
    "products",
    "rearrange",
    "rounding",
    "sums",
    "trig",
    "where",
]
