"""Sorting: the same entries in another order, so the gradient goes back by rank."""

from __future__ import annotations

from typing import Any

import numpy as np

from chalkgrad.op import MIXING, SEQUENCE, Case, Sample, define
from chalkgrad.ops.index import Hole, scatter
from chalkgrad.ops.shared import call, flat, shaped

# ----- read along an axis -----


def _along_rule(g: Any, y: Any, x: Any, indices: Any, axis: Any = -1) -> Any:
    if axis is None:
        return shaped(_along_rule(g, y, flat(x), flat(indices), 0), x)
    ndim, axis = np.ndim(x), axis % np.ndim(x)
    shape = np.shape(indices)
    mesh = [np.reshape(np.arange(n), (-1,) + (1,) * (ndim - 1 - i)) for i, n in enumerate(shape)]
    mesh[axis] = indices
    return scatter(g, *mesh, shape=np.shape(x), indices=(tuple(Hole(i) for i in range(ndim)),))


take_along_axis = define(
    np.take_along_axis,
    latex=call("take_along_axis"),
    grads=(_along_rule, None),
    xla="jax.numpy.take_along_axis({0}, {1}, {**})",
    js="kernel:take_along_axis",
    try_on=(Sample(), Sample(0, 3, (3, 2), "int")),
    cases=(
        {"axis": 1},
        {"axis": -1},
        Case({"axis": 0}, (Sample(), Sample(0, 2, (2, 4), "int"))),
        Case({"axis": None}, (Sample(), Sample(0, 11, (5,), "int"))),
    ),
    kind=MIXING,
)

# ----- sorted -----


def _sort_rule(g: Any, y: Any, x: Any, axis: Any = -1, **_: Any) -> Any:
    if axis is None:
        return shaped(_sort_rule(g, y, flat(x), 0), x)
    return np.take_along_axis(g, np.argsort(np.argsort(x, axis=axis), axis=axis), axis=axis)


def _partition_rule(g: Any, y: Any, x: Any, kth: Any, axis: Any = -1, **_: Any) -> Any:
    if axis is None:
        return shaped(_partition_rule(g, y, flat(x), kth, 0), x)
    return np.take_along_axis(g, np.argsort(np.argpartition(x, kth, axis=axis), axis=axis), axis=axis)


_AXES: tuple = ({}, {"axis": 0}, {"axis": None})

sort = define(
    np.sort,
    latex=call("sort"),
    grads=(_sort_rule,),
    xla="jax.numpy.sort({0}, {**})",
    js="kernel:sort",
    try_on=(Sample(kind="distinct"),),
    cases=_AXES,
    kind=MIXING,
)
partition = define(
    np.partition,
    latex=call("partition"),
    grads=(_partition_rule,),
    xla=None,  # JAX leaves another order on either side
    js=None,
    try_on=(Sample(kind="distinct"),),
    cases=({"kth": 1}, {"kth": 2, "axis": 0}),
    kind=MIXING,
)
argsort = define(
    np.argsort,
    latex=call("argsort"),
    grads=None,
    xla="jax.numpy.argsort({0}, {**})",
    js="kernel:argsort",
    try_on=(Sample(kind="distinct"),),
    cases=_AXES,
    kind=MIXING,
)
argpartition = define(
    np.argpartition,
    latex=call("argpartition"),
    grads=None,
    xla=None,
    js=None,
    try_on=(Sample(kind="distinct"),),
    cases=({"kth": 1},),
    kind=MIXING,
)

lexsort = define(
    np.lexsort,
    fun=lambda *keys, axis=-1: np.lexsort(keys, axis),
    latex=call("lexsort"),
    grads=None,
    xla="jax.numpy.lexsort([{*}], {**})",
    js="kernel:lexsort",
    python="np.lexsort([{*}], {**})",
    try_on=(Sample(0, 2, (5,), "int"), Sample(0, 2, (5,), "int")),
    arrays=SEQUENCE,
    bind=lambda keys, axis=-1: (tuple(keys), {} if axis == -1 else {"axis": axis}),
    kind=MIXING,
)

# ----- places in a sorted array -----

searchsorted = define(
    np.searchsorted,
    latex=call("searchsorted"),
    grads=None,
    xla="jax.numpy.searchsorted({0}, {1}, {**})",
    js="kernel:searchsorted",
    try_on=(Sample(0, 0, (4,)), Sample()),
    cases=({}, {"side": "right"}),
    kind=MIXING,
)
digitize = define(
    np.digitize,
    latex=call("digitize"),
    grads=None,
    xla="jax.numpy.digitize({0}, {1}, {**})",
    js="kernel:digitize",
    try_on=(Sample(), Sample(0, 0, (4,))),
    cases=({}, {"right": True}),
    kind=MIXING,
)
