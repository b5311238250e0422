"""Order statistics: a fixed combination of the sorted entries; the slope is an entry's weight at its rank."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from chalkgrad.op import MIXING, Sample, define
from chalkgrad.ops.reduce.sums import AXES
from chalkgrad.ops.shared import call, count, over_axes, pick, put_back


def _weights(n: int, quantile: Callable[[np.ndarray], Any]) -> np.ndarray:
    """How much each of n sorted entries counts: what a step from there on loses by beginning later."""
    steps = [quantile((np.arange(n) >= j).astype(float)) for j in range(n + 1)]
    s = np.stack(steps, axis=-1)
    return s[..., :-1] - s[..., 1:]


def _rank_rule(g: Any, x: Any, axis: Any, keepdims: bool, weights: np.ndarray) -> Any:
    if axis is None and np.ndim(x) == 1:
        return np.reshape(g, ()) * _at_ranks(x, 0, weights)
    if axis is None or isinstance(axis, tuple):
        axes = tuple(range(np.ndim(x))) if axis is None else axis
        share = over_axes(lambda t: _at_ranks(t, -1, weights), x, axes)
    else:
        share = _at_ranks(x, axis, weights)
    return put_back(g, axis, keepdims) * share


def _at_ranks(x: Any, axis: int, weights: np.ndarray) -> Any:
    return pick(weights, np.argsort(np.argsort(x, axis=axis), axis=axis))


def _median_rule(g: Any, y: Any, x: Any, axis: Any = None, keepdims: bool = False, **_: Any) -> Any:
    return _rank_rule(g, x, axis, keepdims, _weights(count(x, axis), np.median))


def _quantile_rule(
    g: Any, y: Any, x: Any, q: Any, axis: Any = None, keepdims: bool = False, **params: Any
) -> Any:
    if np.ndim(q) > 0:
        parts = (_quantile_rule(g[i], y, x, p, axis, keepdims, **params) for i, p in enumerate(q))
        return sum(parts)
    weights = _weights(count(x, axis), lambda s: np.quantile(s, q, **params))
    return _rank_rule(g, x, axis, keepdims, weights)


def _percentile_rule(g: Any, y: Any, x: Any, q: Any, **params: Any) -> Any:
    return _quantile_rule(g, y, x, np.asarray(q) / 100, **params)


def _bind_quantile(a: Any, q: Any, axis: Any = None, out: Any = None, **params: Any) -> tuple:
    given = {"axis": axis, "keepdims": params.pop("keepdims", False) or None} | params
    given = {k: v for k, v in given.items() if v is not None and v is not False}
    return (a,), {"q": np.asarray(q) if isinstance(q, list | tuple) else q} | given


_Q = tuple({"q": 0.3, **c} for c in AXES)

median = define(
    np.median,
    latex=call("median"),
    grads=(_median_rule,),
    xla="jax.numpy.median({0}, {**})",
    js="kernel:median",
    try_on=(Sample(kind="distinct"),),
    cases=AXES,
    kind=MIXING,
)
quantile = define(
    np.quantile,
    latex=call("quantile"),
    grads=(_quantile_rule,),
    xla="jax.numpy.quantile({0}, {**})",
    js="kernel:quantile",
    try_on=(Sample(kind="distinct"),),
    cases=(*_Q, {"q": np.array([0.2, 0.9]), "axis": 0}, {"q": 0.4, "axis": 1, "method": "lower"}),
    kind=MIXING,
    bind=_bind_quantile,
)
percentile = define(
    np.percentile,
    latex=call("percentile"),
    grads=(_percentile_rule,),
    xla="jax.numpy.percentile({0}, {**})",
    js="kernel:percentile",
    try_on=(Sample(kind="distinct"),),
    cases=({"q": 30}, {"q": 75, "axis": 1}),
    kind=MIXING,
    bind=_bind_quantile,
)
