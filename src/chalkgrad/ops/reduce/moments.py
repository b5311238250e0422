"""Spread: variance, standard deviation, and what is made of means."""

from __future__ import annotations

from typing import Any

import numpy as np

from chalkgrad.op import CALL, MIXING, Latex, Sample, compose, define
from chalkgrad.ops.elementwise.arithmetic import ratio
from chalkgrad.ops.reduce.sums import AXES
from chalkgrad.ops.shared import count, put_back, refuse_extras


def _bind_spread(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: Any = 0,
    keepdims: Any = False,
    **extras: Any,
) -> tuple:
    ddof = extras.pop("correction", ddof)
    params = {"axis": axis, "dtype": dtype, "ddof": ddof or None, "keepdims": keepdims or None, **extras}
    return (a,), {k: v for k, v in params.items() if v is not None and v is not np._NoValue}


def _var_rule(
    g: Any, y: Any, x: Any, axis: Any = None, ddof: float = 0, keepdims: bool = False, **extras: Any
) -> Any:
    extras.pop("dtype", None)
    refuse_extras("var", **extras)
    deviation = x - np.mean(x, axis=axis, keepdims=True)
    return 2 / (count(x, axis) - ddof) * put_back(g, axis, keepdims) * deviation


def _std_rule(
    g: Any, y: Any, x: Any, axis: Any = None, ddof: float = 0, keepdims: bool = False, **extras: Any
) -> Any:
    extras.pop("dtype", None)
    refuse_extras("std", **extras)
    deviation = x - np.mean(x, axis=axis, keepdims=True)
    y = put_back(y, axis, keepdims)
    return put_back(g, axis, keepdims) * ratio(deviation, (count(x, axis) - ddof) * y)


var = define(
    np.var,
    latex=Latex(r"\operatorname{var}{_static}({0})", binds=CALL, holes=(0,)),
    grads=(_var_rule,),
    xla="jax.numpy.var({0}, {**})",
    js="kernel:var",
    try_on=(Sample(),),
    cases=(*AXES, {"axis": 0, "ddof": 1}),
    kind=MIXING,
    bind=_bind_spread,
)
std = define(
    np.std,
    latex=Latex(r"\operatorname{std}{_static}({0})", binds=CALL, holes=(0,)),
    grads=(_std_rule,),
    xla="jax.numpy.std({0}, {**})",
    js="kernel:std",
    try_on=(Sample(),),
    cases=(*AXES, {"axis": 0, "ddof": 1}),
    kind=MIXING,
    bind=_bind_spread,
)

# ----- weighted -----


@compose(np.average)
def _average(
    a: Any, axis: Any = None, weights: Any = None, returned: bool = False, *, keepdims: Any = False
) -> Any:
    """The weighted mean: Σ w·a / Σ w."""
    keepdims = False if keepdims is np._NoValue else keepdims
    if weights is None:
        mean = np.mean(a, axis=axis, keepdims=keepdims)
        return (mean, mean * 0 + count(a, axis)) if returned else mean
    if axis is not None and np.ndim(weights) == 1 and np.ndim(a) > 1:
        weights = np.reshape(weights, (-1,) + (1,) * (np.ndim(a) - 1 - axis % np.ndim(a)))
    total = np.sum(np.broadcast_to(weights, np.shape(a)), axis=axis, keepdims=keepdims)
    mean = np.sum(a * weights, axis=axis, keepdims=keepdims) / total
    return (mean, total) if returned else mean


@compose(np.ptp)
def _ptp(a: Any, axis: Any = None, out: Any = None, keepdims: Any = False) -> Any:
    """Peak to peak: the largest less the smallest."""
    keepdims = False if keepdims is np._NoValue else keepdims
    return np.max(a, axis=axis, keepdims=keepdims) - np.min(a, axis=axis, keepdims=keepdims)


@compose(np.cov)
def _cov(
    m: Any, y: Any = None, rowvar: bool = True, bias: bool = False, ddof: Any = None, fweights: Any = None,
    aweights: Any = None, *, dtype: Any = None,
) -> Any:  # fmt: skip
    """The covariance matrix of the rows: (X - mean)(X - mean)ᵀ / (n - ddof)."""
    refuse_extras("cov", fweights=fweights, aweights=aweights)
    rows = [_variables(a, rowvar) for a in (m, y) if a is not None]
    x = np.concatenate(rows, axis=0) if len(rows) > 1 else rows[0]
    deviation = x - np.mean(x, axis=1, keepdims=True)
    n = np.shape(x)[1] - ((0 if bias else 1) if ddof is None else ddof)
    return np.squeeze(deviation @ deviation.T / n)


def _variables(x: Any, rowvar: bool) -> Any:
    x = np.atleast_2d(x)
    return x.T if not rowvar and np.shape(x)[0] != 1 else x


@compose(np.corrcoef)
def _corrcoef(x: Any, y: Any = None, rowvar: bool = True, *args: Any, dtype: Any = None) -> Any:
    """The correlation matrix of the rows: Cᵢⱼ / √(Cᵢᵢ Cⱼⱼ)."""
    c = np.cov(x, y, rowvar)
    if np.ndim(c) == 0:
        return c / c
    deviation = np.sqrt(np.diagonal(c))
    return np.clip(c / np.expand_dims(deviation, 1) / deviation, -1, 1)


# ----- without the numbers that are none -----


def _present(a: Any) -> Any:
    return np.logical_not(np.isnan(a))


@compose(np.nansum)
def _nansum(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False) -> Any:
    return np.sum(np.where(np.isnan(a), 0, a), axis=axis, keepdims=keepdims is True)


@compose(np.nanprod)
def _nanprod(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False) -> Any:
    return np.prod(np.where(np.isnan(a), 1, a), axis=axis, keepdims=keepdims is True)


@compose(np.nanmean)
def _nanmean(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False) -> Any:
    n = np.sum(_present(a), axis=axis, keepdims=keepdims is True)
    return np.nansum(a, axis=axis, keepdims=keepdims is True) / n


@compose(np.nanvar)
def _nanvar(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: Any = False
) -> Any:
    known = np.where(np.isnan(a), 0, a)  # what is missing enters no arithmetic: its slope would be nan too
    deviation = np.where(np.isnan(a), 0, known - np.nanmean(a, axis=axis, keepdims=True))
    n = np.sum(_present(a), axis=axis, keepdims=keepdims is True)
    return np.sum(deviation**2, axis=axis, keepdims=keepdims is True) / (n - ddof)


@compose(np.nanstd)
def _nanstd(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: Any = False
) -> Any:
    return np.sqrt(np.nanvar(a, axis=axis, ddof=ddof, keepdims=keepdims))
