"""Reading and writing parts of an array: `x[i]` and `x[i] = v` as functions.

An index is static (`Part`s, in which arrays leave a `Hole`) and the arrays in it are arguments of their own,
so that a traced index is an argument like any other. Writing returns a new array (a functional update). The
adjoint of reading is `scatter`: one array of zeros into which many gradients are added, however many.
"""

from __future__ import annotations

from types import EllipsisType
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from chalkgrad.op import MIXING, STRUCTURAL, Case, Latex, Sample, define


class Hole(NamedTuple):
    """The place of an array in an index."""

    at: int


class Span(NamedTuple):
    """A slice, hashable."""

    start: int | None
    stop: int | None
    step: int | None


Part: TypeAlias = Hole | Span | int | EllipsisType | None


def split_index(index: Any) -> tuple[tuple[Part, ...], tuple[Any, ...]]:
    """Split an index into its static parts and the arrays in it.

    >>> split_index((slice(None), 2))
    ((Span(start=None, stop=None, step=None), 2), ())
    """
    arrays: list[Any] = []
    parts = index if isinstance(index, tuple) else (index,)
    return tuple(_part(p, arrays) for p in parts), tuple(arrays)


def _part(part: Any, arrays: list[Any]) -> Part:
    kind = type(part)
    if kind is int or part is None or part is Ellipsis:
        return part
    if kind is slice:
        return Span(*(None if s is None else s.__index__() for s in (part.start, part.stop, part.step)))
    if isinstance(part, np.integer) and getattr(kind, "record_op", None) is None:
        return int(part)
    arrays.append(np.asarray(part) if isinstance(part, list) and not _holds_traced(part) else part)
    return Hole(len(arrays) - 1)


def _holds_traced(parts: list[Any]) -> bool:
    return any(hasattr(type(p), "record_op") or (isinstance(p, list) and _holds_traced(p)) for p in parts)


def join_index(parts: tuple[Part, ...], arrays: tuple[Any, ...]) -> Any:
    """The index that NumPy takes: the inverse of `split_index`."""
    if len(parts) == 1 and not arrays and type(parts[0]) is int:
        return parts[0]
    return tuple(_join(p, arrays) for p in parts)


def _join(part: Part, arrays: tuple[Any, ...]) -> Any:
    if isinstance(part, Hole):
        return arrays[part.at]
    return slice(*part) if isinstance(part, Span) else part


def is_basic(parts: tuple[Part, ...]) -> bool:
    """Whether an index reads each entry at most once (no arrays in it)."""
    return not any(isinstance(p, Hole) for p in parts)


# ----- the NumPy engine -----


def _getitem(x: Any, *arrays: Any, index: tuple[Part, ...]) -> Any:
    return x[join_index(index, arrays)]


def _setitem(x: Any, v: Any, *arrays: Any, index: tuple[Part, ...]) -> Any:
    y = np.array(x)
    y[join_index(index, arrays)] = v
    return y


def _scatter(*args: Any, shape: tuple[int, ...], indices: tuple[tuple[Part, ...], ...]) -> Any:
    gradients, arrays = args[: len(indices)], args[len(indices) :]
    z = np.zeros(shape, np.result_type(*gradients))
    for g, index in zip(gradients, indices, strict=True):
        holes = [p.at for p in index if isinstance(p, Hole)]
        part = join_index(index, arrays)
        if not holes or all(np.asarray(arrays[h]).dtype == bool for h in holes):
            z[part] += g
        else:
            np.add.at(z, part, g)
    return z


def _winners(*arrays: Any, shape: tuple[int, ...], indices: tuple[tuple[Part, ...]]) -> Any:
    last, at = np.zeros(shape, int), join_index(indices[0], arrays)
    order = np.arange(last[at].size).reshape(last[at].shape)
    last[at] = order
    return last[at] == order


