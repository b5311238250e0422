"""The largest and the smallest of many, and where they stand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from chalkgrad.op import CALL, MIXING, Latex, Sample, define
from chalkgrad.ops.elementwise.arithmetic import ratio
from chalkgrad.ops.reduce.sums import AXES
from chalkgrad.ops.shared import bind_max, call, put_back, reduction, small_float


def _extreme_rule(
    g: Any, y: Any, x: Any, axis: Any = None, keepdims: bool = False, initial: Any = None
) -> Any:
    hit = x == put_back(y, axis, keepdims)
    small = small_float(x)
    hit = hit if small is None else hit.astype(small)
    share = np.sum(hit, axis=axis, keepdims=True)
    if initial is not None:
        return put_back(g, axis, keepdims) * ratio(hit, share)  # no entry hits where `initial` wins
    return put_back(g, axis, keepdims) * hit / share


def _extreme(key: Callable, latex: Latex, also: tuple = (), xla: str = "") -> None:
    name = key.__name__
    define(
        key,
        name=name,
        also=also,
        latex=latex,
        grads=(_extreme_rule,),
        xla=f"{xla or f'jax.numpy.{name}'}({{0}}, {{**}})",
        js=f"kernel:{name}",
        try_on=(Sample(kind="distinct"),),
        cases=(*AXES, {"axis": 0, "initial": 0.4}),
        kind=MIXING,
        bind=bind_max,
    )


_extreme(np.max, reduction(r"\max"), also=(np.amax,), xla="chalkgrad.run.reductions.largest")
_extreme(np.min, reduction(r"\min"), also=(np.amin,), xla="chalkgrad.run.reductions.smallest")
_extreme(np.nanmax, call("nanmax"))
_extreme(np.nanmin, call("nanmin"))


def _bind_count(a: Any, axis: Any = None, *, keepdims: bool = False) -> tuple:
    return bind_max(a, axis, None, keepdims)


def _position(key: Callable, cases: tuple) -> None:
    define(
        key,
        latex=Latex(rf"\operatorname{{{key.__name__}}}{{_axis}}({{0}})", binds=CALL, holes=(0,)),
        grads=None,
        xla=f"jax.numpy.{key.__name__}({{0}}, {{**}})",
        js=f"kernel:{key.__name__}",
        try_on=(Sample(kind="distinct"),),
        cases=cases,
        kind=MIXING,
        bind=_bind_count if key is np.count_nonzero else bind_max,
    )


_ONE_AXIS: tuple = ({}, {"axis": 0}, {"axis": 1, "keepdims": True})
_position(np.argmax, _ONE_AXIS)
_position(np.argmin, _ONE_AXIS)
_position(np.nanargmax, _ONE_AXIS)
_position(np.nanargmin, _ONE_AXIS)
_position(np.any, AXES)
_position(np.all, AXES)
_position(np.count_nonzero, AXES)
