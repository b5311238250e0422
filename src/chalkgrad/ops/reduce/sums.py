"""Sums, means and products over axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from chalkgrad.op import CALL, MIXING, Latex, Sample, define
from chalkgrad.ops.shared import bind_sum, count, over_axes, put_back, reduction, refuse_extras

AXES: tuple = ({}, {"axis": 0}, {"axis": 1, "keepdims": True}, {"axis": (0, 1)}, {"axis": -1})


def _sum_rule(g: Any, y: Any, x: Any, axis: Any = None, keepdims: bool = False, **_: Any) -> Any:
    return np.broadcast_to(put_back(g, axis, keepdims), np.shape(x))


def _mean_rule(g: Any, y: Any, x: Any, axis: Any = None, keepdims: bool = False, **_: Any) -> Any:
    return np.broadcast_to(put_back(g, axis, keepdims) / count(x, axis), np.shape(x))


def _prod_rule(g: Any, y: Any, x: Any, axis: Any = None, keepdims: bool = False, **extras: Any) -> Any:
    extras.pop("dtype", None)
    refuse_extras("prod", **extras)
    return put_back(g, axis, keepdims) * _product_of_others(x, axis)


def _product_of_others(x: Any, axis: Any) -> Any:
    """For each entry the product of those before it and those after it; y / x would be nan where x is 0."""
    if axis is None and np.ndim(x) == 1:
        return _product_of_others(x, 0)
    if axis is None or isinstance(axis, tuple):
        axes = tuple(range(np.ndim(x))) if axis is None else axis
        return over_axes(lambda t: _product_of_others(t, -1), x, axes)
    return _product_before(x, axis) * np.flip(_product_before(np.flip(x, axis), axis), axis)


def _product_before(x: Any, axis: int) -> Any:
    lead = (slice(None),) * (axis % np.ndim(x))
    ones = np.ones([1 if i == axis % np.ndim(x) else n for i, n in enumerate(np.shape(x))])
    return np.cumprod(np.concatenate([ones, x[(*lead, slice(0, -1))]], axis=axis), axis=axis)


sum_ = define(
    np.sum,
    name="sum",
    latex=reduction(r"\sum"),
    grads=(_sum_rule,),
    xla="chalkgrad.run.reductions.sums({0}, {**})",
    js="kernel:sum",
    try_on=(Sample(),),
    cases=AXES,
    kind=MIXING,
    bind=bind_sum,
)
mean = define(
    np.mean,
    latex=Latex(r"\operatorname{mean}{_axis}({0})", binds=CALL, holes=(0,)),
    grads=(_mean_rule,),
    xla="jax.numpy.mean({0}, {**})",
    js="kernel:mean",
    try_on=(Sample(),),
    cases=AXES,
    kind=MIXING,
    bind=bind_sum,
)
prod = define(
    np.prod,
    latex=reduction(r"\prod"),
    grads=(_prod_rule,),
    xla="jax.numpy.prod({0}, {**})",
    js="kernel:prod",
    try_on=(Sample(-2, 2),),
    cases=AXES,
    kind=MIXING,
    bind=bind_sum,
)
