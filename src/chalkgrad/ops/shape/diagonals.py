"""Diagonals and triangles of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from chalkgrad.op import CALL, MIXING, STRUCTURAL, Case, Latex, Sample, compose, define
from chalkgrad.ops.index import Hole, Span, scatter
from chalkgrad.ops.shared import call

# ----- reading a diagonal, laying one out -----


def _places(x: Any, offset: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns of a diagonal of the last two axes."""
    i = np.arange(max(0, min(np.shape(x)[-2] + min(offset, 0), np.shape(x)[-1] - max(offset, 0))))
    return i + max(-offset, 0), i + max(offset, 0)


def _diagonal_rule(g: Any, y: Any, x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    if (axis1 % np.ndim(x), axis2 % np.ndim(x)) != (np.ndim(x) - 2, np.ndim(x) - 1):
        moved = np.moveaxis(x, (axis1, axis2), (-2, -1))
        return np.moveaxis(_diagonal_rule(g, y, moved, offset, -2, -1), (-2, -1), (axis1, axis2))
    index = (Span(None, None, None),) * (np.ndim(x) - 2) + (Hole(0), Hole(1))
    return scatter(g, *_places(x, offset), shape=np.shape(x), indices=(index,))


diagonal = define(
    np.diagonal,
    latex=call("diagonal"),
    grads=(_diagonal_rule,),
    xla="jax.numpy.diagonal({0}, {**})",
    js="kernel:diagonal",
    try_on=(Sample(),),
    cases=({}, {"offset": 1}, {"offset": -1}, Case({"axis1": 0, "axis2": 2}, (Sample(shape=(3, 2, 3)),))),
    kind=STRUCTURAL,
    view=True,
)


def _diag_rule(g: Any, y: Any, x: Any, k: int = 0) -> Any:
    return np.diag(g, k) if np.ndim(x) == 1 else _diagonal_rule(g, y, x, k)


diag = define(
    np.diag,
    latex=call("diag"),
    grads=(_diag_rule,),
    xla="jax.numpy.diag({0}, {**})",
    js="kernel:diag",
    try_on=(Sample(shape=(3,)),),
    cases=({}, {"k": 1}, {"k": -2}, Case({}, (Sample(shape=(3, 4)),)), Case({"k": 1}, (Sample(),))),
    kind=STRUCTURAL,
)


@compose(np.diagflat)
def _diagflat(v: Any, k: int = 0) -> Any:
    return np.diag(np.ravel(v), k)


# ----- triangles -----

tril = define(
    np.tril,
    latex=call("tril"),
    grads=(lambda g, y, x, k=0: np.tril(g, k),),
    xla="jax.numpy.tril({0}, {**})",
    js="kernel:tril",
    try_on=(Sample(),),
    cases=({}, {"k": -1}, {"k": 1}),
    kind=STRUCTURAL,
)
triu = define(
    np.triu,
    latex=call("triu"),
    grads=(lambda g, y, x, k=0: np.triu(g, k),),
    xla="jax.numpy.triu({0}, {**})",
    js="kernel:triu",
    try_on=(Sample(),),
    cases=({}, {"k": -1}, {"k": 1}),
    kind=STRUCTURAL,
)

# ----- the sum of a diagonal -----


def _trace_rule(g: Any, y: Any, x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, **_: Any) -> Any:
    if np.ndim(x) == 2:
        return g * np.eye(np.shape(x)[0], np.shape(x)[1], k=offset)
    n = len(_places(np.moveaxis(x, (axis1, axis2), (-2, -1)), offset)[0])
    along = np.broadcast_to(np.expand_dims(g, -1), (*np.shape(g), n))
    return _diagonal_rule(along, y, x, offset, axis1, axis2)


trace = define(
    np.trace,
    latex=Latex(r"\operatorname{tr}{_static}({0})", binds=CALL, holes=(0,)),
    grads=(_trace_rule,),
    xla="jax.numpy.trace({0}, {**})",
    js="kernel:trace",
    try_on=(Sample(shape=(3, 3)),),
    cases=({}, {"offset": 1}, Case({"axis1": 1, "axis2": 2}, (Sample(shape=(2, 3, 3)),))),
    kind=MIXING,
)


# ----- places on and beside a diagonal: they depend on the shape alone -----


@compose(np.diag_indices_from)
def _diag_indices_from(arr: Any) -> tuple:
    return np.diag_indices(np.shape(arr)[0], np.ndim(arr))


@compose(np.tril_indices_from)
def _tril_indices_from(arr: Any, k: int = 0) -> tuple:
    return np.tril_indices(np.shape(arr)[-2], k, np.shape(arr)[-1])


@compose(np.triu_indices_from)
def _triu_indices_from(arr: Any, k: int = 0) -> tuple:
    return np.triu_indices(np.shape(arr)[-2], k, np.shape(arr)[-1])
