"""Several arrays put into one."""

from __future__ import annotations

from typing import Any

import numpy as np

from chalkgrad.op import SEQUENCE, STRUCTURAL, Sample, define
from chalkgrad.ops.shared import call


def _bind_sequence(arrays: Any, axis: Any = 0, out: Any = None, **params: Any) -> tuple:
    given = {k: v for k, v in params.items() if v is not None and (k, v) != ("casting", "same_kind")}
    return tuple(arrays), given if axis == 0 else {"axis": axis, **given}


def _piece(g: Any, axis: int, index: Any) -> Any:
    return g[(slice(None),) * (axis % np.ndim(g)) + (index,)]


def _concatenate_rule(argnum: int, g: Any, y: Any, *arrays: Any, axis: Any = 0, **_: Any) -> Any:
    if axis is None:
        start = sum(np.size(a) for a in arrays[:argnum])
        return np.reshape(g[start : start + np.size(arrays[argnum])], np.shape(arrays[argnum]))
    start = sum(np.shape(a)[axis] for a in arrays[:argnum])
    return _piece(g, axis, slice(start, start + np.shape(arrays[argnum])[axis]))


concatenate = define(
    np.concatenate,
    name="concatenate",
    fun=lambda *arrays, axis=0, **params: np.concatenate(arrays, axis=axis, **params),
    latex=call("concatenate"),
    grads=_concatenate_rule,
    xla="jax.numpy.concatenate([{*}], {**})",
    js="kernel:concatenate",
    python="np.concatenate([{*}], {**})",
    try_on=(Sample(shape=(2, 3)), Sample(shape=(4, 3))),
    cases=({}, {"axis": None}),
    arrays=SEQUENCE,
    bind=_bind_sequence,
    kind=STRUCTURAL,
)
stack = define(
    np.stack,
    fun=lambda *arrays, axis=0, **params: np.stack(arrays, axis=axis, **params),
    latex=call("stack"),
    grads=lambda argnum, g, y, *arrays, axis=0, **_: _piece(g, axis, argnum),
    xla="jax.numpy.stack([{*}], {**})",
    js="kernel:stack",
    python="np.stack([{*}], {**})",
    try_on=(Sample(shape=(2, 3)), Sample(shape=(2, 3))),
    cases=({}, {"axis": 1}, {"axis": -1}),
    arrays=SEQUENCE,
    bind=_bind_sequence,
    kind=STRUCTURAL,
)