def _setitems(x: Any, *vs: Any, indices: tuple[tuple[Part, ...], ...]) -> Any:
    y = np.array(x)
    for v, index in zip(vs, indices, strict=True):
        y[join_index(index, ())] = v
    return y


# ----- the derivative rules -----


def _getitem_rule(argnum: int, g: Any, y: Any, x: Any, *arrays: Any, index: tuple[Part, ...]) -> Any:
    if argnum > 0:
        return None
    return scatter(g, *arrays, shape=x.shape, indices=(index,))


def _setitem_rule(argnum: int, g: Any, y: Any, x: Any, v: Any, *arrays: Any, index: tuple[Part, ...]) -> Any:
    if argnum > 1:
        return None
    if argnum == 0:
        return setitem(g, 0.0, *arrays, index=index)
    part = getitem(g, *arrays, index=index)
    if all(np.ndim(a) == 0 or a.dtype == bool for a in arrays):
        return part
    return part * winners(*arrays, shape=x.shape, indices=(index,))


def _scatter_rule(argnum: int, g: Any, y: Any, *args: Any, shape: tuple[int, ...], indices: tuple) -> Any:
    if argnum >= len(indices):
        return None
    return getitem(g, *args[len(indices) :], index=indices[argnum])


def _setitems_rule(argnum: int, g: Any, y: Any, x: Any, *vs: Any, indices: tuple) -> Any:
    """Entries written once; `gather_writes` only joins writes whose places are pairwise different."""
    if argnum == 0:
        return setitems(g, *(0.0 for _ in vs), indices=indices)
    return getitem(g, index=indices[argnum - 1])


_ROWS = (Span(0, 2, None),)
_CORNER = (0, Span(None, None, None))

getitem = define(
    _getitem,
    name="getitem",
    latex=Latex("{0}_{{index}}"),
    grads=_getitem_rule,
    xla="{0}[{index}]",
    js="kernel:getitem",
    python="{0}[{index}]",
    kind=STRUCTURAL,
    view=True,
    arrays=1,
    try_on=(Sample(),),
    cases=({"index": _ROWS}, {"index": (-1,)}, {"index": (None, 1)}, {"index": (Span(None, None, -2),)}),
)

setitem = define(
    _setitem,
    name="setitem",
    latex=Latex("{0}_{{index}}:={1}"),
    grads=_setitem_rule,
    xla="{0}.at[{index}].set({1})",
    js="kernel:setitem",
    python="{0}[{index}] = {1}",
    kind=STRUCTURAL,
    arrays=2,
    try_on=(Sample(), Sample(shape=(4,))),
    cases=({"index": _CORNER}, {"index": (-1,)}, {"index": _ROWS}),
)

winners = define(  # which values stay where an index names an entry twice: x[[0, 0]] = v keeps the last
    _winners,
    name="winners",
    latex=Latex(r"\operatorname{winners}{_static}({*})", 40),
    grads=None,
    xla="chalkgrad.run.places.winners",
    js="kernel:winners",
    kind=MIXING,
    arrays=1,
    try_on=(Sample(0, 2, shape=(5,), kind="int"),),
    cases=({"shape": (3, 2), "indices": ((Hole(0),),)},),
)

setitems = define(
    _setitems,
    name="setitems",
    latex=Latex("{0}"),
    grads=_setitems_rule,
    xla=None,
    js="kernel:setitems",
    kind=STRUCTURAL,
    arrays=3,
    try_on=(Sample(), Sample(shape=(4,)), Sample(shape=())),
    cases=({"indices": (_CORNER, (1, 2))},),
)

scatter = define(
    _scatter,
    name="scatter",
    latex=Latex(r"\operatorname{scatter}{_static}({*})", 40),
    grads=_scatter_rule,
    xla=None,
    js="kernel:scatter",
    kind=MIXING,
    arrays=2,
    try_on=(Sample(shape=(4,)), Sample(shape=(3,))),
    cases=(Case({"shape": (3, 4), "indices": (_CORNER, (Span(None, None, None), 1))}),),
)
