"""Running sums and products, and their inverse, differences."""

from __future__ import annotations

from typing import Any

import numpy as np

from chalkgrad.op import MIXING, Sample, compose, define
from chalkgrad.ops.shared import arrayed, call, flat, shaped

# Up to this length the slope of a running product is a table, exact at zeros too; a longer one divides.
LONG = 1024


def _cumsum_rule(g: Any, y: Any, x: Any, axis: Any = None, **_: Any) -> Any:
    if axis is None:
        return shaped(_cumsum_rule(g, y, flat(x), 0), x)
    return np.flip(np.cumsum(np.flip(g, axis), axis=axis), axis)


def _cumprod_rule(g: Any, y: Any, x: Any, axis: Any = None, **_: Any) -> Any:
    if axis is None:
        return shaped(_cumprod_rule(g, y, flat(x), 0), x)
    if np.shape(x)[axis] > LONG:
        return np.flip(np.cumsum(np.flip(g * y, axis), axis=axis), axis) / x
    return np.moveaxis(_cumprod_table(np.moveaxis(g, axis, -1), np.moveaxis(x, axis, -1)), -1, axis)


def _cumprod_table(g: Any, x: Any) -> Any:
    """Row i holds the running products without entry i, from i on."""
    n = np.shape(x)[-1]
    rows = np.where(np.eye(n, dtype=bool), 1, np.expand_dims(x, -2))
    without = np.where(np.tri(n, k=-1, dtype=bool), 0, np.cumprod(rows, axis=-1))
    return np.sum(without * np.expand_dims(g, -2), axis=-1)


_CASES: tuple = ({}, {"axis": 0}, {"axis": -1})

cumsum = define(
    np.cumsum,
    latex=call("cumsum"),
    grads=(_cumsum_rule,),
    xla="jax.numpy.cumsum({0}, {**})",
    js="kernel:cumsum",
    try_on=(Sample(),),
    cases=_CASES,
    kind=MIXING,
)
cumprod = define(
    np.cumprod,
    latex=call("cumprod"),
    grads=(_cumprod_rule,),
    xla="jax.numpy.cumprod({0}, {**})",
    js="kernel:cumprod",
    try_on=(Sample(-2, 2),),
    cases=_CASES,
    kind=MIXING,
)


@compose(np.nancumsum)
def _nancumsum(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    return np.cumsum(np.where(np.isnan(a), 0, a), axis=axis)


@compose(np.nancumprod)
def _nancumprod(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
    return np.cumprod(np.where(np.isnan(a), 1, a), axis=axis)


# ----- differences -----


def _along(axis: int, ndim: int, part: Any) -> tuple:
    return (slice(None),) * (axis % ndim) + (part,)


@compose(np.diff)
def _diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = np._NoValue, append: Any = np._NoValue) -> Any:
    """Each entry less the one before it, n times over."""
    parts = [p for p in (_edge(prepend, a, axis), a, _edge(append, a, axis)) if p is not None]
    a = np.concatenate(parts, axis=axis) if len(parts) > 1 else a
    for _ in range(n):
        ndim = np.ndim(a)
        a = a[_along(axis, ndim, slice(1, None))] - a[_along(axis, ndim, slice(None, -1))]
    return a


def _edge(end: Any, a: Any, axis: int) -> Any:
    if end is np._NoValue or end is None:
        return None
    shape = list(np.shape(a))
    shape[axis] = 1
    return np.broadcast_to(end, tuple(shape)) if np.ndim(end) == 0 else end


@compose(np.ediff1d)
def _ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    parts = [np.ravel(p) for p in (to_begin, np.diff(np.ravel(ary)), to_end) if p is not None]
    return np.concatenate(parts) if len(parts) > 1 else parts[0]


@compose(np.trapezoid)
def _trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """The area under straight lines from point to point."""
    y, ndim = arrayed(y), np.ndim(y)
    pairs = y[_along(axis, ndim, slice(1, None))] + y[_along(axis, ndim, slice(None, -1))]
    if x is None:
        return np.sum(pairs * (dx / 2.0), axis=axis)
    width = np.diff(x) if np.ndim(x) == 1 else np.diff(x, axis=axis)
    if np.ndim(x) == 1:
        width = np.reshape(width, (-1,) + (1,) * (ndim - 1 - axis % ndim))
    return np.sum(width * pairs / 2.0, axis=axis)
