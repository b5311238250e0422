"""Reading and writing parts of arrays in JAX: the rows of `ops/index.py`.

A mask has as many true entries as its values say, so nothing can be read by a traced one; one number can be
written by it. Many single entries written or added one after the other are one operation: XLA would take
seconds to compile thousands.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from chalkgrad.errors import CompileError
from chalkgrad.ops.index import Hole, Span, join_index

MANY = 8  # parts; more are put in their places in one go
WINDOWS = 64  # slices; up to here zeros around each and one sum are faster, and XLA makes them one loop
Index = tuple[Any, ...]  # static parts, a Hole for each array
Window = list[tuple[int, int, int]]  # where it starts, how many and how far apart, along each axis


def getitem(x: Any, *arrays: Any, index: Index) -> Any:
    """`x[index]`."""
    if any(_is_traced_mask(a) for a in arrays):
        raise CompileError(
            "x[mask] has as many entries as the mask's values say, and a compiled program has fixed shapes. "
            "Cure: np.where(mask, x, 0) keeps the shape"
        )
    return jnp.asarray(x)[join_index(index, arrays)]


def setitem(x: Any, v: Any, *arrays: Any, index: Index) -> Any:
    """`x[index] = v` as a new array."""
    x = jnp.asarray(x)
    v = jnp.asarray(v, x.dtype)
    if any(_is_traced_mask(a) for a in arrays):
        return jnp.where(_whole_mask(x, arrays, index, v), v, x)
    return x.at[join_index(index, arrays)].set(v)


def setitems(x: Any, *vs: Any, indices: tuple[Index, ...]) -> Any:
    """Several writes, in order."""
    x = jnp.asarray(x)
    if _are_entries(indices, x.ndim) and len(set(indices)) == len(indices):
        values = jnp.stack([jnp.reshape(jnp.asarray(v, x.dtype), ()) for v in vs])
        return x.at[_columns(indices)].set(values)
    for v, index in zip(vs, indices, strict=True):
        x = setitem(x, v, index=index)
    return x


def scatter(*args: Any, shape: tuple[int, ...], indices: tuple[Index, ...]) -> Any:
    """Zeros into which the gradients of many parts are added."""
    gradients, arrays = args[: len(indices)], args[len(indices) :]
    z = jnp.zeros(shape, jnp.result_type(*gradients))
    windows = [w for index in indices[:WINDOWS] if (w := _window(index, shape)) is not None]
    if len(windows) == len(indices):
        axis = _side_by_side(windows, shape)
        if axis is not None:
            return _joined(gradients, windows, z.dtype, axis)
        return sum((_surrounded(g, w, z) for g, w in zip(gradients, windows, strict=True)), start=z)
    if len(indices) > MANY and not any(isinstance(p, Hole) for index in indices for p in index):
        return _added_at_once(z, gradients, indices)
    for g, index in zip(gradients, indices, strict=True):
        z = _added(z, g, arrays, index)
    return z


def _window(index: Index, shape: tuple[int, ...]) -> Window | None:
    """Start, how many and how far apart along each axis, if the index is slices that go forward."""
    if len(index) > len(shape) or not all(isinstance(p, Span) for p in index):
        return None
    cuts = [slice(*p).indices(n) for p, n in zip(index, shape, strict=False)]
    found = [(a, len(range(a, b, step)), step) for a, b, step in cuts]
    whole = [(0, n, 1) for n in shape[len(index) :]]
    return None if any(step < 1 or not count for _, count, step in found) else [*found, *whole]


def _surrounded(g: Any, window: Window, z: Any) -> Any:
    """A part in its place, zeros around it and between its entries."""
    full = jnp.broadcast_to(jnp.asarray(g, z.dtype), [count for _, count, _ in window])
    ends = [
        n - start - (count - 1) * step - 1 for n, (start, count, step) in zip(z.shape, window, strict=True)
    ]
    widths = [(start, end, step - 1) for (start, _, step), end in zip(window, ends, strict=True)]
    return jax.lax.pad(full, jnp.zeros((), z.dtype), widths)


def _side_by_side(windows: Sequence[Window], shape: tuple[int, ...]) -> int | None:
    """The axis along which the windows lie one after the other and fill the array, if there is one."""
    for axis, n in enumerate(shape):
        others = [w[:axis] + w[axis + 1 :] for w in windows]
        whole = [(0, m, 1) for k, m in enumerate(shape) if k != axis]
        along = sorted(w[axis] for w in windows)
        ends = [0, *(start + count for start, count, _ in along)]
        dense = all(step == 1 and start == end for (start, _, step), end in zip(along, ends, strict=False))
        if all(o == whole for o in others) and dense and ends[-1] == n:
            return axis
    return None


def _joined(gradients: Sequence[Any], windows: Sequence[Window], dtype: Any, axis: int) -> Any:
    """Parts that fill the array, one after the other."""
    order = sorted(range(len(windows)), key=lambda k: windows[k][axis])
    counts = [[count for _, count, _ in w] for w in windows]
    parts = [jnp.broadcast_to(jnp.asarray(gradients[k], dtype), counts[k]) for k in order]
    return jnp.concatenate(parts, axis)


def _added_at_once(z: Any, gradients: Sequence[Any], indices: Sequence[Index]) -> Any:
    """All parts by the places of their entries in the flattened array."""
    numbers = np.arange(z.size).reshape(z.shape)
    places = [numbers[join_index(index, ())] for index in indices]
    flat = [jnp.ravel(jnp.broadcast_to(g, p.shape)) for g, p in zip(gradients, places, strict=True)]
    at = np.concatenate([np.ravel(p) for p in places])
    return z.reshape(-1).at[at].add(jnp.concatenate(flat)).reshape(z.shape)


def _added(z: Any, g: Any, arrays: Sequence[Any], index: Index) -> Any:
    held = [arrays[p.at] for p in index if isinstance(p, Hole)]
    if any(_is_traced_mask(a) for a in held):
        raise CompileError(
            "the gradient of x[mask] depends on the mask's values. Cure: np.where(mask, x, 0) in the function"
        )
    return z.at[join_index(index, tuple(arrays))].add(g)


def winners(*arrays: Any, shape: tuple[int, ...], indices: tuple[Index]) -> Any:
    """Which of the values written at once are the last on their entry."""
    last, at = jnp.zeros(shape, int), join_index(indices[0], arrays)
    order = jnp.arange(last[at].size).reshape(last[at].shape)
    return last.at[at].max(order)[at] == order


# ----- helpers -----


def _is_traced_mask(a: Any) -> bool:
    return isinstance(a, jax.core.Tracer) and a.dtype == bool


def _whole_mask(x: Any, arrays: Sequence[Any], index: Index, v: Any) -> Any:
    """The mask in the shape of x, if the write is `x[mask] = one value (or a row of them)`."""
    mask = jnp.asarray(arrays[0])
    rest = x.ndim - mask.ndim
    if len(arrays) > 1 or index not in ((Hole(0),), (Hole(0), Ellipsis)) or v.ndim > rest:
        raise CompileError(
            "x[mask] = values takes as many values as the mask's values say, and a compiled program has "
            "fixed shapes. Cure: x = np.where(mask, new, x)"
        )
    return jnp.reshape(mask, mask.shape + (1,) * rest)


def _are_entries(indices: tuple[Index, ...], ndim: int) -> bool:
    """Whether every index names one entry by whole numbers."""
    return (
        len(indices) > 1
        and ndim > 0
        and all(len(i) == ndim and all(type(p) is int for p in i) for i in indices)
    )


def _columns(indices: tuple[Index, ...]) -> tuple[np.ndarray, ...]:
    return tuple(np.array(column) for column in zip(*indices, strict=True))
