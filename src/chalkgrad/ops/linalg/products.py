"""Products of vectors and matrices."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from chalkgrad.op import MIXING, MUL, Case, Latex, Sample, define
from chalkgrad.ops.shared import drop_last, flip_last

# ----- matmul: the last two axes, broadcast over the others -----


def _matmul_left(g: Any, y: Any, a: Any, b: Any, **_: Any) -> Any:
    if np.ndim(a) == 1 and np.ndim(b) == 1:
        return g * b
    if np.ndim(b) == 1:
        return np.expand_dims(g, -1) * b if np.ndim(a) > 2 else np.outer(g, b)
    if np.ndim(a) == 1:
        return b @ g if np.ndim(b) == 2 else drop_last(b @ np.expand_dims(g, -1))
    return g @ flip_last(b)


def _matmul_right(g: Any, y: Any, a: Any, b: Any, **_: Any) -> Any:
    if np.ndim(a) == 1 and np.ndim(b) == 1:
        return g * a
    if np.ndim(a) == 1:
        return np.expand_dims(a, -1) * np.expand_dims(g, -2) if np.ndim(b) > 2 else np.outer(a, g)
    if np.ndim(b) == 1:
        return a.T @ g if np.ndim(a) == 2 else drop_last(flip_last(a) @ np.expand_dims(g, -1))
    if np.ndim(b) == 2 and np.ndim(a) > 2:  # one product, instead of one for each matrix of a and their sum
        lead = list(range(np.ndim(a) - 1))
        return np.tensordot(a, g, (lead, lead))
    return flip_last(a) @ g


_PAIRS = (
    ((3, 4), (4, 2)),
    ((4,), (4,)),
    ((3, 4), (4,)),
    ((4,), (4, 2)),
    ((2, 3, 4), (4, 2)),
    ((3, 4), (2, 4, 2)),
    ((2, 3, 4), (4,)),
    ((4,), (2, 4, 3)),
)


def pairs(shapes: tuple, params: tuple = ({},)) -> tuple[Case, ...]:
    """One test case for each pair of shapes and each set of parameters."""
    return tuple(Case(p, (Sample(shape=a), Sample(shape=b))) for a, b in shapes for p in params)


matmul = define(
    np.matmul,
    latex=Latex("{0} {1}", binds=MUL),
    grads=(_matmul_left, _matmul_right),
    xla="jax.numpy.matmul",
    js="kernel:matmul",
    python="{0} @ {1}",
    try_on=(Sample(shape=(3, 4)), Sample(shape=(4, 2))),
    cases=pairs(_PAIRS),
    kind=MIXING,
)

# ----- dot: the last axis of a with the last but one of b, no broadcasting -----


def _dot_left(g: Any, y: Any, a: Any, b: Any) -> Any:
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return g * b
    if np.ndim(a) <= 2 and np.ndim(b) <= 2:
        return g @ b.T if np.ndim(a) == np.ndim(b) == 2 else _matmul_left(g, y, a, b)
    # g has the axes of a but its last, then those of b but its last but one
    kept = [i for i in range(np.ndim(b)) if i != max(np.ndim(b) - 2, 0)]
    return np.tensordot(g, b, (list(range(np.ndim(a) - 1, np.ndim(g))), kept))


def _dot_right(g: Any, y: Any, a: Any, b: Any) -> Any:
    if np.ndim(a) == 0 or np.ndim(b) == 0:
        return g * a
    if np.ndim(a) <= 2 and np.ndim(b) <= 2:
        return a.T @ g if np.ndim(a) == np.ndim(b) == 2 else _matmul_right(g, y, a, b)
    lead = list(range(np.ndim(a) - 1))
    columns = np.tensordot(a, g, (lead, lead))
    return columns if np.ndim(b) == 1 else np.moveaxis(columns, 0, -2)


def _dot(a: Any, b: Any) -> Any:
    """`np.dot`; NumPy's own goes entry by entry where a has more than two axes, 30 to 100 times as long."""
    if np.ndim(a) > 2 and np.ndim(b) == 2 and type(a) is type(b) is np.ndarray:
        lead, shared = np.shape(a)[:-1], np.shape(a)[-1]
        return np.reshape(np.dot(np.reshape(a, (prod(lead), shared)), b), (*lead, np.shape(b)[1]))
    return np.dot(a, b)


_DOT_PAIRS = (
    ((3, 4), (4, 2)),
    ((2, 3, 4), (4, 2)),
    ((4,), (4,)),
    ((3, 4), (4,)),
    ((4,), (4, 2)),
    ((), (3, 2)),
    ((2, 3, 4), (2, 4, 3)),
    ((2, 3, 4), (4,)),
    ((4,), (2, 4, 3)),
    ((3, 4), (2, 4, 3)),
)
dot = define(
    np.dot,
    fun=_dot,
    latex=Latex("{0} {1}", binds=MUL),
    grads=(_dot_left, _dot_right),
    xla="jax.numpy.dot",
    js="kernel:dot",
    python="np.dot({0}, {1})",
    try_on=(Sample(shape=(3, 4)), Sample(shape=(4, 2))),
    cases=pairs(_DOT_PAIRS),
    kind=MIXING,
)
