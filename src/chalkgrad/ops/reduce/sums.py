"""Sums, means and products over axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from chalkgrad.op import CALL, MIXING, Latex, Sample, define
from chalkgrad.ops.shared import count, put_back, reduction, refuse_extras

AXES = ({}, {"axis": 0}, {"axis": 1, "keepdims": True}, {"axis": (0, 1)}, {"axis": -1})


def _sum_rule(
    g: Any, y: Any, x: Any, axis: Any = None, keepdims: bool = False, where: Any = None, **_: Any
) -> Any:
    spread = np.broadcast_to(put_back(g, axis, keepdims), np.shape(x))
    return spread if where is None else spread * where


def _mean_rule(
    g: Any, y: Any, x: Any, axis: Any = None, keepdims: bool = False, dtype: Any = None, where: Any = None
) -> Any:
    g = put_back(g, axis, keepdims)
    if where is None:
        return np.broadcast_to(g / count(x, axis), np.shape(x))
    chosen = np.broadcast_to(where, np.shape(x))
    return np.broadcast_to(g / np.sum(chosen, axis=axis, keepdims=True), np.shape(x)) * chosen


def _prod_rule(g: Any, y: Any, x: Any, axis: Any = None, keepdims: bool = False, **extras: Any) -> Any:
    extras.pop("dtype", None)
    refuse_extras("prod", **extras)
    return put_back(g, axis, keepdims) * _product_of_others(x, axis)


def _product_of_others(x: Any, axis: Any) -> Any:
    """The product of all entries but one, for each one; y / x would be nan where x is 0."""
    if axis is None or isinstance(axis, tuple):
        return _others_over_axes(x, range(np.ndim(x)) if axis is None else axis)
    n = np.shape(x)[axis]
    last = np.swapaxes(x, axis, -1) if axis not in (-1, np.ndim(x) - 1) else x
    rows = np.where(np.eye(n, dtype=bool), 1, np.expand_dims(last, -2))
    others = np.prod(rows, axis=-1)
    return np.swapaxes(others, axis, -1) if axis not in (-1, np.ndim(x) - 1) else others


def _others_over_axes(x: Any, axes: Any) -> Any:
    """The same over several axes, which are laid out as one first."""
    axes = tuple(a % np.ndim(x) for a in axes)
    kept = tuple(a for a in range(np.ndim(x)) if a not in axes)
    order = kept + axes
    shape = tuple(np.shape(x)[a] for a in order)
    flat = np.reshape(np.transpose(x, order), (*shape[: len(kept)], -1))
    others = np.reshape(_product_of_others(flat, -1), shape)
    return np.transpose(others, tuple(int(i) for i in np.argsort(order)))


sum_ = define(
    np.sum,
    name="sum",
    latex=reduction(r"\sum"),
    grads=(_sum_rule,),
    xla="jax.numpy.sum({0}, {**})",
    js="kernel:sum",
    try_on=(Sample(),),
    cases=AXES,
    kind=MIXING,
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
)
