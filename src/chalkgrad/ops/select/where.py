"""Entries chosen by a condition."""

from __future__ import annotations

from typing import Any

import numpy as np

from chalkgrad.op import MIXING, OPEN, Latex, Sample, compose, define
from chalkgrad.ops.shared import call


def _where(condition: Any, x: Any, y: Any) -> Any:
    return np.where(condition, x, y)


where = define(
    _where,
    name="where",
    latex=Latex(
        r"\begin{cases} {1} & \text{if } {0} \\ {2} & \text{otherwise} \end{cases}", holes=(OPEN, OPEN, OPEN)
    ),
    grads=(
        None,
        lambda g, y, c, a, b: np.where(c, g, 0),
        lambda g, y, c, a, b: np.where(c, 0, g),
    ),
    xla="jax.numpy.where",
    js="{0} ? {1} : {2}",
    try_on=(Sample(0, 1, kind="bool"), Sample(), Sample()),
)
argwhere = define(
    np.argwhere,
    latex=call("argwhere"),
    grads=None,
    xla=None,
    js="kernel:argwhere",
    try_on=(Sample(0, 1, kind="bool"),),
    kind=MIXING,
    reads_values=True,
)


@compose(np.where)
def _where_or_nonzero(condition: Any, x: Any = None, y: Any = None, /) -> Any:
    """`np.where` with one argument is `np.nonzero`."""
    return np.nonzero(condition) if x is None and y is None else where(condition, x, y)


@compose(np.nonzero)
def _nonzero(a: Any) -> tuple:
    """The indices of the entries that are not zero, one array an axis."""
    places = np.argwhere(a)
    return tuple(places[:, i] for i in range(np.ndim(a)))
