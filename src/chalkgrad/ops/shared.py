"""What rows of several families share: how nameless operations print, how a tie is split, axes put back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from chalkgrad.errors import NotYetError
from chalkgrad.op import CALL, OPEN, Latex
from chalkgrad.ops.index import Hole, Span, getitem

LOGIC = 5  # x \land y: binds less tightly than the comparisons it joins


def call(name: str) -> Latex:
    r"""The formula of an operation without textbook notation: `\operatorname{pad}_{static parameters}(x)`."""
    title = name.replace("_", r"\_")
    return Latex(rf"\operatorname{{{title}}}{{_static}}({{*}})", binds=CALL, holes=(OPEN,) * 4)


def reduction(symbol: str) -> Latex:
    r"""The formula of a reduction with a sign of its own: `\sum_{\text{axis}=0} x`."""
    return Latex(symbol + "{_axis} {0}", binds=CALL)


def put_back(g: Any, axis: Any, keepdims: Any) -> Any:
    """Give a reduced array its reduced axes again, of length one; over all axes, broadcasting does that."""
    if axis is None or keepdims:
        return g
    return np.expand_dims(g, axis)


def bind_sum(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False, initial: Any = None
) -> tuple:
    """The call of `np.sum` and its like, sorted by hand: reductions are called too often for `inspect`."""
    if out is not None:
        raise NotYetError("a reduction was given out= by position; give it by name")
    params = {} if axis is None else {"axis": axis}
    if keepdims is True:
        params["keepdims"] = True
    if dtype is not None:
        params["dtype"] = dtype
    if initial is not None and initial is not np._NoValue:
        params["initial"] = initial
    return (a,), params


def bind_max(a: Any, axis: Any = None, out: Any = None, keepdims: Any = False, initial: Any = None) -> tuple:
    """The call of `np.max` and its like."""
    return bind_sum(a, axis, None, out, keepdims, initial)


def arrayed(x: Any) -> Any:
    """A list or a number as the array that NumPy makes of it; arrays, traced ones too, as they are."""
    return x if hasattr(x, "shape") else np.asarray(x)


def constant(x: Any) -> float | None:
    """The Python number that `x` is, or that a traced `x` is whatever the arguments are; None if it may vary.

    Only these numbers may decide which rule applies: a gradient is kept for all values of everything else.
    """
    if getattr(type(x), "record_op", None) is None:
        return x if type(x) in (int, float) else None
    tape, value = x.tape, x.value
    fixed = tape.ops[x.at] is None and x.at not in tape.inputs
    return value if fixed and type(value) in (int, float) else None


def pick(a: Any, places: Any, axis: int = 0) -> Any:
    """`a[..., places, ...]`, where either may be traced; `np.take` overlooks traced places of a plain `a`."""
    lead = (Span(None, None, None),) * axis
    if type(places) is int:
        return getitem(a, index=(*lead, places))
    places = np.asarray(places) if isinstance(places, list | tuple) else places
    return getitem(a, places, index=(*lead, Hole(0)))


def count(x: Any, axis: Any) -> int:
    """How many entries of `x` go into one entry of its reduction over `axis`."""
    shape = np.shape(x)
    if axis is None:
        return int(np.prod(shape, dtype=int))
    axes = axis if isinstance(axis, tuple) else (axis,)
    return int(np.prod([shape[a] for a in axes], dtype=int))


def above(a: Any, b: Any) -> Any:
    """1 where a > b, 0 where a < b, and a half each at a tie, as the central difference has it."""
    more, same = a > b, a == b
    small = small_float(a, b)
    if small is not None:
        more, same = more.astype(small), same.astype(small)
    return more + 0.5 * same


def small_float(*arrays: Any) -> np.dtype | None:
    """float32 or float16, if that is what all arrays are: 0.5 times a truth value would be float64."""
    kinds = {x.dtype for x in arrays if hasattr(x, "dtype")}
    found = kinds.pop() if len(kinds) == 1 else None
    return found if found in (np.dtype(np.float32), np.dtype(np.float16)) else None


def flat(x: Any) -> Any:
    """All entries in a line."""
    return x if np.ndim(x) == 1 else np.ravel(x)


def shaped(g: Any, x: Any) -> Any:
    """In the shape of `x`."""
    return g if np.shape(g) == np.shape(x) else np.reshape(g, np.shape(x))


def over_axes(line: Callable[[Any], Any], x: Any, axes: tuple[int, ...]) -> Any:
    """Apply a function of lines (its result as long as the line) to `axes` laid out as one last axis."""
    axes = tuple(a % np.ndim(x) for a in axes)
    order = tuple(a for a in range(np.ndim(x)) if a not in axes) + axes
    shape = tuple(np.shape(x)[a] for a in order)
    laid_out = np.reshape(np.transpose(x, order), (*shape[: len(shape) - len(axes)], -1))
    return np.transpose(np.reshape(line(laid_out), shape), tuple(int(i) for i in np.argsort(order)))


def drop_last(x: Any) -> Any:
    """Without its last axis, which has length one."""
    return np.squeeze(x, -1)


def flip_last(x: Any) -> Any:
    """The transpose of each matrix of a stack."""
    return x.T if np.ndim(x) == 2 else np.swapaxes(x, -1, -2)


def refuse_extras(name: str, **extras: Any) -> None:
    """Raise if a rule was handed a parameter that it does not cover."""
    for key, value in extras.items():
        if value is not None and value is not np._NoValue:
            raise NotYetError(f"np.{name}: no derivative yet with {key}={value!r}; leave {key} out")
