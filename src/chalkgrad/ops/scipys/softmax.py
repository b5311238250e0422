"""Softmax and the logarithm of a sum of exponentials; written in Python by SciPy, they come by stand-ins."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.special as sp

from chalkgrad.errors import NotYetError
from chalkgrad.op import MIXING, Sample, compose, define
from chalkgrad.ops.reduce.exponentials import logsumexp
from chalkgrad.ops.shared import call

# ----- logsumexp -----


@compose(sp.logsumexp)
def _weighted(
    a: Any, axis: Any = None, b: Any = None, keepdims: bool = False, return_sign: bool = False
) -> Any:
    if return_sign:
        raise NotYetError("scipy.special.logsumexp: return_sign=True cannot be traced yet; leave it out")
    params = {"axis": axis} if axis is not None else {}
    params |= {"keepdims": True} if keepdims else {}
    if b is None:
        return logsumexp(a, **params)
    top = np.max(a, axis=axis, keepdims=True)
    total = np.log(np.sum(b * np.exp(a - top), axis=axis, keepdims=True)) + top
    return total if keepdims else np.squeeze(total, axis)


# ----- softmax -----


def _bind_axis(x: Any, axis: Any = None) -> tuple:
    return (x,), {"axis": axis}  # kept when None: JAX's default is another


def _softmax_rule(g: Any, y: Any, x: Any, axis: Any = None) -> Any:
    return y * (g - np.sum(g * y, axis=axis, keepdims=True))


def _log_softmax_rule(g: Any, y: Any, x: Any, axis: Any = None) -> Any:
    return g - np.exp(y) * np.sum(g, axis=axis, keepdims=True)


_AXES = ({"axis": None}, {"axis": 0}, {"axis": -1})
softmax = define(
    sp.softmax,
    latex=call("softmax"),
    grads=(_softmax_rule,),
    xla="jax.nn.softmax({0}, {**})",
    js="kernel:softmax",
    python="scipy.special.softmax({0}, {**})",
    try_on=(Sample(),),
    cases=_AXES,
    bind=_bind_axis,
    kind=MIXING,
)
log_softmax = define(
    sp.log_softmax,
    latex=call("log_softmax"),
    grads=(_log_softmax_rule,),
    xla="jax.nn.log_softmax({0}, {**})",
    js="kernel:log_softmax",
    python="scipy.special.log_softmax({0}, {**})",
    try_on=(Sample(),),
    cases=_AXES,
    bind=_bind_axis,
    kind=MIXING,
)
