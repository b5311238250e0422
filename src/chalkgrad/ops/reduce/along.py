"""A function of one line, applied along an axis; polynomials; slopes of sampled curves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from chalkgrad.errors import NotYetError
from chalkgrad.op import compose
from chalkgrad.ops.shared import arrayed

# ----- line by line -----


@compose(np.apply_along_axis)
def _apply_along_axis(func1d: Callable, axis: int, arr: Any, *args: Any, **kwargs: Any) -> Any:
    """Each line along `axis` goes through the function; what comes out stands where the line stood."""
    lines = np.moveaxis(arr, axis, -1)
    outer = np.shape(lines)[:-1]
    parts = [func1d(lines[i], *args, **kwargs) for i in np.ndindex(*outer)]
    shape = np.shape(parts[0])
    stacked = np.reshape(np.stack(parts), (*outer, *shape))
    axis = axis % np.ndim(arr)
    return np.moveaxis(
        stacked, tuple(range(len(outer), len(outer) + len(shape))), tuple(range(axis, axis + len(shape)))
    )


@compose(np.apply_over_axes)
def _apply_over_axes(func: Callable, a: Any, axes: Any) -> Any:
    for axis in np.atleast_1d(axes):
        result = func(a, int(axis))
        a = result if np.ndim(result) == np.ndim(a) else np.expand_dims(result, int(axis))
    return a


def _without_nan(statistic: Callable, a: Any, axis: Any, keepdims: Any, *args: Any, **params: Any) -> Any:
    def one(line: Any) -> Any:
        return statistic(line[np.logical_not(np.isnan(line))], *args, **params)

    if axis is None:
        y = one(np.ravel(a))
        return np.reshape(y, (1,) * np.ndim(a)) if keepdims is True else y
    y = np.apply_along_axis(one, axis, a)
    return np.expand_dims(y, axis) if keepdims is True else y


@compose(np.nanmedian)
def _nanmedian(
    a: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False, keepdims: Any = False
) -> Any:
    return _without_nan(np.median, a, axis, keepdims)


@compose(np.nanquantile)
def _nanquantile(a: Any, q: Any, axis: Any = None, *, keepdims: Any = False, **params: Any) -> Any:
    return _without_nan(np.quantile, a, axis, keepdims, q, **params)


@compose(np.nanpercentile)
def _nanpercentile(a: Any, q: Any, axis: Any = None, *, keepdims: Any = False, **params: Any) -> Any:
    return _without_nan(np.percentile, a, axis, keepdims, q, **params)


# ----- polynomials -----


@compose(np.polyval)
def _polyval(p: Any, x: Any) -> Any:
    """Horner's rule, highest power first."""
    p, x = arrayed(p), arrayed(x)
    y = x * 0
    for i in range(np.shape(p)[0]):
        y = y * x + p[i]
    return y


@compose(np.polyadd)
def _polyadd(a1: Any, a2: Any) -> Any:
    n = max(np.shape(np.atleast_1d(a))[0] for a in (a1, a2))
    a1, a2 = (np.pad(np.atleast_1d(a), (n - np.shape(np.atleast_1d(a))[0], 0)) for a in (a1, a2))
    return a1 + a2


@compose(np.polysub)
def _polysub(a1: Any, a2: Any) -> Any:
    return np.polyadd(a1, np.negative(a2))


@compose(np.polymul)
def _polymul(a1: Any, a2: Any) -> Any:
    return np.convolve(a1, a2)


@compose(np.polyder)
def _polyder(p: Any, m: int = 1) -> Any:
    for _ in range(m):
        p = p[:-1] * np.arange(np.shape(p)[0] - 1, 0, -1)
    return p


@compose(np.polyint)
def _polyint(p: Any, m: int = 1, k: Any = None) -> Any:
    if k is not None:
        raise NotYetError("np.polyint: k= cannot be traced yet; add the constant afterwards")
    for _ in range(m):
        p = np.append(p / np.arange(np.shape(p)[0], 0, -1), 0.0)
    return p


@compose(np.polyfit)
def _polyfit(
    x: Any, y: Any, deg: int, rcond: Any = None, full: bool = False, w: Any = None, cov: Any = False
) -> Any:
    """Least squares on the powers of x, each scaled to length 1 as NumPy scales them."""
    if full or cov:
        raise NotYetError("np.polyfit: full= and cov= cannot be traced yet; leave them out")
    a = np.vander(x, deg + 1)
    if w is not None:
        a, y = a * np.expand_dims(w, 1), y * w
    scale = np.sqrt(np.sum(a * a, axis=0))
    c = np.linalg.pinv(a / scale) @ y
    return (c.T / scale).T


@compose(np.vander)
def _vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    n = np.shape(x)[0] if N is None else N
    powers = [x**k for k in (range(n) if increasing else range(n - 1, -1, -1))]
    return np.stack(powers, axis=1)


# ----- slopes of sampled curves -----


@compose(np.gradient)
def _gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    """Central differences inside, one-sided ones at the ends."""
    if edge_order != 1:
        raise NotYetError("np.gradient: edge_order=2 cannot be traced yet; use edge_order=1")
    axes = range(np.ndim(f)) if axis is None else [int(a) % np.ndim(f) for a in np.atleast_1d(axis)]
    steps = varargs if len(varargs) == len(axes) else (varargs or (1.0,)) * len(axes)
    slopes = [_slope(f, a, h) for a, h in zip(axes, steps, strict=True)]
    return slopes[0] if len(slopes) == 1 else tuple(slopes)


def _slope(f: Any, axis: int, h: Any) -> Any:
    f = np.moveaxis(f, axis, 0)
    x = h if np.ndim(h) == 1 else h * np.arange(np.shape(f)[0])
    d = np.reshape(np.diff(x), (-1,) + (1,) * (np.ndim(f) - 1))
    rise = np.diff(f, axis=0) / d
    before, after = d[:-1], d[1:]
    inner = (rise[:-1] * after + rise[1:] * before) / (before + after)
    return np.moveaxis(np.concatenate([rise[:1], inner, rise[-1:]], axis=0), 0, axis)


# ----- the array standard's running sums -----


def _running(key: Callable, total: Callable, neutral: float) -> None:
    @compose(key)
    def along(x: Any, /, *, axis: int | None = None, include_initial: bool = False, **_: Any) -> Any:
        axis = 0 if axis is None else axis
        y = total(x, axis=axis)
        if not include_initial:
            return y
        shape = [1 if i == axis % np.ndim(x) else n for i, n in enumerate(np.shape(x))]
        return np.concatenate([np.full(shape, neutral), y], axis=axis)


if hasattr(np, "cumulative_sum"):  # NumPy 2.1
    _running(np.cumulative_sum, np.cumsum, 0.0)
    _running(np.cumulative_prod, np.cumprod, 1.0)
