"""Norms of vectors and matrices; at the zero vector the gradient is 0, as the central difference has it."""

from __future__ import annotations

from typing import Any

import numpy as np

from chalkgrad.errors import NotYetError
from chalkgrad.op import MIXING, OPEN, Case, Latex, Sample, compose, define
from chalkgrad.ops.elementwise.arithmetic import ratio
from chalkgrad.ops.shared import put_back


def _bind_norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> tuple:
    params = {"ord": ord, "axis": axis, "keepdims": keepdims or None}
    return (x,), {k: v for k, v in params.items() if v is not None}


def _norm_rule(g: Any, y: Any, x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    axes = axis if isinstance(axis, tuple) else tuple(range(np.ndim(x))) if axis is None else (axis,)
    g, y = put_back(g, axis, keepdims), put_back(y, axis, keepdims)
    if ord is None or ord == "fro" or (ord == 2 and len(axes) == 1):
        return g * ratio(x, y)
    return g * (_vector_slope(x, y, ord, axes) if len(axes) == 1 else _matrix_slope(x, y, ord, axes))


def _vector_slope(x: Any, y: Any, ord: float, axes: tuple) -> Any:
    if ord == 0:
        return 0 * x
    if ord == 1:
        return np.sign(x)
    if abs(ord) == np.inf:
        return np.sign(x) * _share(np.abs(x) == y, axes)
    return np.sign(x) * ratio(np.abs(x), y) ** (ord - 1)


def _matrix_slope(x: Any, y: Any, ord: Any, axes: tuple) -> Any:
    rows, columns = (a % np.ndim(x) for a in axes)
    if ord in (1, -1, np.inf, -np.inf):
        summed, kept = (rows, columns) if abs(ord) == 1 else (columns, rows)
        sums = np.sum(np.abs(x), axis=summed, keepdims=True)
        return np.sign(x) * _share(sums == y, (kept,))
    if (rows, columns) != (np.ndim(x) - 2, np.ndim(x) - 1):
        raise NotYetError(
            f"np.linalg.norm: no derivative yet of ord={ord!r} but over the last two axes, in order"
        )
    u, s, vh = np.linalg.svd(x, full_matrices=False)
    if ord == "nuc":
        return u @ vh
    extreme = np.max(s, axis=-1, keepdims=True) if ord == 2 else np.min(s, axis=-1, keepdims=True)
    return u * np.expand_dims(_share(s == extreme, (-1,)), -2) @ vh


def _share(hit: Any, axes: tuple) -> Any:
    """Equal parts for those that tie."""
    return hit / np.sum(hit, axis=axes, keepdims=True)


def _vectors(ord: Any) -> Case:
    return Case({"ord": ord}, (Sample(shape=(5,)),))


norm = define(
    np.linalg.norm,
    latex=Latex(r"\lVert {0} \rVert{_static}", holes=(OPEN,)),
    grads=(_norm_rule,),
    xla="jax.numpy.linalg.norm({0}, {**})",
    js="kernel:norm",
    try_on=(Sample(),),
    cases=(
        {},
        {"axis": 0},
        {"axis": 1, "keepdims": True},
        {"axis": (0, 1)},
        {"ord": 1, "axis": -1},
        {"ord": np.inf, "axis": 1},
        {"ord": 3, "axis": 0},
        *(_vectors(ord) for ord in (None, 1, 2, np.inf, -np.inf, 3)),
        *({"ord": ord} for ord in ("fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf)),
        Case({"ord": 2, "axis": (1, 2)}, (Sample(shape=(2, 3, 4)),)),
    ),
    bind=_bind_norm,
    kind=MIXING,
)


@compose(np.linalg.vector_norm)
def _vector_norm(x: Any, /, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Any:
    if isinstance(axis, tuple):
        raise NotYetError("np.linalg.vector_norm: several axes can't be traced yet; reshape them into one")
    if axis is None:
        total = np.linalg.norm(np.ravel(x), ord)
        return np.reshape(total, (1,) * np.ndim(x)) if keepdims else total
    return np.linalg.norm(x, ord, axis, keepdims)


@compose(np.linalg.matrix_norm)
def _matrix_norm(x: Any, /, *, keepdims: bool = False, ord: Any = "fro") -> Any:
    return np.linalg.norm(x, ord, (-2, -1), keepdims)
