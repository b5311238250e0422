"""The logarithm of a sum of exponentials: what `np.logaddexp.reduce` and SciPy's `logsumexp` are."""

from __future__ import annotations

from typing import Any

import numpy as np

from chalkgrad.op import CALL, MIXING, OPEN, Latex, Sample, define
from chalkgrad.ops.shared import put_back


def _logsumexp(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """Without overflow: the largest is taken out first, unless it is infinite."""
    top = np.max(x, axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, np.zeros_like(top))
    with np.errstate(divide="ignore"):  # all of them -inf
        total = np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True)) + top
    return total if keepdims else np.squeeze(total, axis)[()]


logsumexp = define(
    _logsumexp,
    name="logsumexp",
    latex=Latex(r"\ln \sum{_axis} e^{{0}}", binds=CALL, holes=(OPEN,)),
    grads=(
        lambda g, y, x, axis=None, keepdims=False: (
            put_back(g, axis, keepdims) * np.exp(x - put_back(y, axis, keepdims))
        ),
    ),
    xla="jax.scipy.special.logsumexp({0}, {**})",
    js="kernel:logsumexp",
    python="scipy.special.logsumexp({0}, {**})",
    try_on=(Sample(),),
    cases=({}, {"axis": 0}, {"axis": 1, "keepdims": True}),
    kind=MIXING,
)
