"""Functions that choose entries, in terms of indexing and `where`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from chalkgrad.errors import NotYetError
from chalkgrad.op import MIXING, Sample, compose, define
from chalkgrad.ops.index import Hole, setitem
from chalkgrad.ops.shared import arrayed, call, pick

# ----- by place -----


@compose(np.take)
def _take(a: Any, indices: Any, axis: int | None = None, out: Any = None, mode: str = "raise") -> Any:
    """`a[..., indices, ...]`; without an axis, of the flattened array."""
    if axis is None:
        a, axis = np.ravel(a), 0
    n = np.shape(a)[axis]
    if mode != "raise":
        indices = np.mod(indices, n) if mode == "wrap" else np.clip(indices, 0, n - 1)
    return pick(a, indices, axis % np.ndim(a))


@compose(np.compress)
def _compress(condition: Any, a: Any, axis: int | None = None, out: Any = None) -> Any:
    places = np.flatnonzero(condition)
    return pick(np.ravel(a), places) if axis is None else pick(a, places, axis % np.ndim(a))


@compose(np.extract)
def _extract(condition: Any, arr: Any) -> Any:
    return pick(np.ravel(arr), np.flatnonzero(condition))


@compose(np.flatnonzero)
def _flatnonzero(a: Any) -> Any:
    return np.argwhere(np.ravel(a))[:, 0]


# ----- by condition -----


@compose(np.select)
def _select(condlist: Sequence, choicelist: Sequence, default: Any = 0) -> Any:
    """The choice of the first condition that holds."""
    y = default
    for condition, choice in reversed(list(zip(condlist, choicelist, strict=True))):
        y = np.where(condition, choice, y)
    return y


@compose(np.choose)
def _choose(a: Any, choices: Sequence, out: Any = None, mode: str = "raise") -> Any:
    """Entry by entry, from the choice that `a` numbers."""
    a, last = arrayed(a), len(choices) - 1
    if mode != "raise":
        a = np.mod(a, last + 1) if mode == "wrap" else np.clip(a, 0, last)
    y = choices[last]
    for i in range(last - 1, -1, -1):
        y = np.where(a == i, choices[i], y)
    return y


@compose(np.piecewise)
def _piecewise(x: Any, condlist: Any, funclist: Sequence, *args: Any, **kw: Any) -> Any:
    """Each piece is worked out where its condition holds, and only there; the last that holds wins."""
    conditions = list(condlist) if np.ndim(condlist[0]) or np.ndim(x) == 0 else [condlist]
    if len(funclist) == len(conditions) + 1:
        rest = np.logical_not(np.any(np.stack(conditions), axis=0))
        conditions = [*conditions, rest]
    y = np.zeros(np.shape(x), dtype=x.dtype)
    for condition, f in zip(conditions, funclist, strict=True):
        value = f(x[condition], *args, **kw) if callable(f) else f
        y = setitem(y, value, condition, index=(Hole(0),))
    return y


# ----- counting -----


def _bind_bincount(x: Any, /, weights: Any = None, minlength: int = 0) -> tuple:
    arrays = (x,) if weights is None else (x, weights)
    return arrays, {"minlength": minlength} if minlength else {}


bincount = define(
    np.bincount,
    latex=call("bincount"),
    grads=lambda argnum, g, y, x, *w, minlength=0: pick(g, x) if argnum == 1 else None,
    xla=None,
    js="kernel:bincount",
    try_on=(Sample(0, 3, (6,), "int"), Sample(shape=(6,))),
    cases=({}, {"minlength": 7}),
    kind=MIXING,
    bind=_bind_bincount,
    reads_values=True,
)


def _counts(x: Any, **params: Any) -> Any:
    return np.histogram(x, **params)[0]


histogram_counts = define(
    _counts,
    name="histogram_counts",
    latex=call("histogram_counts"),
    grads=None,
    xla="jax.numpy.histogram({0}, {**})[0]",
    js=None,
    python="np.histogram({0}, {**})[0]",
    try_on=(Sample(),),
    cases=({"bins": 4}, {"bins": 3, "range": (-1.0, 1.0)}),
    kind=MIXING,
)


@compose(np.histogram)
def _histogram(a: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None) -> tuple:
    """Counts, constant between their jumps, and edges, which go with the smallest and the largest entry."""
    if weights is not None or isinstance(bins, str):
        raise NotYetError("np.histogram: weights and named bins cannot be traced yet; use np.bincount")
    counts = histogram_counts(a, bins=bins) if range is None else histogram_counts(a, bins=bins, range=range)
    if np.ndim(bins) == 0:
        low, high = (np.min(a), np.max(a)) if range is None else range
        edges = low + (high - low) * (np.arange(bins + 1) / bins)
    else:
        edges = np.asarray(bins)
    return (counts / np.diff(edges) / np.sum(counts) if density else counts), edges


def _unique_places(x: Any, axis: int | None = None) -> Any:
    return np.unique(x, return_index=True, axis=axis)[1]


def _unique_back(x: Any, axis: int | None = None) -> Any:
    return np.unique(x, return_inverse=True, axis=axis)[1]


def _unique_counts(x: Any, axis: int | None = None) -> Any:
    return np.unique(x, return_counts=True, axis=axis)[1]


def _unique_row(fun: Callable, name: str, at: str) -> Any:
    return define(
        fun,
        name=name,
        latex=call(name),
        grads=None,
        xla=None,
        js=None,
        python=f"np.unique({{0}}, return_{at}=True, {{**}})[1]",
        try_on=(Sample(0, 2, (3, 4), "int"),),
        cases=({}, {"axis": 0}),
        kind=MIXING,
        reads_values=True,
    )


unique_places = _unique_row(_unique_places, "unique_index", "index")
unique_back = _unique_row(_unique_back, "unique_inverse", "inverse")
unique_counts = _unique_row(_unique_counts, "unique_counts", "counts")


@compose(np.unique)
def _unique(
    ar: Any,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    *,
    equal_nan: bool = True,
    sorted: bool = True,
) -> Any:
    """The different entries in order: read at the place where each stands first."""
    if not equal_nan:
        raise NotYetError("np.unique: equal_nan=False cannot be traced yet; leave it out")
    params = {} if axis is None else {"axis": axis}
    places = unique_places(ar, **params)
    wanted = [np.take(ar, places, axis=axis)]
    wanted += [places] if return_index else []
    wanted += [unique_back(ar, **params)] if return_inverse else []
    wanted += [unique_counts(ar, **params)] if return_counts else []
    return wanted[0] if len(wanted) == 1 else tuple(wanted)


@compose(np.unique_values)
def _unique_values(x: Any) -> Any:
    return np.unique(x)


@compose(np.union1d)
def _union1d(ar1: Any, ar2: Any) -> Any:
    return np.unique(np.concatenate([np.ravel(ar1), np.ravel(ar2)]))


# ----- between points -----


@compose(np.interp)
def _interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None, period: Any = None) -> Any:
    """Straight lines from point to point; constant beyond the ends."""
    if period is not None:
        raise NotYetError("np.interp: period cannot be traced yet; wrap x with np.mod instead")
    xp, fp = (np.asarray(a) if isinstance(a, list | tuple) else a for a in (xp, fp))
    i = np.clip(np.searchsorted(xp, x, side="right") - 1, 0, np.shape(xp)[0] - 2)
    x0, x1, y0, y1 = pick(xp, i), pick(xp, i + 1), pick(fp, i), pick(fp, i + 1)
    y = y0 + np.clip((x - x0) / (x1 - x0), 0, 1) * (y1 - y0)
    y = y if left is None else np.where(x < xp[0], left, y)
    return y if right is None else np.where(x > xp[-1], right, y)
